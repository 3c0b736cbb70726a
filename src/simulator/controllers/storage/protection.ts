import { keyOf, type KubeObject } from "../../api/object.ts";
import type { Controller, ControllerContext } from "../controller.ts";
import { objectKey, queueKey, workQueue } from "../controller.ts";
import { objectIndex } from "../object-index.ts";
import { isFinished, type Pod } from "../pod-state.ts";
import { unlessGone } from "../refusals.ts";
import { claimsOfPod } from "./binder.ts";
import type { Claim, Volume } from "./volumes.ts";

/** Keeps claims that pods use from going (pkg/controller/volume/pvcprotection). */
export const claimProtection: Controller = (context) => {
  const { client } = context;
  const pods = objectIndex<Pod>(client, "pods", claimsOfPod);
  const isInUse = (claim: Claim) => pods.get(queueKey(claim)).some((pod) => Boolean(pod.spec?.nodeName) && !isFinished(pod));
  const queue = workQueue(context, async (key) => {
    const claim = client.get<Claim>("persistentvolumeclaims", objectKey(key));
    if (claim) await protect(context, "persistentvolumeclaims", claim, "kubernetes.io/pvc-protection", isInUse(claim));
  });
  const stops = [
    client.watch<Claim>("persistentvolumeclaims", ({ object }) => queue.add(queueKey(object))),
    client.watch<Pod>("pods", ({ type, object }) => {
      if (type === "DELETED" || isFinished(object)) claimsOfPod(object).forEach(queue.add);
    }),
  ];
  return () => [...stops, pods.stop, queue.stop].forEach((stop) => stop());
};

/** Keeps volumes that are bound from going (pkg/controller/volume/pvprotection). */
export const volumeProtection: Controller = (context) => {
  const { client } = context;
  const queue = workQueue(context, async (name) => {
    const volume = client.get<Volume>("persistentvolumes", { name });
    if (volume)
      await protect(context, "persistentvolumes", volume, "kubernetes.io/pv-protection", volume.status?.phase === "Bound");
  });
  const stop = client.watch<Volume>("persistentvolumes", ({ object }) => queue.add(object.metadata.name));
  return () => [stop, queue.stop].forEach((end) => end());
};

/** Every object gets the finalizer while it lives, and loses it when it is to go and nobody uses it. */
async function protect(
  { client }: ControllerContext,
  resource: string,
  object: KubeObject,
  finalizer: string,
  isInUse: boolean,
): Promise<void> {
  const { finalizers = [], deletionTimestamp, resourceVersion } = object.metadata;
  const has = finalizers.includes(finalizer);
  const leaving = deletionTimestamp !== undefined;
  if (has ? !leaving || isInUse : leaving) return;
  const next = has ? finalizers.filter((other) => other !== finalizer) : [...finalizers, finalizer];
  const patch = { metadata: { resourceVersion, finalizers: next.length > 0 ? next : null } };
  await unlessGone(client.patch(resource, keyOf(object), patch));
}
