/** Column widths depend on the longest name seen, which is chance. Cells are kept, padding is not. */
const GAP = "  ";

interface Column {
  name: string;
  start: number;
}

/** Every table of kubectl (a line of capitals and the aligned lines below it) with cells two spaces apart; an empty cell shows as ''. */
export function padTables(text: string, cell: (column: string, value: string) => string): string {
  let columns: Column[] | undefined;
  return text
    .split("\n")
    .map((line) => {
      if (isHeader(line)) {
        columns = [...line.matchAll(/\S+(?: \S+)*/g)].map((match) => ({ name: match[0], start: match.index }));
        return columns.map(({ name }) => name).join(GAP);
      }
      if (!line.trim()) columns = undefined;
      const known = columns;
      const cells = known && cellsOf(line, known);
      return cells ? cells.map((value, at) => cell(known[at]!.name, value) || "''").join(GAP) : squeeze(line);
    })
    .join("\n");
}

const isHeader = (line: string): boolean =>
  /^[A-Z][A-Z0-9 ()/%._-]*$/.test(line) && /^(NAME|NAMESPACE|CURRENT|LAST SEEN|DESIRED|RESOURCE|READY|[A-Z-]+ {2,})/.test(line);

/** Undefined when the row is not aligned with the header, as a later update of `get -w`. */
function cellsOf(line: string, columns: readonly Column[]): string[] | undefined {
  const isAligned = columns.every(({ start }) => start === 0 || line.length < start || line[start - 1] === " ");
  if (isAligned) return columns.map(({ start }, at) => line.slice(start, columns[at + 1]?.start).trim());
  const cells = line.trim().split(/ {2,}/);
  return cells.length === columns.length ? cells : undefined;
}

/** Inner padding shrinks to two spaces; indentation stays while it carries meaning. */
function squeeze(line: string): string {
  const indent = /^ */.exec(line)![0].length;
  return (
    " ".repeat(Math.min(indent, 8)) +
    line
      .slice(indent)
      .replace(/\t+| {2,}/g, GAP)
      .trimEnd()
  );
}

/** Lines below a table's header, or between blank lines, sorted; equal ones once. `key` is what a line sorts by: what is not chance, then the rest. */
export function sortLines(text: string, marks: { unordered: boolean; unique: boolean }, key: (line: string) => string): string {
  if (!marks.unordered && !marks.unique) return text;
  let lines = text.split("\n");
  if (marks.unordered) lines = blocksOf(lines).flatMap((block) => sorted(block, key));
  if (marks.unique) {
    const but = (line: string): string => key(line).split("\n")[0]!;
    lines = lines.filter((line, at) => line === "" || lines.findIndex((other) => but(other) === but(line)) === at);
  }
  return lines.join("\n");
}

function sorted(block: readonly string[], key: (line: string) => string): string[] {
  // describe underlines its headers.
  const dashes = block.findIndex((line) => /^ *--+ /.test(line));
  const head = block.slice(0, dashes >= 0 ? dashes + 1 : block[0] && isHeader(block[0]) ? 1 : 0);
  const rows = block.slice(head.length).map((line) => [key(line), line] as const);
  return [...head, ...rows.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, line]) => line)];
}

/** Blank lines stay, as blocks of their own. */
function blocksOf(lines: readonly string[]): string[][] {
  const blocks: string[][] = [[]];
  for (const line of lines) {
    if (line === "") blocks.push([""], []);
    else blocks.at(-1)!.push(line);
  }
  return blocks;
}
