import { Command } from "commander";
import type { Action } from "../action.ts";
import { ExitCode } from "../exit-code.ts";
import { shellKinds, shellNames, shellOf, type ShellName } from "../shell-kind.ts";
import { wordOption } from "../word-option.ts";

export const envCommand = (action: Action): Command =>
  new Command("env").addOption(wordOption("--shell <NAME>", shellNames)).action(
    action(async (session, flags: { shell?: ShellName }) => {
      const { clusterVariables, findsOwnPrograms, runningCluster } = await import("../work.ts");
      const { env, messages, paths, self } = session;
      const name = flags.shell ?? shellOf(session);
      const kind = shellKinds[name];
      const cluster = await runningCluster(session);
      for (const [variable, value] of Object.entries(clusterVariables(session, cluster)))
        session.print(`${kind.set(variable, value)}\n`);
      if (!findsOwnPrograms(env, paths)) session.print(`${kind.append("PATH", paths.bin)}\n`);
      const own = flags.shell ? `${self} env --shell ${name}` : `${self} env`;
      session.print(`# ${messages.env.howTo}\n# ${kind.evaluate(own)}\n`);
      return ExitCode.passed;
    }),
  );
