import { Command } from "commander";
import type { Action } from "../action.ts";

export const hintCommand = (action: Action): Command =>
  new Command("hint")
    .option("--all")
    .action(action(async (session, flags: { all?: boolean }) => (await import("../work.ts")).showHint(session, flags)));
