import { controllerReference } from "../../api/object.ts";
import type { Controller } from "../controller.ts";
import { objectKey, queueKey, workQueue } from "../controller.ts";
import { isFinished, type Pod } from "../pod-state.ts";
import type { Claim } from "./volumes.ts";

/** Makes the claims of pods' ephemeral volumes; they end with the pod (pkg/controller/volume/ephemeral). */
export const ephemeralVolumeController: Controller = (context) => {
  const { client } = context;
  const queue = workQueue(context, async (key) => {
    const pod = client.get<Pod>("pods", objectKey(key));
    if (!pod || pod.metadata.deletionTimestamp || isFinished(pod)) return;
    for (const { name: volume, ephemeral } of pod.spec?.volumes ?? []) {
      const template = ephemeral?.volumeClaimTemplate;
      if (!template) continue;
      const { namespace = "" } = pod.metadata;
      const name = `${pod.metadata.name}-${volume}`;
      if (client.get("persistentvolumeclaims", { namespace, name })) continue;
      const { labels, annotations } = template.metadata ?? {};
      await client.create<Claim>("persistentvolumeclaims", {
        metadata: {
          name,
          namespace,
          ...(labels && { labels }),
          ...(annotations && { annotations }),
          ownerReferences: [controllerReference(pod)],
        },
        spec: template.spec,
      });
    }
  });
  const stop = client.watch<Pod>("pods", ({ type, object }) => {
    if (type === "ADDED" && object.spec?.volumes?.some(({ ephemeral }) => ephemeral)) queue.add(queueKey(object));
  });
  return () => [stop, queue.stop].forEach((end) => end());
};
