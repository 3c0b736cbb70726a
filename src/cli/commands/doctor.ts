import { Command } from "commander";
import type { Action } from "../action.ts";
import { type OutputFlag, outputOption } from "../output-flag.ts";

export const doctorCommand = (action: Action): Command =>
  new Command("doctor")
    .addOption(outputOption())
    .action(action(async (session, flags: OutputFlag) => (await import("../work.ts")).examineMachine(session, flags)));
