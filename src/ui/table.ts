import { padded, widthOf } from "./width.ts";

/** One cell: its text, and how it is shown. */
export interface Cell {
  text: string;
  style?: (text: string) => string;
}

/** Rows in columns with three spaces between, as kubectl has them; nothing after the last one. */
export function renderTable(rows: readonly (readonly (string | Cell)[])[], indent = 0): string {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === "string" ? { text: cell } : cell)));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => widthOf(row[column]?.text ?? ""))));
  return cells.map((row) => `${" ".repeat(indent)}${renderRow(row, widths)}\n`).join("");
}

function renderRow(row: readonly Cell[], widths: readonly number[]): string {
  return row
    .map(({ text, style }, column) => {
      const shown = style ? style(text) : text;
      if (column === row.length - 1) return shown;
      return shown + padded("", (widths[column] ?? 0) - widthOf(text)) + "   ";
    })
    .join("")
    .trimEnd();
}
