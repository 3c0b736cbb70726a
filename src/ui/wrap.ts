import { widthOf } from "./width.ts";

/** A run of text that looks the same throughout. */
export interface Run {
  text: string;
  style: (text: string) => string;
  /** Breaks at no space in it, if it fits into a line. */
  whole?: boolean;
}

export interface WrapOptions {
  columns: number;
  /** Before the first line and before all others; both of the same width. */
  first?: string;
  rest?: string;
}

/** Must not begin a line: closing marks, small kana, the long mark (kinsoku shori). */
const NO_START = /^[、。，．・：；？！)\]}）］｝」』】〉》〕’”…‥ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ々ゝゞ％,.:;?!]/u;
/** Must not end a line: opening marks. */
const NO_END = /[([{（［｛「『【〈《〔‘“]$/u;
/** Between two of these a line may break without a space. */
const WIDE = /[\u2E80-\u30FF\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\uFF00-\uFFEF\u{20000}-\u{3FFFF}]/u;

/** Lines of at most `columns`; only a word that is longer than a line sticks out. */
export function wrap(runs: readonly Run[], { columns, first = "", rest = first }: WrapOptions): string[] {
  const room = Math.max(1, columns - widthOf(first));
  const lines: Piece[][] = [];
  let line: Piece[] = [];
  let used = 0;
  for (const unit of unitsOf(runs)) {
    const width = unit.pieces.reduce((sum, { text }) => sum + widthOf(text), 0);
    if (unit.space) {
      if (line.length > 0) line.push(...unit.pieces);
      used += line.length > 0 ? width : 0;
    } else {
      if (used + width > room && line.length > 0) {
        lines.push(line);
        line = [];
        used = 0;
      }
      line.push(...unit.pieces);
      used += width;
    }
  }
  if (line.length > 0) lines.push(line);
  return lines.map((pieces, index) => (index === 0 ? first : rest) + styled(pieces));
}

interface Piece {
  text: string;
  style: Run["style"];
}

/** What stays together on a line, or the space between two such. */
interface Unit {
  pieces: Piece[];
  space: boolean;
}

function unitsOf(runs: readonly Run[]): Unit[] {
  const units: Unit[] = [];
  for (const { text, style, whole } of runs) {
    for (const piece of whole ? [text] : piecesOf(text)) {
      const last = units.at(-1);
      const space = piece.trim() === "";
      if (last && !space && !last.space && sticks(last.pieces.at(-1)!.text, piece)) last.pieces.push({ text: piece, style });
      else units.push({ pieces: [{ text: piece, style }], space });
    }
  }
  return units;
}

/** Single wide characters, words of others, and the spaces between. */
const piecesOf = (text: string): string[] => text.match(new RegExp(`\\s+|${WIDE.source}|(?:(?!${WIDE.source})\\S)+`, "gu")) ?? [];

function sticks(before: string, after: string): boolean {
  if (NO_START.test(after) || NO_END.test(before)) return true;
  return !WIDE.test([...before].at(-1)!) && !WIDE.test([...after][0]!);
}

/** Runs of the same style joined, so that a terminal is told once; no spaces at the end. */
function styled(pieces: readonly Piece[]): string {
  const end = pieces.findLastIndex(({ text }) => text.trim() !== "");
  const runs: Piece[] = [];
  for (const { text, style } of pieces.slice(0, end + 1)) {
    const last = runs.at(-1);
    if (last?.style === style) last.text += text.replaceAll("\n", " ");
    else runs.push({ text: text.replaceAll("\n", " "), style });
  }
  return runs.map(({ text, style }) => style(text)).join("");
}
