/** The Markdown of lessons, as blocks; text inside them is Markdown of one line still. */
export type Block =
  | { type: "paragraph" | "heading"; text: string }
  | { type: "code"; lines: readonly string[] }
  | { type: "list"; items: readonly { mark: string; blocks: readonly Block[] }[] }
  | { type: "quote"; blocks: readonly Block[] }
  | { type: "table"; rows: readonly (readonly string[])[] };

/**
 * Reads what lessons are written in: paragraphs, fenced code, lists, quotes, headings, tables. A library for all of Markdown takes
 * longer to load, and to read its first text, than a whole `verify` may take; this is ready at once.
 */
export function readBlocks(markdown: string): Block[] {
  return blocksOf(markdown.split(/\r?\n/));
}

const FENCE = /^\s*```/;
const ITEM = /^([-*] |\d+\. )/;
const QUOTE = /^> ?/;
const HEADING = /^#{1,6} +/;
const ROW = /^\|.*\|\s*$/;

function blocksOf(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length;) {
    if (lines[at]!.trim() === "") {
      at++;
      continue;
    }
    const { block, next } = readBlock(lines, at);
    blocks.push(block);
    at = next;
  }
  return blocks;
}

function readBlock(lines: readonly string[], at: number): { block: Block; next: number } {
  const line = lines[at]!;
  if (FENCE.test(line)) return readCode(lines, at);
  if (HEADING.test(line)) return { block: { type: "heading", text: line.replace(HEADING, "").trim() }, next: at + 1 };
  if (ITEM.test(line)) return readList(lines, at);
  if (QUOTE.test(line)) {
    const next = endOf(lines, at, (one) => QUOTE.test(one));
    return { block: { type: "quote", blocks: blocksOf(lines.slice(at, next).map((one) => one.replace(QUOTE, ""))) }, next };
  }
  if (ROW.test(line)) {
    const next = endOf(lines, at, (one) => ROW.test(one));
    return { block: { type: "table", rows: lines.slice(at, next).filter(isNoRule).map(cellsOf) }, next };
  }
  const next = endOf(lines, at, (one) => one.trim() !== "" && ![FENCE, HEADING, ITEM, QUOTE, ROW].some((sign) => sign.test(one)));
  return { block: { type: "paragraph", text: joined(lines.slice(at, next)) }, next };
}

/** The fence's own indentation is no part of the code. */
function readCode(lines: readonly string[], at: number): { block: Block; next: number } {
  const indent = lines[at]!.search(/\S/);
  const end = lines.findIndex((line, index) => index > at && FENCE.test(line));
  const next = end < 0 ? lines.length : end;
  const code = lines.slice(at + 1, next).map((line) => line.replace(new RegExp(`^ {0,${indent}}`), ""));
  return { block: { type: "code", lines: code }, next: next + 1 };
}

/** An item goes on in lines that are empty or indented. */
function readList(lines: readonly string[], at: number): { block: Block; next: number } {
  const items: { mark: string; blocks: Block[] }[] = [];
  let next = at;
  const isNumbered = /^\d/.test(lines[at]!);
  while (next < lines.length && ITEM.test(lines[next]!) && /^\d/.test(lines[next]!) === isNumbered) {
    const mark = ITEM.exec(lines[next]!)![0];
    const end = endOf(lines, next, (line, index) => line.trim() === "" || line.startsWith("  ") || isLazy(lines, index));
    const own = lines
      .slice(next, end)
      .map((line, index) => (index === 0 ? line.slice(mark.length) : line.replace(/^ {1,3}/, "")));
    items.push({ mark: mark.replace(/^[*]/, "-"), blocks: blocksOf(own) });
    next = end;
  }
  return { block: { type: "list", items }, next };
}

/** The rest of an item's paragraph need not be indented. */
const isLazy = (lines: readonly string[], index: number): boolean =>
  lines[index - 1]!.trim() !== "" && ![FENCE, HEADING, ITEM, QUOTE, ROW].some((sign) => sign.test(lines[index]!));

function endOf(lines: readonly string[], at: number, goesOn: (line: string, index: number) => boolean): number {
  let end = at + 1;
  while (end < lines.length && goesOn(lines[end]!, end)) end++;
  return end;
}

const joined = (lines: readonly string[]): string => lines.map((line) => line.trim()).join(" ");

/** The line between a table's head and its body. */
const isNoRule = (row: string): boolean => !/^\|[-:| ]+\|\s*$/.test(row);

const cellsOf = (row: string): string[] =>
  row
    .trim()
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
