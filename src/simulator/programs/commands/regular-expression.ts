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
  print: "\\x20-\\x7e",
  cntrl: "\\x00-\\x1f",
};

const MEANT_WITH_BACKSLASH = new Set(["(", ")", "{", "}", "|", "+", "?"]);

/** A POSIX regular expression as JavaScript's source: basic, where signs need a backslash to mean something, or extended. */
export function regularExpression(pattern: string, extended: boolean): string {
  let source = "";
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!;
    if (char === "[") {
      const set = /^\[(\^?)(\]?(?:\[:\w+:\]|[^\]])*)\]/.exec(pattern.slice(at));
      if (set) {
        source += `[${set[1]}${bracketSet(set[2]!)}]`;
        at += set[0].length - 1;
        continue;
      }
      source += "\\[";
    } else if (char === "\\" && at + 1 < pattern.length) {
      const next = pattern[++at]!;
      if (next === "<" || next === ">") source += "\\b";
      else if (MEANT_WITH_BACKSLASH.has(next)) source += extended ? `\\${next}` : next;
      else source += /[wWsSbB\d]/.test(next) ? `\\${next}` : escapeText(next);
    } else if (!extended && MEANT_WITH_BACKSLASH.has(char)) source += `\\${char}`;
    else if (char === "*" && (source === "" || source.endsWith("(") || source.endsWith("|"))) source += "\\*";
    else source += char === "/" ? "\\/" : char;
  }
  return source;
}

/** A text as an expression that matches nothing else. */
export const escapeText = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

const bracketSet = (set: string): string =>
  set.replace(/\[:(\w+):\]|[\]\\[]/g, (found, name: string | undefined) => (name ? (CLASSES[name] ?? "") : `\\${found}`));
