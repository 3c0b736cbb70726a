import type { Command } from "commander";
import type { CommandHelp } from "../ui/help.ts";
import type { Messages } from "../ui/messages/en.ts";
import { renderTable } from "../ui/table.ts";
import { commandPath } from "./usage-error.ts";

/** A command's help in kubectl's manner: what it does, examples, flags, usage. */
export function helpOf(command: Command, messages: Messages): string {
  const words = messages.help.commands as Readonly<Record<string, CommandHelp>>;
  return JSON.stringify(words[commandPath(command)]) + renderTable([]);
}
