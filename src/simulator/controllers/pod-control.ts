import type { PodTemplateSpec } from "kubernetes-types/core/v1";
import type { KubeObject } from "../api/object.ts";
import { controllerReference, keyOf } from "../api/object.ts";
import type { ControllerContext } from "./controller.ts";
import type { Pod } from "./pod-state.ts";
import { isNamespaceTerminating, isNotFound, messageOf } from "./refusals.ts";

type PodDraft = { metadata: Partial<Pod["metadata"]>; spec: NonNullable<Pod["spec"]> };

/** A pod as the template says, managed by `owner`, its name left to the server (controller.GetPodFromTemplate). */
export function podFromTemplate(template: PodTemplateSpec, owner: KubeObject): PodDraft {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  const { name, namespace } = owner.metadata;
  return {
    metadata: {
      generateName: `${name}-`,
      ...(namespace && { namespace }),
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(finalizers && { finalizers }),
      ownerReferences: [controllerReference(owner)],
    },
    spec: template.spec as NonNullable<Pod["spec"]>,
  };
}

/** Makes a pod and tells about it on its owner: SuccessfulCreate, or FailedCreate before the refusal is thrown on. */
export async function createPod({ client, events }: ControllerContext, owner: KubeObject, draft: PodDraft): Promise<Pod> {
  try {
    const pod = await client.create<Pod>("pods", draft as never);
    events.event({ object: owner }, "Normal", "SuccessfulCreate", `Created pod: ${pod.metadata.name}`);
    return pod;
  } catch (error) {
    if (!isNamespaceTerminating(error)) {
      events.event({ object: owner }, "Warning", "FailedCreate", `Error creating: ${messageOf(error)}`);
    }
    throw error;
  }
}

/** Deletes a pod and tells about it on its owner. A pod that is gone already is no failure. */
export async function deletePod({ client, events }: ControllerContext, owner: KubeObject, pod: Pod): Promise<void> {
  try {
    await client.delete("pods", keyOf(pod), { preconditions: { uid: pod.metadata.uid } });
    events.event({ object: owner }, "Normal", "SuccessfulDelete", `Deleted pod: ${pod.metadata.name}`);
  } catch (error) {
    if (isNotFound(error)) return;
    events.event({ object: owner }, "Warning", "FailedDelete", `Error deleting: ${messageOf(error)}`);
    throw error;
  }
}

/**
 * Runs `make` `count` times in batches of 1, 2, 4… so that a refusal costs one try and not all (controller.slowStartBatch).
 * Throws the first refusal of a batch after the batch; what was not tried is not tried.
 */
export async function slowStart(count: number, make: (index: number) => Promise<unknown>): Promise<void> {
  for (let done = 0, batch = 1; done < count; done += batch, batch *= 2) {
    const size = Math.min(batch, count - done);
    const results = await Promise.allSettled(Array.from({ length: size }, (_, index) => make(done + index)));
    const refused = results.find((result) => result.status === "rejected");
    if (refused) throw refused.reason;
  }
}
