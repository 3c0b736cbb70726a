import { claims } from "../claims.ts";
import type { Controller } from "../controller.ts";
import { objectKey, queueKey, workQueue } from "../controller.ts";
import { objectIndex } from "../object-index.ts";
import type { Pod } from "../pod-state.ts";
import { isFinished } from "../pod-state.ts";
import type { ReplicaSet } from "../replicas.ts";
import { controllerOf } from "../../api/object.ts";
import { syncPaused, syncRolloutStatus, syncStatus } from "./progress.ts";
import type { Deployment } from "./quantities.ts";
import { isRolling } from "./quantities.ts";
import { cleanUpHistory, partSets, syncRevision } from "./revisions.ts";
import type { Rollout } from "./rollout.ts";
import { scale, wasScaled } from "./scaling.ts";
import { recreate, rollOut } from "./strategies.ts";

/** Rolls Deployments out by way of ReplicaSets (pkg/controller/deployment). */
export const deploymentController: Controller = (context) => {
  const { client } = context;
  const sets = claims<Deployment, ReplicaSet>(client, "replicasets.apps", {
    resource: "deployments.apps",
    kind: "Deployment",
    selectorOf: ({ spec }) => spec?.selector,
  });
  const podsOfSet = objectIndex<Pod>(client, "pods", (pod) => {
    const owner = controllerOf(pod);
    return owner?.kind === "ReplicaSet" ? [owner.uid] : [];
  });
  const hasRunningPods = ({ metadata }: ReplicaSet) => podsOfSet.get(metadata.uid).some((pod) => !isFinished(pod));

  const queue = workQueue(context, async (key) => {
    const deployment = client.get<Deployment>("deployments.apps", objectKey(key));
    if (!deployment) return;
    const rollout: Rollout = { context, deployment, ...partSets(deployment, await sets.claim(deployment)) };
    if (deployment.metadata.deletionTimestamp) return await syncStatus(rollout);
    await syncPaused(rollout);
    if (deployment.spec?.paused || wasScaled(rollout)) {
      await syncRevision(rollout, { create: false });
      await scale(rollout);
      if (deployment.spec?.paused) await cleanUpHistory(rollout);
      return await syncStatus(rollout);
    }
    await (isRolling(deployment) ? rollOut(rollout) : recreate(rollout, hasRunningPods));
    const wait = await syncRolloutStatus(rollout);
    if (wait !== undefined) queue.addAfter(key, wait);
  });

  /** A Recreate waits for the last old pod to go. */
  const ofDeletedPod = (pod: Pod) => {
    const owner = controllerOf(pod);
    const namespace = pod.metadata.namespace ?? "";
    const set = owner && client.get<ReplicaSet>("replicasets.apps", { namespace, name: owner.name });
    return set ? sets.concerned({ type: "MODIFIED", object: set }) : [];
  };

  const stops = [
    client.watch<Deployment>("deployments.apps", ({ object }) => queue.add(queueKey(object))),
    client.watch<ReplicaSet>("replicasets.apps", (event) => sets.concerned(event).forEach(queue.add)),
    client.watch<Pod>("pods", ({ type, object }) => type === "DELETED" && ofDeletedPod(object).forEach(queue.add)),
  ];
  return () => [...stops, sets.stop, podsOfSet.stop, queue.stop].forEach((stop) => stop());
};
