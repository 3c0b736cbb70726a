import type { Language, Replacement } from "./lesson.ts";

/**
 * A manifest is complete; a blank is marked in place, its question in both languages:
 *
 *     replicas: 2 # blank: how many Pods do you want? | Pod はいくつ必要ですか。
 *
 * Before the mark stands `key: value`, `- key: value` or `- value`; the blank is the whole value.
 */
export interface Blank {
  /** Counts from 1. */
  line: number;
  value: string;
  question: Readonly<Record<Language, string>>;
}

const blankLine = /^(\s*(?:- )*(?:(?:[\w./-]+|"[^"]*"):|-))\s+(.+?)\s+# blank:\s*(.*?)\s*(?:\|\s*(.*?)\s*)?$/;
const todo = "# TODO";

/** All blanks of a manifest, in order. */
export function blanksOf(manifest: string): Blank[] {
  return manifest.split(/\r?\n/).flatMap((text, index) => {
    const [, , value, en, ja] = blankLine.exec(text) ?? [];
    return value === undefined || en === undefined ? [] : [{ line: index + 1, value, question: { en, ja: ja ?? en } }];
  });
}

/** What the learner gets: each value gone, its question left as `# TODO question`. */
export function withBlanks(manifest: string, language: Language): string {
  return eachLine(manifest, ([, before, , en, ja]) => `${before} ${todo} ${language === "ja" ? (ja ?? en) : en}`);
}

/** The complete manifest, without the marks. */
export function solved(manifest: string): string {
  return eachLine(manifest, ([, before, value]) => `${before} ${value}`);
}

/** The lines (from 1) where a question still stands. */
export function openBlanks(text: string): { line: number; question: string }[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const at = line.indexOf(todo);
    return at < 0 ? [] : [{ line: index + 1, question: line.slice(at + todo.length).trim() }];
  });
}

/** Each `from` replaced where it first stands, in order; or the `from` that doesn't. */
export function replaceWords(text: string, replacements: readonly Replacement[]): { text: string } | { missing: string } {
  for (const { from, to } of replacements) {
    const at = text.indexOf(from);
    if (at < 0) return { missing: from };
    text = text.slice(0, at) + to + text.slice(at + from.length);
  }
  return { text };
}

function eachLine(text: string, change: (found: RegExpExecArray) => string): string {
  return text
    .split(/(\r?\n)/)
    .map((line) => {
      const found = blankLine.exec(line);
      return found ? change(found) : line;
    })
    .join("");
}
