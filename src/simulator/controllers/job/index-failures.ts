import type { Pod } from "../pod-state.ts";
import { isIgnored, ruleAction } from "./failure-policy.ts";
import type { Job } from "./job-pods.ts";
import { endedAt, FAILURE_COUNT, IGNORED_COUNT, indexOf, isFailed, specOf } from "./job-pods.ts";
import { waitAfter } from "./backoff.ts";

/** How often an index failed before its next pod, and how long that has to wait (spec.backoffLimitPerIndex). */
export interface IndexFailures {
  count: number;
  /** Failures that a policy lets pass; they make the next pod wait all the same. */
  ignored: number;
  /** Milliseconds. */
  wait: number;
}

const counted = ({ metadata }: Pod, annotation: string) => Number(metadata.annotations?.[annotation] ?? 0) || 0;

/** Reads off the pods of an index how it fared; the last one carries the count of those before. */
export function failuresOf(job: Job, pods: readonly Pod[], index: number, now: number): IndexFailures {
  const total = (pod: Pod) => counted(pod, FAILURE_COUNT) + counted(pod, IGNORED_COUNT);
  const failed = pods.filter((pod) => indexOf(pod) === index && isFailed(job, pod));
  const last = failed.sort((a, b) => total(b) - total(a))[0];
  if (!last) return { count: 0, ignored: 0, wait: 0 };
  const passes = isIgnored(job, last);
  const count = counted(last, FAILURE_COUNT) + (passes ? 0 : 1);
  const ignored = counted(last, IGNORED_COUNT) + (passes ? 1 : 0);
  return { count, ignored, wait: waitAfter(count + ignored, endedAt(last, now), now) };
}

/** Indexes that failed for good: too often, or by a rule of the failure policy. Undefined where indexes do not fail on their own. */
export function failedIndexes(job: Job, pods: readonly Pod[], known: ReadonlySet<number>): Set<number> | undefined {
  const { backoffLimitPerIndex: limit, completions = 0 } = specOf(job);
  if (limit === undefined) return undefined;
  const failed = new Set(known);
  for (const pod of pods) {
    const index = indexOf(pod);
    if (index === undefined || index >= completions || !isFailed(job, pod)) continue;
    const isLast = !isIgnored(job, pod) && counted(pod, FAILURE_COUNT) >= limit;
    if (isLast || ruleAction(job, pod) === "FailIndex") failed.add(index);
  }
  return failed;
}
