import type { Step } from "./lesson.ts";
import { type LiveExpression, parseLiveExpression } from "./live-expression.ts";

/** What has to be noted when a step begins, so that its checks can compare: live expressions, and files of the workspace. */
export interface SnapshotPlan {
  expressions: readonly LiveExpression[];
  files: readonly string[];
}

export function snapshotPlan(step: Step): SnapshotPlan {
  const noted = new Set<string>();
  const files = new Set<string>();
  for (const { type, args } of step.checks) {
    if (type === "unchanged-since-start") {
      const { same = [], changed = [], files: named = [] } = args as Partial<Record<string, string[]>>;
      for (const text of [...same, ...changed]) noted.add(text);
      for (const file of named) files.add(file);
    }
    if (type === "pods-replaced") noted.add(podUids(String(args["selector"])));
    if (type === "answer-equals-live") {
      const { value, labels = {} } = args as { value: string; labels?: Record<string, { live?: string }> };
      for (const text of [value, ...Object.values(labels).flatMap(({ live }) => live ?? [])]) {
        const uids = uidsAtStart(parseLiveExpression(text));
        if (uids !== undefined) noted.add(uids);
      }
    }
  }
  return { expressions: [...noted].map(parseLiveExpression), files: [...files] };
}

/** The expression whose value at the start tells `[new]` objects of a list from `[kept]` ones; undefined if it has neither. */
export function uidsAtStart(expression: LiveExpression): string | undefined {
  if (expression.source !== "list") return undefined;
  if (!expression.path.some((step) => step.step === "filter" && (step.name === "new" || step.name === "kept"))) return undefined;
  const { resource, selector, namespace } = expression;
  return `${resource}(${selector})${namespace ? `@${namespace}` : ""}[*].metadata.uid`;
}

/** As above, for the check `pods-replaced`. */
export const podUids = (selector: string): string => `pods(${selector})[*].metadata.uid`;
