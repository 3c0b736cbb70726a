import { Command } from "commander";
import type { Action } from "../action.ts";

export interface ResetFlags {
  files?: boolean;
  cluster?: boolean;
  progress?: boolean;
  all?: boolean;
  yes?: boolean;
}

export const resetCommand = (action: Action): Command =>
  new Command("reset")
    .option("--files")
    .option("--cluster")
    .option("--progress")
    .option("--all")
    .option("--yes")
    .action(action(async (session, flags: ResetFlags) => (await import("../work.ts")).reset(session, flags)));
