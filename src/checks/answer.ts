import { knownResources, resourceNamed } from "../kube/resources.ts";

/** Whether somebody who typed `given` meant `wanted`: case, a version's `v`, and how a kind is named don't count. */
export function isSameAnswer(given: string, wanted: string, tolerance = 0): boolean {
  if (tolerance > 0 && isNumber(given) && isNumber(wanted)) return Math.abs(Number(given) - Number(wanted)) <= tolerance;
  const [a, b] = [given, wanted].map(normalized);
  return a === b || withoutKind(a!) === b || kindOf(a!) === (kindOf(b!) ?? "");
}

/** The members of an answer to a question for several things: commas and spaces part them. */
export const answerParts = (given: string): string[] => [...new Set(given.split(/[\s,、，]+/).filter(Boolean))];

/** Trimmed, as people copy things: with quotes, in other letters, versions with `v`. */
function normalized(text: string): string {
  const bare = text
    .trim()
    .replace(/^(["'`])(.*)\1$/, "$2")
    .toLowerCase();
  return bare.replace(/^v(?=\d+\.\d)/, "");
}

/** `pod/web-1`, as `kubectl get -o name` prints, is `web-1`. */
function withoutKind(text: string): string {
  const [kind = "", ...rest] = text.split("/");
  const word = kind.split(".")[0]!;
  return rest.length === 1 && resourceNamed(knownResources, word) ? rest[0]! : text;
}

const kindOf = (text: string): string | undefined =>
  resourceNamed(knownResources, text)?.kind ?? resourceNamed(knownResources, text.replace(/s$/, ""))?.kind;

const isNumber = (text: string): boolean => /^-?\d+(\.\d+)?$/.test(text.trim());
