import { Command } from "commander";
import type { Action } from "../action.ts";

export interface ApplyFlags {
  filename?: readonly string[];
  forceConflicts?: boolean;
}

const collect = (file: string, before: readonly string[] = []): string[] => [...before, file];

export const applyCommand = (action: Action): Command =>
  new Command("apply")
    .option("-f, --filename <FILE>", "", collect)
    .option("--force-conflicts")
    .action(action(async (session, flags: ApplyFlags) => (await import("../work.ts")).apply(session, flags)));
