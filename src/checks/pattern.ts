/** A regular expression as somebody reads it who knows none: `^Request served by (\\S+)` is `Request served by …`. */
export function readable(pattern: string): string {
  const plain = pattern
    .replace(/^\^/, "")
    .replace(/(?<!\\)\$$/, "")
    .replaceAll(parts, (_, escaped?: string) => escaped ?? "…")
    .replaceAll(/…(?:\s*…)+/g, "…");
  return /[\\^$|]/.test(plain) ? `/${pattern}/` : plain;
}

/** An escaped character; else a group, or any character of some kind, as often as it may come. */
const parts = /\\([^A-Za-z0-9])|\((?:[^()\\]|\\.)*\)[*+?]?|(?:\.|\\[SwWd]|\[[^\]]*\])(?:[*+?]|\{[\d,]+\})?/g;
