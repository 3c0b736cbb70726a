import { Command } from "commander";
import { makingProviders } from "../../clusters/choose.ts";
import type { Action } from "../action.ts";
import type { DoctorFlags } from "../examine-machine.ts";
import { outputOption } from "../output-flag.ts";
import { wordOption } from "../word-option.ts";

export const doctorCommand = (action: Action): Command =>
  new Command("doctor")
    .addOption(outputOption())
    .addOption(wordOption("--provider <NAME>", makingProviders))
    .action(action(async (session, flags: DoctorFlags) => (await import("../work.ts")).examineMachine(session, flags)));
