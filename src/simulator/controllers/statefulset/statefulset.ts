import type { StatefulSetStatus } from "kubernetes-types/apps/v1";
import { isDeepStrictEqual } from "node:util";
import { controllerRevisionHash } from "../../protobuf/template-hash.ts";
import { claims } from "../claims.ts";
import { cleanUpRevisions, type ControllerRevision, currentRevision } from "../controller-revisions.ts";
import type { Controller, ControllerContext } from "../controller.ts";
import { objectKey, queueKey, workQueue } from "../controller.ts";
import { isFinished, isReady, nextAvailability, type Pod } from "../pod-state.ts";
import { withoutZeros } from "../status.ts";
import { createStatefulPod, deleteStatefulPod, ensureClaims, ownClaims } from "./stateful-pod-control.ts";
import type { StatefulSet } from "./stateful-pods.ts";
import { firstOrdinal, isServing, isTerminating, ordinalOf, revisionOf, specOf } from "./stateful-pods.ts";

/** One sync of a StatefulSet. */
interface StatefulSync {
  context: ControllerContext;
  set: StatefulSet;
  current: ControllerRevision;
  update: ControllerRevision;
  /** Pods of the wanted ordinals, by ordinal. */
  wanted: Map<number, Pod | undefined>;
  /** Pods beyond, the highest ordinal first. */
  condemned: Pod[];
  /** One pod after the other; otherwise all at once. */
  inOrder: boolean;
}

/** Keeps the numbered pods of StatefulSets and their claims (pkg/controller/statefulset). */
export const statefulSetController: Controller = (context) => {
  const { client, clock } = context;
  const manager = { resource: "statefulsets.apps", kind: "StatefulSet", selectorOf: ({ spec }: StatefulSet) => spec?.selector };
  const pods = claims<StatefulSet, Pod>(client, "pods", manager);
  const revisions = claims<StatefulSet, ControllerRevision>(client, "controllerrevisions.apps", manager);

  const queue = workQueue(context, async (key) => {
    const set = client.get<StatefulSet>("statefulsets.apps", objectKey(key));
    if (!set) return;
    const history = await revisions.claim(set);
    const { revision: update, collisionCount = 0 } = await currentRevision(context, {
      owner: set,
      template: specOf(set).template,
      revisions: history,
      hashLabel: "controller.kubernetes.io/hash",
      hash: controllerRevisionHash,
      collisionCount: set.status?.collisionCount,
    });
    const current = history.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? update;
    const members = async () => pods.claim(set, (pod) => ordinalOf(set, pod) !== undefined);
    const sync = planned(context, set, await members(), current, update);
    let failure: unknown;
    if (!set.metadata.deletionTimestamp) await step(sync).catch((error) => (failure = error));

    const after = await members();
    const status = statusOf(sync, after, collisionCount, clock.now());
    if (!isDeepStrictEqual(status, set.status)) await client.updateStatus<StatefulSet>("statefulsets.apps", { ...set, status });
    const inUse = new Set([current.metadata.name, update.metadata.name, ...after.map(revisionOf)]);
    await cleanUpRevisions(context, history, specOf(set).revisionHistoryLimit ?? 10, ({ metadata }) => inUse.has(metadata.name));
    const wait = nextAvailability(after, specOf(set).minReadySeconds ?? 0, clock.now());
    if (wait !== undefined) queue.addAfter(key, wait);
    if (failure) throw failure;
  });

  const stops = [
    client.watch<StatefulSet>("statefulsets.apps", ({ object }) => queue.add(queueKey(object))),
    client.watch<Pod>("pods", (event) => pods.concerned(event).forEach(queue.add)),
  ];
  return () => [...stops, pods.stop, revisions.stop, queue.stop].forEach((stop) => stop());
};

function planned(
  context: ControllerContext,
  set: StatefulSet,
  pods: readonly Pod[],
  current: ControllerRevision,
  update: ControllerRevision,
): StatefulSync {
  const { replicas = 1, podManagementPolicy } = specOf(set);
  const start = firstOrdinal(set);
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(set, pod) as number, pod]));
  const wanted = new Map(Array.from({ length: replicas }, (_, at) => [start + at, byOrdinal.get(start + at)]));
  const condemned = [...byOrdinal].filter(([ordinal]) => !wanted.has(ordinal)).sort(([a], [b]) => b - a);
  const inOrder = podManagementPolicy !== "Parallel";
  return { context, set, current, update, wanted, condemned: condemned.map(([, pod]) => pod), inOrder };
}

