import type { Pod } from "kubernetes-types/core/v1";
import { timestamp, type KubeObject, type Live, type ObjectKey } from "../object.ts";
import type { Registry } from "../registry.ts";
import { StatusError } from "../status-error.ts";
import { updateObject } from "./update.ts";
import type { WriteContext } from "./write-context.ts";

/** Assigns a pod to a node (pkg/registry/core/pod/storage BindingREST): the scheduler's only write. */
export function bindPod(registry: Registry, key: ObjectKey, binding: KubeObject, context: WriteContext): Promise<KubeObject> {
  const endpoint = registry.named("pods");
  const { target } = binding as KubeObject & { target?: { name?: string; kind?: string } };
  const refuse = (cause: string) => StatusError.conflict({ group: "", resource: "pods/binding" }, key.name, cause);
  return updateObject(registry, endpoint, key, "binding", context, (live) => {
    const pod = structuredClone(live) as Live<Pod>;
    if (pod.metadata.deletionTimestamp) throw refuse(`pod ${key.name} is being deleted, cannot be assigned to a host`);
    if (pod.spec?.nodeName) throw refuse(`pod ${key.name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`);
    if (!pod.spec || !target?.name) throw StatusError.badRequest("Invalid target: no node is named");
    pod.spec.nodeName = target.name;
    const conditions = (pod.status?.conditions ?? []).filter(({ type }) => type !== "PodScheduled");
    const now = timestamp(registry.clock.now()) as never;
    const scheduled = { type: "PodScheduled", status: "True", lastTransitionTime: now };
    return {
      managedFields: live.metadata.managedFields ?? [],
      object: { ...pod, status: { ...pod.status, conditions: [...conditions, scheduled] } } as KubeObject,
    };
  });
}
