import { keyOf } from "../../api/object.ts";
import type { Node } from "../../scheduler/node-info.ts";
import type { Controller } from "../controller.ts";
import { objectKey, queueKey, workQueue } from "../controller.ts";
import { markDisrupted } from "../disruption-target.ts";
import { objectIndex } from "../object-index.ts";
import type { Pod } from "../pod-state.ts";
import { isFinished } from "../pod-state.ts";
import { unlessGone } from "../refusals.ts";

/** How long a node must be missing before its pods are given up, ms. */
const QUARANTINE = 40_000;

/** Ends pods that no kubelet will end: their node is gone, or they never had one (pkg/controller/podgc). */
export const podGarbageCollector: Controller = (context) => {
  const { client } = context;
  const byNode = objectIndex<Pod>(client, "pods", ({ spec }) => (spec?.nodeName ? [spec.nodeName] : []));
  const hasNode = (name: string) => client.get("nodes", { name }) !== undefined;

  const missing = workQueue(context, async (name) => {
    if (hasNode(name)) return;
    for (const pod of byNode.get(name)) {
      const phase = isFinished(pod) ? undefined : "Failed";
      await markDisrupted(context, pod, "DeletionByPodGC", "PodGC: node no longer exists", phase);
      await unlessGone(client.delete("pods", keyOf(pod), { gracePeriodSeconds: 0 }));
    }
  });
  const unscheduled = workQueue(context, async (key) => {
    const pod = client.get<Pod>("pods", objectKey(key));
    if (!pod?.metadata.deletionTimestamp || pod.spec?.nodeName) return;
    if (!isFinished(pod))
      await unlessGone(client.patch("pods", keyOf(pod), { status: { phase: "Failed" } }, { subresource: "status" }));
    await unlessGone(client.delete("pods", keyOf(pod), { gracePeriodSeconds: 0 }));
  });

  const stops = [
    client.watch<Node>("nodes", ({ type, object }) => {
      if (type === "DELETED") missing.addAfter(object.metadata.name, QUARANTINE);
    }),
    client.watch<Pod>("pods", ({ type, object }) => {
      const { nodeName } = object.spec ?? {};
      if (type === "DELETED") return;
      if (!nodeName && object.metadata.deletionTimestamp) unscheduled.add(queueKey(object));
      if (nodeName && !hasNode(nodeName)) missing.addAfter(nodeName, QUARANTINE);
    }),
  ];
  return () => [...stops, byNode.stop, missing.stop, unscheduled.stop].forEach((stop) => stop());
};
