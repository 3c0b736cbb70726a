import { Argument, Command } from "commander";
import type { Action } from "../action.ts";
import { ExitCode } from "../exit-code.ts";
import { type ShellName, shellNames } from "../shell-kind.ts";
import { oneOf } from "../word-option.ts";

export const completionCommand = (action: Action): Command =>
  new Command("completion")
    .addArgument(new Argument("<SHELL>").choices(shellNames).argParser((given) => oneOf(shellNames, given, "SHELL")))
    .action(
      action(async (session, shell: ShellName) => {
        const { completionScript } = await import("../work.ts");
        session.print(completionScript(shell));
        return ExitCode.passed;
      }),
    );

/** What the scripts ask at each TAB: candidates for the last word, one a line, a TAB before what it means. */
export const completeCommand = (action: Action, program: Command): Command =>
  new Command("__complete")
    .argument("[WORDS...]")
    .allowUnknownOption()
    .helpOption(false)
    .action(
      action(async (session, words: readonly string[]) => {
        const { candidatesFor } = await import("../work.ts");
        for (const { word, meaning } of await candidatesFor(program, words, session))
          session.print(meaning ? `${word}\t${meaning}\n` : `${word}\n`);
        return ExitCode.passed;
      }),
    );
