import { anchoredRegExp, expandTemplate } from "../go-regexp.ts";
import { withLabels } from "../labels.ts";
import { executionError } from "./query-error.ts";
import type { Sample } from "./values.ts";

export function labelReplace(vector: readonly Sample[], args: readonly string[]): Sample[] {
  const [target, replacement, source, pattern] = args as [string, string, string, string];
  let regexp: RegExp;
  try {
    regexp = anchoredRegExp(pattern);
  } catch {
    throw executionError(`invalid regular expression in label_replace(): ${pattern}`);
  }
  if (target === "") throw executionError(`invalid destination label name in label_replace(): ${target}`);
  return vector.map((sample) => {
    const match = regexp.exec(sample.labels[source] ?? "");
    if (!match) return sample;
    return { ...sample, labels: withLabels(sample.labels, [[target, expandTemplate(replacement, match)]]) };
  });
}

export function labelJoin(vector: readonly Sample[], args: readonly string[]): Sample[] {
  const [target = "", separator = "", ...sources] = args;
  const bad = sources.find((name) => name === "");
  if (bad !== undefined) throw executionError(`invalid source label name in label_join(): ${bad}`);
  if (target === "") throw executionError(`invalid destination label name in label_join(): ${target}`);
  return vector.map((sample) => {
    const value = sources.map((name) => sample.labels[name] ?? "").join(separator);
    return { ...sample, labels: withLabels(sample.labels, [[target, value]]) };
  });
}
