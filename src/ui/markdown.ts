import { lexer, type Token, type Tokens } from "marked";
import { renderTable } from "./table.ts";
import type { Theme } from "./theme.ts";
import { padded, widthOf } from "./width.ts";
import { type Run, wrap } from "./wrap.ts";

export interface MarkdownOptions {
  columns: number;
  theme: Theme;
  /** What the learner types in place of `k8s-bootcamp`. */
  self: string;
}

/** The Markdown of lessons as lines for a terminal: paragraphs wrapped, code as it is, so that it can be copied. */
export function renderMarkdown(markdown: string, options: MarkdownOptions): string {
  return blocks(lexer(markdown), options).join("\n");
}

/** Of one paragraph, without an end of line. */
export function renderInline(markdown: string, options: MarkdownOptions): string {
  return renderMarkdown(markdown.replaceAll(/\s+/g, " "), options);
}

function blocks(tokens: readonly Token[], options: MarkdownOptions): string[] {
  const lines: string[] = [];
  for (const token of tokens) {
    if (token.type === "space") continue;
    if (lines.length > 0) lines.push("");
    lines.push(...block(token, options));
  }
  return lines;
}

function block(token: Token, options: MarkdownOptions): string[] {
  const { columns, theme } = options;
  switch (token.type) {
    case "code":
      return (token as Tokens.Code).text.split("\n").map((line) => (line ? `    ${theme.code(ownName(line, options))}` : ""));
    case "list":
      return (token as Tokens.List).items.flatMap((item, index) => listItem(item, marker(token as Tokens.List, index), options));
    case "table":
      return table(token as Tokens.Table, options);
    case "blockquote": {
      const inner = blocks((token as Tokens.Blockquote).tokens, { ...options, columns: columns - 2 });
      return inner.map((line) => `${theme.faint("│")} ${line}`.trimEnd());
    }
    case "heading":
      return wrap(inline((token as Tokens.Heading).tokens, options, theme.strong), { columns });
    default:
      return wrap(inline("tokens" in token && token.tokens ? token.tokens : [token], options, plain), { columns });
  }
}

const marker = ({ ordered, start }: Tokens.List, index: number): string => (ordered ? `${Number(start) + index}. ` : "- ");

function listItem({ tokens }: Tokens.ListItem, mark: string, options: MarkdownOptions): string[] {
  const inner = blocks(tokens, { ...options, columns: options.columns - widthOf(mark) });
  return inner.map((line, index) => (index === 0 ? mark + line : line && padded("", widthOf(mark)) + line));
}

function table({ header, rows }: Tokens.Table, options: MarkdownOptions): string[] {
  const wide = { ...options, columns: Infinity };
  const cell = ({ tokens }: Tokens.TableCell): { text: string; style: (text: string) => string } => {
    const styled = wrap(inline(tokens, wide, plain), { columns: Infinity }).join(" ");
    const text = wrap(
      inline(tokens, wide, plain).map((run) => ({ ...run, style: plain })),
      { columns: Infinity },
    ).join(" ");
    return { text, style: () => styled };
  };
  const heads = header.map((one) => ({ ...cell(one), style: options.theme.faint }));
  return renderTable([heads, ...rows.map((row) => row.map(cell))])
    .trimEnd()
    .split("\n");
}

const plain = (text: string): string => text;

function inline(tokens: readonly Token[], options: MarkdownOptions, style: Run["style"]): Run[] {
  const { theme } = options;
  return tokens.flatMap((token): Run[] => {
    switch (token.type) {
      case "strong":
        return inline((token as Tokens.Strong).tokens, options, theme.strong);
      case "em":
      case "del":
        return inline((token as Tokens.Em).tokens, options, style);
      case "codespan":
        return [codeRun(ownName((token as Tokens.Codespan).text, options), options)];
      case "link":
        return inline((token as Tokens.Link).tokens, options, style);
      case "br":
        return [{ text: " ", style }];
      default:
        return "tokens" in token && token.tokens ? inline(token.tokens, options, style) : [{ text: textOf(token), style }];
    }
  });
}

const textOf = (token: Token): string => ("text" in token ? String(token.text) : token.raw);

/** As a kubectl plugin we have another name, and what one reads must be what one can type. */
const ownName = (code: string, { self }: MarkdownOptions): string => code.replaceAll(/\bk8s-bootcamp(?= [a-z-])/g, self);

/** A command reads badly across two lines, unless it is long. */
const WHOLE_UP_TO = 36;

const codeRun = (text: string, { theme }: MarkdownOptions): Run => ({
  text: theme.quote + text + theme.quote,
  style: theme.code,
  whole: text.length <= WHOLE_UP_TO,
});
