import { Command } from "commander";
import type { Language } from "../course/lesson.ts";
import type { Messages } from "../ui/messages/en.ts";
import { loadTheme } from "../ui/theme.ts";
import { clusterCommand } from "./commands/cluster.ts";
import { envCommand } from "./commands/env.ts";
import { hintCommand } from "./commands/hint.ts";
import { listCommand } from "./commands/list.ts";
import { nextCommand } from "./commands/next.ts";
import { shellCommand } from "./commands/shell.ts";
import { skipCommand } from "./commands/skip.ts";
import { solutionCommand } from "./commands/solution.ts";
import { statusCommand } from "./commands/status.ts";
import { verifyCommand } from "./commands/verify.ts";
import type { Action } from "./action.ts";
import type { Deps } from "./deps.ts";
import { ExitCode } from "./exit-code.ts";
import { helpOf } from "./help.ts";
import { type GlobalFlags, openSession } from "./session.ts";
import { toUsageError, UsageError } from "./usage-error.ts";

export interface Program {
  program: Command;
  /** The exit code of the command that ran. */
  result(): ExitCode;
}

/** In the order of the help. */
const commands = [
  nextCommand,
  verifyCommand,
  hintCommand,
  solutionCommand,
  listCommand,
  statusCommand,
  skipCommand,
  clusterCommand,
  envCommand,
  shellCommand,
] as const;

/** All commands, in the order of the help. Their work is imported when it is run. */
export function buildProgram(deps: Deps, language: Language, messages: Messages): Program {
  let code: ExitCode = ExitCode.passed;
  const program = new Command(deps.self);
  const action: Action =
    (work) =>
    async (...args) => {
      const flags = program.opts<GlobalFlags>();
      const theme = await loadTheme({ isTTY: deps.io.stdout.isTTY === true, env: deps.env, refused: !flags.color });
      code = await work(openSession(deps, flags, language, messages, theme), ...args);
    };
  addGlobalFlags(program, deps);
  for (const command of commands) program.addCommand(command(action));
  const next = program.commands[0]!;
  program.action(async () => {
    await next.parseAsync([], { from: "user" });
  });
  for (const command of withSubcommands(program)) prepare(command, deps, messages);
  return { program, result: () => code };
}

function addGlobalFlags(program: Command, { installation }: Deps): void {
  program
    .version(installation.version, "--version")
    .option("--lang <LANGUAGE>")
    .option("--dir <FOLDER>")
    .option("--course <FOLDER>")
    .option("--image <NAME=IMAGE>", "", collectImage)
    .option("--no-color")
    .option("--debug");
}

function collectImage(given: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, name, image] = /^([^=]+)=(.+)$/.exec(given) ?? [];
  if (!name || !image)
    throw new UsageError({ code: "flag-value-invalid", flag: "--image", given, known: ["NAME=IMAGE"], near: [] });
  return { ...before, [name]: image };
}

const withSubcommands = (command: Command): Command[] => [command, ...command.commands.flatMap(withSubcommands)];

function prepare(command: Command, { io }: Deps, messages: Messages): void {
  command
    .helpOption("-h, --help")
    .helpCommand(false)
    .showSuggestionAfterError(false)
    .allowExcessArguments(false)
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: () => {}, outputError: () => {} })
    .configureHelp({ formatHelp: (one) => helpOf(one, messages) })
    .exitOverride((error) => {
      throw toUsageError(error, command);
    });
}