/** What can be done now: missing pods, then those too many, then old ones. In order, one unready pod stops the rest. */
async function step(sync: StatefulSync): Promise<void> {
  const { context, set, wanted, condemned, inOrder } = sync;
  const now = context.clock.now();
  for (const [ordinal, pod] of wanted) {
    const done = await settleReplica(sync, ordinal, pod);
    if (!done && inOrder) return;
  }
  for (const pod of condemned) await ownClaims(context, set, ordinalOf(set, pod) as number, pod);
  const firstUnhealthy = [...wanted.values(), ...condemned.toReversed()].find(
    (pod) => pod && (!isServing(set, pod, now) || isTerminating(pod)),
  );
  for (const pod of condemned) {
    if (isTerminating(pod)) {
      if (inOrder) return;
      continue;
    }
    if (inOrder && !isServing(set, pod, now) && pod !== firstUnhealthy) return;
    await deleteStatefulPod(context, set, pod);
    if (inOrder) return;
  }
  await replaceOldest(sync);
}

/** True when the ordinal stands as it should; false when the ones after it have to wait. */
async function settleReplica(
  { context, set, current, update, inOrder }: StatefulSync,
  ordinal: number,
  pod: Pod | undefined,
): Promise<boolean> {
  if (!pod) {
    const { type, rollingUpdate } = specOf(set).updateStrategy ?? {};
    const isUpdate = type !== "RollingUpdate" || ordinal >= firstOrdinal(set) + (rollingUpdate?.partition ?? 0);
    await createStatefulPod(context, set, ordinal, isUpdate ? update : current, isUpdate || current === update);
    return false;
  }
  if (isFinished(pod)) {
    if (isTerminating(pod)) return false;
    const failed = pod.status?.phase === "Failed";
    const path = `StatefulSet ${set.metadata.namespace}/${set.metadata.name} is recreating`;
    if (failed)
      context.events.event({ object: set }, "Warning", "RecreatingFailedPod", `${path} failed Pod ${pod.metadata.name}`);
    else
      context.events.event({ object: set }, "Normal", "RecreatingTerminatedPod", `${path} terminated Pod ${pod.metadata.name}`);
    await deleteStatefulPod(context, set, pod);
    return false;
  }
  if (pod.status?.phase === "Pending" && !isTerminating(pod)) await ensureClaims(context, set, ordinal);
  await ownClaims(context, set, ordinal, undefined);
  return !inOrder || (!isTerminating(pod) && isServing(set, pod, context.clock.now()));
}

/** Deletes the highest pod of an old revision down to the partition, when all above it serve. */
async function replaceOldest({ context, set, update, wanted }: StatefulSync): Promise<void> {
  const { type, rollingUpdate } = specOf(set).updateStrategy ?? {};
  if (type === "OnDelete") return;
  const lowest = firstOrdinal(set) + (rollingUpdate?.partition ?? 0);
  for (const [ordinal, pod] of [...wanted].toReversed()) {
    if (ordinal < lowest || !pod) return;
    if (revisionOf(pod) !== update.metadata.name && !isTerminating(pod)) return await deleteStatefulPod(context, set, pod);
    if (isTerminating(pod) || !isServing(set, pod, context.clock.now())) return;
  }
}

function statusOf(
  { set, current, update }: StatefulSync,
  pods: readonly Pod[],
  collisionCount: number,
  now: number,
): StatefulSetStatus {
  const count = (matches: (pod: Pod) => boolean) => pods.filter(matches).length;
  const isOf = (revision: ControllerRevision) => (pod: Pod) => !isTerminating(pod) && revisionOf(pod) === revision.metadata.name;
  const wanted = specOf(set).replicas ?? 1;
  const counts = {
    readyReplicas: count((pod) => pod.status?.phase === "Running" && isReady(pod)),
    currentReplicas: count(isOf(current)),
    updatedReplicas: count(isOf(update)),
  };
  const rolling = specOf(set).updateStrategy?.type !== "OnDelete";
  const isRolledOut = rolling && [counts.updatedReplicas, counts.readyReplicas, pods.length].every((number) => number === wanted);
  if (isRolledOut) counts.currentReplicas = counts.updatedReplicas;
  const { conditions } = set.status ?? {};
  return {
    replicas: pods.length,
    availableReplicas: count((pod) => isServing(set, pod, now)),
    ...withoutZeros({ ...counts, observedGeneration: set.metadata.generation }),
    currentRevision: (isRolledOut ? update : current).metadata.name,
    updateRevision: update.metadata.name,
    collisionCount,
    ...(conditions && { conditions }),
  };
}
