import type { JobStatus } from "kubernetes-types/batch/v1";
import { keyOf } from "../../api/object.ts";
import type { ControllerContext } from "../controller.ts";
import { isFinished, type Pod } from "../pod-state.ts";
import { unlessGone } from "../refusals.ts";
import type { Verdict } from "./conditions.ts";
import { isIgnored } from "./failure-policy.ts";
import { failedIndexes } from "./index-failures.ts";
import { formatIndexes, parseIndexes } from "./indexes.ts";
import type { Job } from "./job-pods.ts";
import { indexOf, isFailed, isIndexed, isTracked, specOf, TRACKED } from "./job-pods.ts";

/** How many pods succeeded and failed, those included that the status does not count yet. */
export interface Tally {
  succeeded: number;
  failed: number;
  /** Indexes that succeeded, of an indexed Job. */
  indexes: Set<number>;
  /** Indexes that failed for good; undefined where they do not fail on their own. */
  failedIndexes: Set<number> | undefined;
  /** What the status is to note before the pods are let go. */
  uncounted: { succeeded: Set<string>; failed: Set<string> };
  /** Pods whose end is to be counted now. */
  ending: Pod[];
}

/** When a Job has a verdict every pod of it ends, and of a failed Job each counts as a failure. */
export function tally(job: Job, pods: readonly Pod[], verdict?: Verdict): Tally {
  const { status = {} } = job;
  const { uncountedTerminatedPods: noted = {} } = status;
  const uncounted = { succeeded: new Set(noted.succeeded), failed: new Set(noted.failed) };
  const indexes = parseIndexes(status.completedIndexes);
  const mustEnd = verdict !== undefined || job.metadata.deletionTimestamp !== undefined;
  const ending = pods.filter((pod) => isTracked(pod) && (mustEnd || isFinished(pod) || isFailed(job, pod)));
  for (const pod of ending) {
    const { uid } = pod.metadata;
    if (pod.status?.phase === "Succeeded" && !uncounted.failed.has(uid)) {
      const index = indexOf(pod);
      if (!isIndexed(job)) uncounted.succeeded.add(uid);
      else if (index !== undefined && index < (specOf(job).completions ?? 0)) indexes.add(index);
    } else if ((isFailed(job, pod) || verdict?.type === "FailureTarget") && !isIgnored(job, pod)) {
      uncounted.failed.add(uid);
    }
  }
  return {
    succeeded: isIndexed(job) ? indexes.size : (status.succeeded ?? 0) + uncounted.succeeded.size,
    failed: (status.failed ?? 0) + uncounted.failed.size,
    indexes,
    failedIndexes: failedIndexes(job, pods, parseIndexes(status.failedIndexes)),
    uncounted,
    ending,
  };
}

/** The tally in the status's words: before the pods are let go the uids are noted, afterwards they are numbers. */
export function tallyStatus(
  job: Job,
  { succeeded, failed, indexes, failedIndexes: lost, uncounted }: Tally,
  counted: boolean,
): JobStatus {
  const { status = {} } = job;
  const lists = {
    ...(uncounted.succeeded.size > 0 && { succeeded: [...uncounted.succeeded] }),
    ...(uncounted.failed.size > 0 && { failed: [...uncounted.failed] }),
  };
  return {
    succeeded: counted || isIndexed(job) ? succeeded : (status.succeeded ?? 0),
    failed: counted ? failed : (status.failed ?? 0),
    uncountedTerminatedPods: counted ? {} : lists,
    ...(indexes.size > 0 && { completedIndexes: formatIndexes(indexes) }),
    ...(lost && { failedIndexes: formatIndexes(lost) }),
  };
}

/** Lets a pod go whose end is noted. */
export async function release({ client }: ControllerContext, pod: Pod): Promise<void> {
  const finalizers = pod.metadata.finalizers?.filter((finalizer) => finalizer !== TRACKED) ?? [];
  const patch = { metadata: { uid: pod.metadata.uid, finalizers: finalizers.length > 0 ? finalizers : null } };
  await unlessGone(client.patch("pods", keyOf(pod), patch));
}
