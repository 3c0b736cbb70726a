import { widthOf } from "../system/text-width.ts";

/** How many lines Markdown takes in a terminal of `columns`, empty ones not counted; wide characters take two columns. */
export function textHeight(markdown: string, columns: number): number {
  return paragraphs(markdown).reduce((height, { text, asIs }) => height + (asIs ? 1 : wrappedHeight(text, columns)), 0);
}

interface Paragraph {
  text: string;
  asIs: boolean;
}

function paragraphs(markdown: string): Paragraph[] {
  const found: Paragraph[] = [];
  let fenced = false;
  let open: Paragraph | undefined;
  for (const line of markdown.split("\n")) {
    if (line.trimStart().startsWith("```")) {
      fenced = !fenced;
      open = undefined;
    } else if (fenced || /^\s*\|/.test(line)) {
      if (!/^\s*\|[-:| ]+$/.test(line)) found.push({ text: line, asIs: true });
      open = undefined;
    } else if (!line.trim()) open = undefined;
    else if (open && !/^\s*([-*]|\d+\.) /.test(line)) open.text += ` ${line.trim()}`;
    else found.push((open = { text: line.trimEnd(), asIs: false }));
  }
  return found;
}

function wrappedHeight(text: string, columns: number): number {
  let height = 1;
  let used = 0;
  for (const piece of text.replaceAll(/\*\*|`/g, "").match(/\s+|[\u2E80-\u{3FFFF}]|[^\s\u2E80-\u{3FFFF}]+/gu) ?? []) {
    const width = widthOf(piece);
    if (used + width <= columns) used += width;
    else if (piece.trim()) {
      height++;
      used = width;
    }
  }
  return height;
}
