import type { Pod } from "kubernetes-types/core/v1";
import type { PodDisruptionBudget } from "kubernetes-types/policy/v1";
import type { DeleteOptions } from "../client.ts";
import { keyOfCall } from "../handlers.ts";
import type { Live } from "../object.ts";
import type { SubresourceHandler } from "../pipeline.ts";
import { deleteObject } from "../rest/delete.ts";
import { selectorMatches, type LabelSelector } from "../selectors.ts";
import { StatusError } from "../status-error.ts";

/** `POST …/pods/NAME/eviction`: a delete that asks the PodDisruptionBudgets first (pkg/registry/core/pod/storage/eviction.go). */
export const serveEviction: SubresourceHandler = async (call, endpoint) => {
  const { store } = call.registry;
  const { dryRun } = call.writeContext("CreateOptions");
  const { value } = await call.body("Eviction");
  const key = keyOfCall(call, endpoint);
  const pod = store.get("pods", key) as Live<Pod> | undefined;
  if (!pod) throw StatusError.notFound(endpoint.resource, key.name);
  const budgets = (store.list("poddisruptionbudgets.policy", key.namespace) as unknown as Live<PodDisruptionBudget>[]).filter(
    ({ spec }) => selectorMatches(spec?.selector as LabelSelector | undefined, pod.metadata.labels),
  );
  const isOver = pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed" || pod.status?.phase === "Pending";
  if (!isOver) for (const budget of budgets) refuseWhenSpent(budget);
  const { deleteOptions = {} } = value as { deleteOptions?: DeleteOptions };
  await deleteObject(call.registry, endpoint, key, deleteOptions, {
    user: call.user,
    dryRun,
    warn: (text) => void call.warnings.push(text),
  });
  call.sendValue({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 }, 201);
};

function refuseWhenSpent({ metadata, status }: Live<PodDisruptionBudget>): void {
  if ((status?.disruptionsAllowed ?? 0) > 0) return;
  const message = `The disruption budget ${metadata.name} needs ${status?.desiredHealthy ?? 0} healthy pods and has ${status?.currentHealthy ?? 0} currently`;
  throw new StatusError(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.", {
    causes: [{ reason: "DisruptionBudget", message }],
  });
}
