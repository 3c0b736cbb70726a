import type { ClusterStep } from "./provider.ts";

type Plain = Exclude<ClusterStep, { image: string } | { words: string }>["code"];

/** What kind says it is doing, without its pictures, which differ from release to release. */
const steps: readonly (readonly [words: RegExp, code: Plain])[] = [
  [/^Preparing nodes/, "nodes"],
  [/^Writing configuration/, "configuration"],
  [/^Starting control-plane/, "control-plane"],
  [/^Installing CNI/, "network"],
  [/^Installing StorageClass/, "storage"],
  [/^Joining (?:worker|more control-plane) nodes/, "workers"],
];

/** The step that a line of kind's stderr begins; undefined for every other line. */
export function stepOfLine(line: string): ClusterStep | undefined {
  const words = /^ • (.*?)\s*\.\.\.\s*$/.exec(line)?.[1];
  if (words === undefined) return undefined;
  const image = /^Ensuring node image \((.+?)\)/.exec(words)?.[1];
  if (image !== undefined) return { code: "node-image", image };
  const code = steps.find(([pattern]) => pattern.test(words))?.[1];
  return code ? { code } : { code: "other", words: words.replaceAll(/[\p{Extended_Pictographic}\u{FE0F}]/gu, "").trim() };
}
