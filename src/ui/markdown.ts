import { type Block, readBlocks } from "./markdown-blocks.ts";
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
  return render(readBlocks(markdown), options).join("\n");
}

/** Of one paragraph, whatever it begins with. */
export function renderInline(text: string, options: MarkdownOptions): string[] {
  return wrap(inline(text, options, plain), { columns: options.columns });
}

function render(blocks: readonly Block[], options: MarkdownOptions): string[] {
  return blocks.flatMap((block, index) => [...(index > 0 ? [""] : []), ...renderBlock(block, options)]);
}

function renderBlock(block: Block, options: MarkdownOptions): string[] {
  const { columns, theme } = options;
  switch (block.type) {
    case "paragraph":
      return renderInline(block.text, options);
    case "heading":
      return wrap(inline(block.text, options, theme.strong), { columns });
    case "code":
      return block.lines.map((line) => (line ? `    ${theme.code(ownName(line, options))}` : ""));
    case "list":
      return block.items.flatMap(({ mark, blocks }) =>
        hanging(mark, render(blocks, { ...options, columns: columns - widthOf(mark) })),
      );
    case "quote":
      return render(block.blocks, { ...options, columns: columns - 2 }).map((line) => `${theme.faint("│")} ${line}`.trimEnd());
    case "table":
      return renderCells(block.rows, options);
  }
}

/** Lines after a mark, in line with each other. `width` is for a mark that has colours in it. */
export const hanging = (mark: string, lines: readonly string[], width = widthOf(mark)): string[] =>
  lines.map((line, index) => (index === 0 ? mark + line : line && padded("", width) + line));

function renderCells(rows: readonly (readonly string[])[], options: MarkdownOptions): string[] {
  const { theme } = options;
  const cell = (text: string, isHead: boolean) => {
    const runs = inline(text, options, isHead ? theme.faint : plain);
    const styled = runs.map((run) => run.style(run.text)).join("");
    return { text: runs.map((run) => run.text).join(""), style: () => styled };
  };
  return renderTable(rows.map((row, index) => row.map((text) => cell(text, index === 0))))
    .trimEnd()
    .split("\n");
}

const plain = (text: string): string => text;

/** Code, strong and emphasised words, links, and signs that a backslash makes plain. A `*` amid other signs is one, as in `nodes[*]`. */
const SPAN =
  /(`+)(?<code>.+?)\1|\*\*(?<strong>.+?)\*\*|(?<=^|[\s(（「])\*(?<weak>[^\s*](?:[^*]*[^\s*])?)\*(?=$|[\s.,:;!?)）」、。])|\[(?<link>[^\]]+)\]\([^)]*\)|\\(?<plain>[!-/:-@[-`{-~])/g;

function inline(text: string, options: MarkdownOptions, style: Run["style"]): Run[] {
  const runs: Run[] = [];
  let end = 0;
  for (const found of text.matchAll(SPAN)) {
    if (found.index > end) runs.push({ text: text.slice(end, found.index), style });
    const { code, strong, weak, link, plain: sign = "" } = found.groups ?? {};
    if (code !== undefined) runs.push(codeRun(ownName(code, options), options));
    else if (strong !== undefined) runs.push(...inline(strong, options, options.theme.strong));
    else if (weak !== undefined) runs.push(...inline(weak, options, style));
    else if (link !== undefined) runs.push(...inline(link, options, style));
    else runs.push({ text: sign, style });
    end = found.index + found[0].length;
  }
  if (end < text.length) runs.push({ text: text.slice(end), style });
  return runs;
}

/** As a kubectl plugin we have another name, and what one reads must be what one can type. */
const ownName = (code: string, { self }: MarkdownOptions): string => code.replaceAll(/\bk8s-bootcamp(?= [a-z-])/g, self);

/** A command reads badly across two lines, unless it is long. */
const WHOLE_UP_TO = 36;

const codeRun = (text: string, { theme }: MarkdownOptions): Run => ({
  text: theme.quote + text + theme.quote,
  style: theme.code,
  whole: text.length <= WHOLE_UP_TO,
});
