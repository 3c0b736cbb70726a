import type { JobCondition, JobStatus } from "kubernetes-types/batch/v1";
import { timestamp } from "../../api/object.ts";
import { isFinished, type Pod } from "../pod-state.ts";
import { failJobMessage } from "./failure-policy.ts";
import type { Job } from "./job-pods.ts";
import { specOf } from "./job-pods.ts";
import { metSuccessRule } from "./success-policy.ts";
import type { Tally } from "./tally.ts";

/** Why a Job is to end: first noted as FailureTarget or SuccessCriteriaMet, and for good once its pods are gone. */
export interface Verdict {
  type: "FailureTarget" | "SuccessCriteriaMet";
  reason: string;
  message: string;
}

export const REACHED: Verdict = {
  type: "SuccessCriteriaMet",
  reason: "CompletionsReached",
  message: "Reached expected number of succeeded pods",
};

export const hasCondition = (status: JobStatus | undefined, type: string): boolean =>
  status?.conditions?.some((condition) => condition.type === type && condition.status === "True") === true;

export const isOver = ({ status }: Job): boolean => hasCondition(status, "Complete") || hasCondition(status, "Failed");

/** The verdict that was noted before, else a new one when the Job failed or met its success policy. */
export function verdictOn(
  job: Job,
  pods: readonly Pod[],
  { failed, indexes, failedIndexes }: Tally,
  now: number,
): Verdict | undefined {
  const noted = job.status?.conditions?.find(
    ({ type, status }) => (type === "FailureTarget" || type === "SuccessCriteriaMet") && status === "True",
  );
  if (noted) return { type: noted.type as Verdict["type"], reason: noted.reason ?? "", message: noted.message ?? "" };
  const fail = (reason: string, message: string): Verdict => ({ type: "FailureTarget", reason, message });
  const policy = failJobMessage(job, pods);
  if (policy) return fail("PodFailurePolicy", policy);
  const { backoffLimit = 6 } = specOf(job);
  if (failed > backoffLimit || restartedTooOften(job, pods, backoffLimit)) {
    return fail("BackoffLimitExceeded", "Job has reached the specified backoff limit");
  }
  const left = deadlineLeft(job, now);
  if (left !== undefined && left <= 0) return fail("DeadlineExceeded", "Job was active longer than specified deadline");
  const { completions = 0, maxFailedIndexes } = specOf(job);
  if (failedIndexes && maxFailedIndexes !== undefined && failedIndexes.size > maxFailedIndexes) {
    return fail("MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes");
  }
  if (failedIndexes?.size && indexes.size + failedIndexes.size >= completions)
    return fail("FailedIndexes", "Job has failed indexes");
  const rule = metSuccessRule(job, indexes);
  if (rule === undefined) return undefined;
  return { type: "SuccessCriteriaMet", reason: "SuccessPolicy", message: `Matched rules at index ${rule}` };
}

/** Milliseconds until activeDeadlineSeconds pass; undefined without a deadline, and while the Job is suspended. */
export function deadlineLeft(job: Job, now: number): number | undefined {
  const { activeDeadlineSeconds, suspend } = specOf(job);
  const { startTime } = job.status ?? {};
  if (activeDeadlineSeconds === undefined || !startTime || suspend) return undefined;
  return Date.parse(startTime) + activeDeadlineSeconds * 1000 - now;
}

/** Containers restarted in place count like pods that failed. */
function restartedTooOften(job: Job, pods: readonly Pod[], limit: number): boolean {
  if (specOf(job).template.spec?.restartPolicy !== "OnFailure") return false;
  const restarts = pods
    .filter((pod) => !isFinished(pod))
    .flatMap(({ status }) => [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])])
    .reduce((sum, { restartCount }) => sum + restartCount, 0);
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

/** The conditions with one set; nothing changes when it is so already, and a condition that is not there is not set to False. */
export function setJobCondition(
  conditions: readonly JobCondition[],
  { type, status, reason, message }: Pick<JobCondition, "type" | "status"> & { reason: string; message: string },
  now: number,
): JobCondition[] {
  const time = timestamp(now);
  const current = conditions.find((condition) => condition.type === type);
  if (!current) {
    if (status === "False") return [...conditions];
    return [...conditions, { type, status, lastProbeTime: time, lastTransitionTime: time, reason, message }];
  }
  if (current.status === status && current.reason === reason && current.message === message) return [...conditions];
  const changed = current.status === status ? current.lastTransitionTime : time;
  const next = { ...current, status, reason, message, lastProbeTime: time, ...(changed && { lastTransitionTime: changed }) };
  return conditions.map((condition) => (condition === current ? next : condition));
}
