import type { Command, CommanderError } from "commander";
import { nearestOf } from "../course/nearest.ts";
import type { UsageProblem } from "../ui/problem.ts";

/** Carries misuse of the command line through the stack. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly problem: UsageProblem;

  constructor(problem: UsageProblem) {
    super(problem.code);
    this.problem = problem;
  }
}

/** What commander says in English sentences, as data: our own words follow from it. Other errors pass as they are. */
export function toUsageError(error: CommanderError, command: Command): Error {
  const problem = problemOf(error, command);
  return problem ? new UsageError(problem) : error;
}

function problemOf({ code, message }: CommanderError, command: Command): UsageProblem | undefined {
  const path = commandPath(command);
  const [, quoted = ""] = /'([^']*)'/.exec(message) ?? [];
  switch (code) {
    case "commander.unknownOption":
      return { code: "unknown-flag", given: quoted, command: path, near: nearestOf(quoted, flagsOf(command)) };
    case "commander.optionMissingArgument":
      return { code: "flag-needs-value", flag: quoted.replace(/ <.*/, ""), command: path };
    case "commander.missingArgument":
      return { code: "argument-missing", argument: quoted, command: path };
    case "commander.unknownCommand":
    case "commander.excessArguments":
      return unexpected(command, path);
    default:
      return undefined;
  }
}

/** A word too much is a mistyped command where commands may stand. */
function unexpected(command: Command, path: string): UsageProblem {
  const given = command.args[command.registeredArguments.length] ?? "";
  if (command.commands.length === 0) return { code: "argument-unexpected", given, command: path };
  const names = command.commands.map((one) => one.name());
  return { code: "unknown-command", given, command: path, near: nearestOf(given, names) };
}

function flagsOf(command: Command): string[] {
  const own = command.options.map(({ long, short }) => long ?? short ?? "");
  return command.parent ? [...own, ...flagsOf(command.parent)] : [...own, "--help", "--version"];
}

/** `cluster create`; empty for the program itself. */
export function commandPath(command: Command): string {
  return command.parent ? `${commandPath(command.parent)} ${command.name()}`.trim() : "";
}
