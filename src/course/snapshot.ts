import type { Step } from "./lesson.ts";
import { type LiveExpression, parseLiveExpression } from "./live-expression.ts";

/** What has to be noted when a step begins, so that its checks can compare: live expressions, and files of the workspace. */
export interface SnapshotPlan {
  expressions: readonly LiveExpression[];
  files: readonly string[];
}

export function snapshotPlan(step: Step): SnapshotPlan {
  const texts = new Set<string>();
  const files = new Set<string>();
  for (const { type, args } of step.checks) {
    if (type === "unchanged-since-start") {
      const { same = [], changed = [], files: named = [] } = args as Partial<Record<string, string[]>>;
      for (const text of [...same, ...changed]) texts.add(text);
      for (const file of named) files.add(file);
    }
    if (type === "pods-replaced") texts.add(podUids(String(args["selector"])));
    if (type === "answer-equals-live") {
      const { value, labels = {} } = args as { value: string; labels?: Record<string, { live?: string }> };
      for (const text of [value, ...Object.values(labels).map(({ live }) => live)]) {
        const uids = text !== undefined && uidsBehindNew(parseLiveExpression(text));
        if (uids) texts.add(uids);
      }
    }
  }
  return { expressions: [...texts].map(parseLiveExpression), files: [...files] };
}

/** The expression whose value at the start tells `[new]` objects of a list from old ones. */
export function uidsBehindNew(expression: LiveExpression): string | undefined {
  if (expression.source !== "list") return undefined;
  if (!expression.path.some((step) => step.step === "filter" && step.name === "new")) return undefined;
  const { resource, selector, namespace } = expression;
  return `${resource}(${selector})${namespace ? `@${namespace}` : ""}[*].metadata.uid`;
}

/** As above, for the check `pods-replaced`. */
export const podUids = (selector: string): string => `pods(${selector})[*].metadata.uid`;
