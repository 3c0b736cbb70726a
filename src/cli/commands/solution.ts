import { Command } from "commander";
import type { Action } from "../action.ts";

export const solutionCommand = (action: Action): Command =>
  new Command("solution")
    .option("--write")
    .action(action(async (session, flags: { write?: boolean }) => (await import("../work.ts")).showSolution(session, flags)));
