import type { DeploymentStatus } from "kubernetes-types/apps/v1";
import { isDeepStrictEqual } from "node:util";
import { withCondition, withoutCondition, withoutZeros } from "../status.ts";
import type { Deployment } from "./quantities.ts";
import { availableReplicas, maxUnavailable, specReplicas, sumOf, wantedReplicas } from "./quantities.ts";
import type { Rollout } from "./rollout.ts";
import { allSets, conditionsOf, newCondition, progressDeadline, progressing, saveStatus, statusWith } from "./rollout.ts";

/** Writes the counts and the Available condition (deployment/sync.go syncDeploymentStatus). */
export async function syncStatus(rollout: Rollout): Promise<void> {
  const status = countedStatus(rollout);
  if (!isDeepStrictEqual(status, rollout.deployment.status)) await saveStatus(rollout, status);
}

/**
 * Writes counts and conditions of a rollout under way (deployment/progress.go syncRolloutStatus). Returns after how many
 * milliseconds the Deployment must be looked at again to see its deadline pass.
 */
export async function syncRolloutStatus(rollout: Rollout): Promise<number | undefined> {
  const status = countedStatus(rollout);
  status.conditions = withReplicaFailure(rollout, withProgress(rollout, status));
  if (isDeepStrictEqual(status, rollout.deployment.status)) return untilDeadline(rollout, status);
  await saveStatus(rollout, status);
  return undefined;
}

function countedStatus(rollout: Rollout): DeploymentStatus & { conditions: NonNullable<DeploymentStatus["conditions"]> } {
  const { deployment, newSet } = rollout;
  const sets = allSets(rollout);
  const available = sumOf(sets, availableReplicas);
  const isAvailable = available >= wantedReplicas(deployment) - maxUnavailable(deployment);
  const condition = isAvailable
    ? newCondition(rollout, "Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
    : newCondition(rollout, "Available", "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.");
  const { collisionCount } = deployment.status ?? {};
  return {
    ...withoutZeros({
      observedGeneration: deployment.metadata.generation,
      replicas: sumOf(sets, ({ status }) => status?.replicas ?? 0),
      updatedReplicas: newSet?.status?.replicas,
      readyReplicas: sumOf(sets, ({ status }) => status?.readyReplicas ?? 0),
      availableReplicas: available,
      unavailableReplicas: Math.max(0, sumOf(sets, specReplicas) - available),
    }),
    ...(collisionCount !== undefined && { collisionCount }),
    conditions: withCondition(conditionsOf(rollout), condition),
  };
}

function withProgress(rollout: Rollout, status: ReturnType<typeof countedStatus>) {
  const { deployment, newSet } = rollout;
  const { conditions } = status;
  if (progressDeadline(rollout) === undefined) return withoutCondition(conditions, "Progressing");
  const current = progressing(rollout);
  if (status.replicas === status.updatedReplicas && current?.reason === "NewReplicaSetAvailable") return conditions;
  const subject = newSet ? `ReplicaSet "${newSet.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  if (isComplete(deployment, status)) {
    const message = `${subject} has successfully progressed.`;
    return withCondition(conditions, newCondition(rollout, "Progressing", "True", "NewReplicaSetAvailable", message));
  }
  if (hasProgressed(deployment.status ?? {}, status)) {
    const condition = newCondition(rollout, "Progressing", "True", "ReplicaSetUpdated", `${subject} is progressing.`);
    const since = current?.status === "True" && current.lastTransitionTime;
    // Written anew each time: lastUpdateTime is what the deadline counts from.
    return [...withoutCondition(conditions, "Progressing"), { ...condition, ...(since && { lastTransitionTime: since }) }];
  }
  if (isTimedOut(rollout)) {
    const message = `${subject} has timed out progressing.`;
    return withCondition(conditions, newCondition(rollout, "Progressing", "False", "ProgressDeadlineExceeded", message));
  }
  return conditions;
}

export const isComplete = (deployment: Deployment, status: DeploymentStatus): boolean =>
  [status.updatedReplicas, status.replicas, status.availableReplicas].every(
    (count) => (count ?? 0) === wantedReplicas(deployment),
  ) && (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0);

function hasProgressed(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const old = ({ replicas = 0, updatedReplicas = 0 }: DeploymentStatus) => replicas - updatedReplicas;
  const grew = (count: "updatedReplicas" | "readyReplicas" | "availableReplicas") => (after[count] ?? 0) > (before[count] ?? 0);
  return old(after) < old(before) || grew("updatedReplicas") || grew("readyReplicas") || grew("availableReplicas");
}

function isTimedOut(rollout: Rollout): boolean {
  const current = progressing(rollout);
  if (!current || current.reason === "NewReplicaSetAvailable") return false;
  return current.reason === "ProgressDeadlineExceeded" || deadlineLeft(rollout) < 0;
}

/** Milliseconds until the deadline passes, counted from the last progress. */
const deadlineLeft = (rollout: Rollout): number =>
  Date.parse(progressing(rollout)?.lastUpdateTime ?? "") + (progressDeadline(rollout) ?? 0) * 1000 - rollout.context.clock.now();

function untilDeadline(rollout: Rollout, status: DeploymentStatus): number | undefined {
  const current = progressing(rollout);
  if (!current || progressDeadline(rollout) === undefined) return undefined;
  if (current.reason === "ProgressDeadlineExceeded" || isComplete(rollout.deployment, status)) return undefined;
  // A second more, since the API keeps whole seconds.
  return Math.max(0, deadlineLeft(rollout)) + 1000;
}

/** The new set's failure, else the first one of an old set, becomes the Deployment's. */
function withReplicaFailure(rollout: Rollout, conditions: NonNullable<DeploymentStatus["conditions"]>) {
  const failureOf = (set: Rollout["newSet"]) => set?.status?.conditions?.find(({ type }) => type === "ReplicaFailure");
  const failure = failureOf(rollout.newSet) ?? allSets(rollout).map(failureOf).find(Boolean);
  if (!failure) return withoutCondition(conditions, "ReplicaFailure");
  return withCondition(conditions, {
    ...failure,
    ...(failure.lastTransitionTime && { lastUpdateTime: failure.lastTransitionTime }),
  });
}

/** Tells of a pause and of its end, lest the time in between counts as lack of progress. */
export async function syncPaused(rollout: Rollout): Promise<void> {
  const reason = progressing(rollout)?.reason;
  if (progressDeadline(rollout) === undefined || reason === "ProgressDeadlineExceeded") return;
  const { paused = false } = rollout.deployment.spec ?? {};
  if (paused === (reason === "DeploymentPaused")) return;
  const condition = paused
    ? newCondition(rollout, "Progressing", "Unknown", "DeploymentPaused", "Deployment is paused")
    : newCondition(rollout, "Progressing", "Unknown", "DeploymentResumed", "Deployment is resumed");
  await saveStatus(rollout, statusWith(rollout, condition));
}
