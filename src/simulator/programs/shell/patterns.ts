import type { ContainerFiles } from "../program.ts";

/** A piece of a word: what was quoted means itself. */
export interface Piece {
  text: string;
  quoted: boolean;
}

/** The pieces as a pattern, quoted characters behind backslashes. */
export const patternOf = (pieces: readonly Piece[]): string =>
  pieces.map(({ text, quoted }) => (quoted ? text.replace(/[\\*?[\]]/g, "\\$&") : text)).join("");

export const textOf = (pieces: readonly Piece[]): string => pieces.map(({ text }) => text).join("");

export const hasWildcard = (pieces: readonly Piece[]): boolean =>
  pieces.some(({ text, quoted }) => !quoted && /[*?[]/.test(text));

/** A shell pattern as the source of a regular expression, without anchors. */
export function patternSource(pattern: string, { lazy = false, withinName = false } = {}): string {
  const any = withinName ? "[^/]" : "[^]";
  let source = "";
  for (let index = 0; index < pattern.length; index++) {
    const char = pattern[index]!;
    if (char === "\\" && index + 1 < pattern.length) source += escape(pattern[++index]!);
    else if (char === "*") source += `${any}*${lazy ? "?" : ""}`;
    else if (char === "?") source += any;
    else if (char === "[") {
      const set = /^\[([!^]?)(\]?(?:\[:\w+:\]|\\.|[^\]\\])*)\]/.exec(pattern.slice(index));
      if (set) {
        source += `[${set[1] ? "^" : ""}${bracketSet(set[2]!)}]`;
        index += set[0].length - 1;
      } else source += "\\[";
    } else source += escape(char);
  }
  return source;
}

export const matches = (text: string, pattern: string): boolean => new RegExp(`^(?:${patternSource(pattern)})$`, "u").test(text);

/** The paths a pattern matches, sorted; a name that begins with a dot must be asked for. */
export async function expandPath(pattern: string, workingDir: string, files: ContainerFiles): Promise<string[]> {
  const absolute = pattern.startsWith("/");
  let found = [absolute ? "/" : ""];
  for (const component of pattern.split("/").filter(Boolean)) {
    const next: string[] = [];
    for (const base of found) {
      const folder = base.startsWith("/") ? base : `${workingDir}/${base}`;
      if (!/[*?[]/.test(component)) {
        const path = base + component.replace(/\\(.)/g, "$1");
        if (await files.stat(path.startsWith("/") ? path : `${workingDir}/${path}`, { follow: false })) next.push(`${path}/`);
        continue;
      }
      if ((await files.stat(folder))?.kind !== "folder") continue;
      const names = await files.list(folder);
      for (const name of names) {
        if (name.startsWith(".") && !component.startsWith(".")) continue;
        if (matches(name, component)) next.push(`${base}${name}/`);
      }
    }
    found = next;
  }
  const folders = pattern.endsWith("/");
  return found.map((path) => (folders ? path : path.replace(/\/$/, ""))).toSorted();
}

const CLASSES: Record<string, string> = {
  alpha: "a-zA-Z",
  digit: "0-9",
  alnum: "a-zA-Z0-9",
  upper: "A-Z",
  lower: "a-z",
  space: "\\s",
  blank: " \\t",
  punct: "!-\\/:-@\\[-`{-~",
  xdigit: "0-9a-fA-F",
};

const bracketSet = (set: string): string =>
  set.replace(/\[:(\w+):\]|\\.|[\]\\[^]/g, (found, name) =>
    name ? (CLASSES[name] ?? "") : found.length === 2 ? found : `\\${found}`,
  );

const escape = (char: string) => char.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
