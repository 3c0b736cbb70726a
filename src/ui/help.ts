import type { Messages } from "./messages/en.ts";
import type { Theme } from "./theme.ts";
import { padded, widthOf } from "./width.ts";
import { wrap } from "./wrap.ts";

/** Words of a command's help. Examples are a comment and a command line each, as kubectl has them. */
export interface CommandHelp {
  summary: string;
  text?: string;
  examples: readonly (readonly [comment: string, command: string])[];
  /** By long flag. */
  flags?: Readonly<Record<string, string>>;
}

/** What there is to say of a command, beside its words. */
export interface HelpView {
  words: CommandHelp;
  /** `k8s-bootcamp next [LESSON|STEP]`. */
  usage: string;
  flags: readonly { term: string; meaning: string }[];
  /** Of a command of commands, in groups. */
  commands: readonly { title: string; commands: readonly { name: string; summary: string }[] }[];
  /** What to read for more. */
  more: string;
}

/** A command's help in kubectl's manner. */
export function renderHelp({ words, usage, flags, commands, more }: HelpView, { columns, messages, theme }: HelpOptions): string {
  const { help } = messages;
  const paragraph = (text: string): string => wrap([{ text, style: (one) => one }], { columns }).join("\n");
  const titled = (title: string, lines: readonly string[]): string => [theme.strong(title), ...lines].join("\n");
  const parts = [
    paragraph(words.summary),
    ...(words.text === undefined ? [] : [paragraph(words.text)]),
    ...commands.map((group) =>
      titled(
        group.title,
        pairs(
          group.commands.map(({ name, summary }) => [name, summary]),
          columns,
          theme,
        ),
      ),
    ),
    ...(words.examples.length === 0 || commands.length > 0
      ? []
      : [
          titled(
            help.examples,
            words.examples.flatMap(([comment, line], index) => [
              ...(index > 0 ? [""] : []),
              `  ${theme.faint(`# ${comment}`)}`,
              `  ${theme.code(line)}`,
            ]),
          ),
        ]),
    ...(flags.length === 0
      ? []
      : [
          titled(
            help.options,
            pairs(
              flags.map(({ term, meaning }) => [term, meaning]),
              columns,
              theme,
            ),
          ),
        ]),
    titled(help.usage, [`  ${usage}`]),
    paragraph(more),
  ];
  return `${parts.join("\n\n")}\n`;
}

export interface HelpOptions {
  columns: number;
  messages: Messages;
  theme: Theme;
}

/** Terms and meanings in two columns; a long meaning goes on below itself. */
function pairs(rows: readonly (readonly [string, string])[], columns: number, theme: Theme): string[] {
  const width = Math.max(...rows.map(([term]) => widthOf(term)));
  const indent = " ".repeat(width + 5);
  return rows.flatMap(([term, meaning]) => {
    const lines = wrap([{ text: meaning, style: (one) => one }], { columns: columns - indent.length });
    return [`  ${theme.code(padded(term, width))}   ${lines[0] ?? ""}`.trimEnd(), ...lines.slice(1).map((line) => indent + line)];
  });
}
