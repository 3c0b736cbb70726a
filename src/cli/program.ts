import { Command } from "commander";
import { languages } from "../course/lesson.ts";
import { applyCommand } from "./commands/apply.ts";
import { clusterCommand } from "./commands/cluster.ts";
import { completeCommand, completionCommand } from "./commands/completion.ts";
import { courseCommand } from "./commands/course.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { envCommand } from "./commands/env.ts";
import { hintCommand } from "./commands/hint.ts";
import { listCommand } from "./commands/list.ts";
import { nextCommand } from "./commands/next.ts";
import { resetCommand } from "./commands/reset.ts";
import { setupCommand } from "./commands/setup.ts";
import { shellCommand } from "./commands/shell.ts";
import { skipCommand } from "./commands/skip.ts";
import { solutionCommand } from "./commands/solution.ts";
import { statusCommand } from "./commands/status.ts";
import { verifyCommand } from "./commands/verify.ts";
import type { Action } from "./action.ts";
import type { Deps } from "./deps.ts";
import { openEndings } from "./endings.ts";
import { ExitCode } from "./exit-code.ts";
import { helpOf } from "./help.ts";
import { type GlobalFlags, openSession, type Voice } from "./session.ts";
import { toUsageError, UsageError } from "./usage-error.ts";
import { wordOption } from "./word-option.ts";

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
  resetCommand,
  listCommand,
  statusCommand,
  skipCommand,
  applyCommand,
  clusterCommand,
  envCommand,
  shellCommand,
  setupCommand,
  doctorCommand,
  completionCommand,
  courseCommand,
] as const;

/** All commands, in the order of the help. Their work is imported when it is run. */
export function buildProgram(deps: Deps, voice: Voice, endings = openEndings()): Program {
  let code: ExitCode = ExitCode.passed;
  const program = new Command(deps.self);
  const action: Action =
    (work) =>
    async (...args) => {
      code = await work(openSession(deps, voice, program.opts<GlobalFlags>(), endings), ...args);
    };
  addGlobalFlags(program, deps);
  for (const command of commands) program.addCommand(command(action));
  program.addCommand(completeCommand(action, program), { hidden: true });
  const next = program.commands[0]!;
  program.action(async () => {
    await next.parseAsync([], { from: "user" });
  });
  for (const command of withSubcommands(program)) prepare(command, deps, voice);
  return { program, result: () => code };
}

function addGlobalFlags(program: Command, { installation }: Deps): void {
  program
    .version(installation.version, "--version")
    .addOption(wordOption("--lang <LANGUAGE>", languages))
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

function prepare(command: Command, { io, self }: Deps, voice: Voice): void {
  const columns = Math.min(io.stdout.columns ?? 80, 100);
  command
    .helpOption("-h, --help")
    .showSuggestionAfterError(false)
    .allowExcessArguments(false)
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: () => {}, outputError: () => {} })
    .configureHelp({ formatHelp: (one) => helpOf(one, self, { ...voice, columns }) })
    .exitOverride((error) => {
      throw toUsageError(error, command);
    });
  if (command.parent) command.helpCommand(false);
}
