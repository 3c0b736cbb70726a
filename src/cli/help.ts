import type { Command } from "commander";
import { type CommandHelp, type HelpOptions, renderHelp } from "../ui/help.ts";
import type { Messages } from "../ui/messages/en.ts";
import { commandPath } from "./usage-error.ts";

/** Of the first page, in its order. */
const groups = {
  loop: ["next", "verify", "hint", "solution", "reset"],
  way: ["list", "status", "skip"],
  cluster: ["apply", "cluster", "env", "shell"],
  around: ["setup", "doctor", "completion", "course"],
} as const;

/** A command's help: its words from the messages, its flags and arguments from commander. */
export function helpOf(command: Command, self: string, options: HelpOptions): string {
  const { messages } = options;
  const path = commandPath(command);
  const words = helpWords(messages)[path]!;
  const subcommands = command.commands.filter((one) => !one.name().startsWith("_"));
  const own = [self, path].filter(Boolean).join(" ");
  return renderHelp(
    {
      words,
      usage: usageOf(command, own),
      flags: command.options.map(({ flags, long }) => ({
        term: flags.replaceAll(/[<>]/g, ""),
        meaning: words.flags?.[long ?? ""] ?? "",
      })),
      commands:
        path === ""
          ? firstPage(command, messages)
          : subcommands.length > 0
            ? [groupOf(messages.help.commandsTitle, subcommands, messages)]
            : [],
      more: subcommands.length > 0 ? messages.help.moreOf(own) : messages.help.global(self),
    },
    options,
  );
}

/** Words by path: `cluster create`. */
export const helpWords = ({ help }: Messages): Readonly<Record<string, CommandHelp>> => help.commands;

function usageOf(command: Command, own: string): string {
  const words = command.registeredArguments.map((argument) =>
    argument.required ? argument.name().replaceAll(/[<>]/g, "") : `[${argument.name().replaceAll(/[[\]]/g, "")}]`,
  );
  return [own, ...(command.commands.length > 0 ? ["COMMAND"] : []), ...words, "[options]"].join(" ");
}

const firstPage = (program: Command, messages: Messages) =>
  (Object.keys(groups) as (keyof typeof groups)[]).map((group) => {
    const commands = groups[group].flatMap((name) => program.commands.find((one) => one.name() === name) ?? []);
    return groupOf(messages.help.groups[group], commands, messages);
  });

const groupOf = (title: string, commands: readonly Command[], messages: Messages) => ({
  title,
  commands: commands.map((command) => ({
    name: command.name(),
    summary: helpWords(messages)[commandPath(command)]?.summary ?? "",
  })),
});
