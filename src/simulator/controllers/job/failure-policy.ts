import type { PodFailurePolicyRule } from "kubernetes-types/batch/v1";
import type { Pod } from "../pod-state.ts";
import type { Job } from "./job-pods.ts";
import { isFailed, specOf } from "./job-pods.ts";

interface Match {
  action: string;
  message: string;
}

/** What the first rule that fits a failed pod says; undefined when none does (pkg/controller/job/pod_failure_policy.go). */
function matchingRule(job: Job, pod: Pod): Match | undefined {
  for (const [index, rule] of (specOf(job).podFailurePolicy?.rules ?? []).entries()) {
    const cause = exitCodeCause(rule, pod) ?? conditionCause(rule, pod);
    if (cause) return { action: rule.action, message: `${cause} matching ${rule.action} rule at index ${index}` };
  }
  return undefined;
}

function exitCodeCause({ onExitCodes }: PodFailurePolicyRule, { metadata, status }: Pod): string | undefined {
  if (!onExitCodes) return undefined;
  const { containerName, operator, values } = onExitCodes;
  for (const { name, state } of [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])]) {
    const code = state?.terminated?.exitCode;
    if (code === undefined || code === 0 || (containerName && containerName !== name)) continue;
    if (values.includes(code) === (operator === "In")) {
      return `Container ${name} for pod ${metadata.namespace}/${metadata.name} failed with exit code ${code}`;
    }
  }
  return undefined;
}

function conditionCause({ onPodConditions = [] }: PodFailurePolicyRule, { metadata, status }: Pod): string | undefined {
  const met = onPodConditions.find((wanted) =>
    status?.conditions?.some(({ type, status: is }) => type === wanted.type && is === wanted.status),
  );
  return met && `Pod ${metadata.namespace}/${metadata.name} has condition ${met.type}`;
}

/** Why the Job is to fail at once, when a failed pod meets a rule that says so. */
export function failJobMessage(job: Job, pods: readonly Pod[]): string | undefined {
  if (!specOf(job).podFailurePolicy) return undefined;
  for (const pod of pods) {
    const match = isFailed(job, pod) ? matchingRule(job, pod) : undefined;
    if (match?.action === "FailJob") return match.message;
  }
  return undefined;
}

/** What the failure policy says to do about a failed pod: `FailJob`, `FailIndex`, `Ignore`, `Count`; undefined when no rule fits. */
export const ruleAction = (job: Job, pod: Pod): string | undefined => matchingRule(job, pod)?.action;

/** True for a failure that does not count towards the backoff limits. */
export const isIgnored = (job: Job, pod: Pod): boolean => ruleAction(job, pod) === "Ignore";
