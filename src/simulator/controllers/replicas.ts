import type { ReplicaSet as ReplicaSetType, ReplicaSetStatus } from "kubernetes-types/apps/v1";
import { isDeepStrictEqual } from "node:util";
import type { Live } from "../api/object.ts";
import { controllerOf, timestamp } from "../api/object.ts";
import { selectorMatches } from "../api/selectors.ts";
import type { ManagerKind } from "./claims.ts";
import { claims } from "./claims.ts";
import type { Controller, ControllerContext } from "./controller.ts";
import { objectKey, queueKey, workQueue } from "./controller.ts";
import { objectIndex } from "./object-index.ts";
import { createPod, deletePod, podFromTemplate, slowStart } from "./pod-control.ts";
import type { Pod } from "./pod-state.ts";
import { isActive, isAvailable, isReady, nextAvailability, podsToDelete } from "./pod-state.ts";
import { isNamespaceTerminating, messageOf } from "./refusals.ts";
import { withCondition, withoutCondition, withoutZeros } from "./status.ts";

export type ReplicaSet = Live<ReplicaSetType>;

/** Pods made or deleted in one sync. */
const BURST = 500;

/**
 * Keeps as many pods of each object as it asks for (pkg/controller/replicaset/replica_set.go). ReplicationControllers are
 * run by the same code, seen as ReplicaSets whose selector is a plain map.
 */
const replicasController =
  (manager: ManagerKind<ReplicaSet>): Controller =>
  (context) => {
    const { client, clock } = context;
    const { resource } = manager;
    const pods = claims<ReplicaSet, Pod>(client, "pods", manager);
    const siblings = objectIndex<ReplicaSet>(client, resource, (set) => [controllerOf(set)?.uid ?? set.metadata.uid]);

    const queue = workQueue(context, async (key) => {
      const set = client.get<ReplicaSet>(resource, objectKey(key));
      if (!set) return;
      const active = await pods.claim(set, isActive);
      const related = () =>
        siblings.get(controllerOf(set)?.uid ?? set.metadata.uid).flatMap(({ metadata }) => pods.ownedBy(metadata.uid));
      const failure = set.metadata.deletionTimestamp ? undefined : await manage(context, set, active, related);
      const status = statusOf(set, active, failure, clock.now());
      if (!isDeepStrictEqual(status, set.status)) await client.updateStatus<ReplicaSet>(resource, { ...set, status });
      const wait = nextAvailability(active, set.spec?.minReadySeconds ?? 0, clock.now());
      if (wait !== undefined) queue.addAfter(key, wait);
      if (failure) throw failure.error;
    });

    const stops = [
      client.watch<ReplicaSet>(resource, ({ object }) => queue.add(queueKey(object))),
      client.watch<Pod>("pods", (event) => pods.concerned(event).forEach(queue.add)),
    ];
    return () => [...stops, pods.stop, siblings.stop, queue.stop].forEach((stop) => stop());
  };

export const replicaSetController = replicasController({
  resource: "replicasets.apps",
  kind: "ReplicaSet",
  selectorOf: ({ spec }) => spec?.selector,
});

export const replicationController = replicasController({
  resource: "replicationcontrollers",
  kind: "ReplicationController",
  selectorOf: ({ spec }) => spec?.selector && { matchLabels: spec.selector as Record<string, string> },
});

interface Failure {
  reason: "FailedCreate" | "FailedDelete";
  error: unknown;
}

/** Makes or deletes what is between the active pods and the wanted ones. */
async function manage(
  context: ControllerContext,
  set: ReplicaSet,
  active: readonly Pod[],
  related: () => readonly Pod[],
): Promise<Failure | undefined> {
  const missing = wanted(set) - active.length;
  const template = set.spec?.template;
  try {
    if (missing > 0 && template) {
      await slowStart(Math.min(missing, BURST), () => createPod(context, set, podFromTemplate(template, set)));
    } else if (missing < 0) {
      const surplus = podsToDelete(active, related(), Math.min(-missing, BURST), context.clock.now());
      const results = await Promise.allSettled(surplus.map((pod) => deletePod(context, set, pod)));
      const refused = results.find((result) => result.status === "rejected");
      if (refused) throw refused.reason;
    }
    return undefined;
  } catch (error) {
    if (isNamespaceTerminating(error)) return undefined;
    return { reason: missing > 0 ? "FailedCreate" : "FailedDelete", error };
  }
}

const wanted = ({ spec }: ReplicaSet) => spec?.replicas ?? 1;

function statusOf(set: ReplicaSet, active: readonly Pod[], failure: Failure | undefined, now: number): ReplicaSetStatus {
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  const templateLabels = { matchLabels: set.spec?.template?.metadata?.labels ?? {} };
  const count = (matches: (pod: Pod) => boolean) => active.filter(matches).length;
  const conditions = conditionsOf(set, failure, now);
  return {
    replicas: active.length,
    ...withoutZeros({
      fullyLabeledReplicas: count((pod) => selectorMatches(templateLabels, pod.metadata.labels)),
      readyReplicas: count(isReady),
      availableReplicas: count((pod) => isAvailable(pod, minReadySeconds, now)),
      observedGeneration: set.metadata.generation,
    }),
    ...(conditions.length > 0 && { conditions }),
  };
}

/** ReplicaFailure keeps the text of the first refusal until the pods could be made or deleted after all. */
function conditionsOf(set: ReplicaSet, failure: Failure | undefined, now: number) {
  const current = set.status?.conditions ?? [];
  if (!failure) return withoutCondition(current, "ReplicaFailure");
  if (current.some(({ type }) => type === "ReplicaFailure")) return current;
  return withCondition(current, {
    type: "ReplicaFailure",
    status: "True",
    lastTransitionTime: timestamp(now),
    reason: failure.reason,
    message: messageOf(failure.error),
  });
}
