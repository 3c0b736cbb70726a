import { Command } from "commander";
import type { Action } from "../action.ts";
import { outputOption } from "../output-flag.ts";
import type { VerifyFlags } from "../verify-step.ts";

export const verifyCommand = (action: Action): Command =>
  new Command("verify")
    .argument("[LESSON|STEP]")
    .option("--answer <VALUE>")
    .addOption(outputOption())
    .action(
      action(async (session, id: string | undefined, flags: VerifyFlags) =>
        (await import("../work.ts")).verify(session, id, flags),
      ),
    );
