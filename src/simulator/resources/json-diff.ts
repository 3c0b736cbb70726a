/** Unchanged lines shown around a change. */
const CONTEXT = 3;

/**
 * What an update changed, as upstream appends it to a refusal: a unified diff of the two objects as indented JSON
 * (apimachinery pkg/util/diff), here always in one piece.
 */
export function jsonDiff(before: unknown, after: unknown): string {
  const [old, next] = [lines(before), lines(after)];
  let start = 0;
  while (start < old.length && start < next.length && old[start] === next[start]) start++;
  let end = 0;
  while (end < old.length - start && end < next.length - start && old.at(-1 - end) === next.at(-1 - end)) end++;
  const first = Math.max(0, start - CONTEXT);
  const tail = Math.max(0, end - CONTEXT);
  return [
    `@@ -${first + 1},${old.length - tail - first} +${first + 1},${next.length - tail - first} @@`,
    ...old.slice(first, start).map((line) => ` ${line}`),
    ...old.slice(start, old.length - end).map((line) => `-${line}`),
    ...next.slice(start, next.length - end).map((line) => `+${line}`),
    ...old.slice(old.length - end, old.length - tail).map((line) => ` ${line}`),
    "",
  ].join("\n");
}

const lines = (value: unknown): string[] => JSON.stringify(value, null, 1).split("\n");
