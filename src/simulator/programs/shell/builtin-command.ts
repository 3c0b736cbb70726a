import type { Program, ProgramContext } from "../program.ts";
import { builtins } from "./builtins.ts";
import { Interpreter } from "./interpreter.ts";
import { ShellState } from "./state.ts";

/** A builtin of the shell as a program of its own: `/bin/echo`. It needs no grammar, and so does not load it. */
export const builtinCommand = (name: string): Program =>
  Object.assign(
    (context: ProgramContext) => {
      const { pid, inherited } = context.processes;
      const state = new ShellState({ dialect: "ash", name, positional: [], workingDir: context.workingDir, pid });
      const shell = new Interpreter(context, state, {
        parse: () => ({ type: "Script", statements: [] }),
        open: new Map([
          [0, { input: inherited.stdin }],
          [1, { sink: inherited.stdout }],
          [2, { sink: inherited.stderr }],
        ]),
      });
      return shell.runToEnd(async () => void (state.status = await builtins.get(name)!(shell, context.argv.slice(1))));
    },
    { defaultSignals: true as const },
  );
