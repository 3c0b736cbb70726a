import type { Kube } from "../kube/kube.ts";
import type { FieldSet, KubeObject, ManagedFields } from "../kube/objects.ts";
import { KUBECTL_APPLY } from "./like-kubectl.ts";

/**
 * Makes the fields that `kubectl apply` owns on an object those of our server-side apply, as `kubectl apply --server-side` does for
 * itself; otherwise a first apply of ours would conflict with the learner's own.
 * upstream: staging/src/k8s.io/client-go/util/csaupgrade/upgrade.go
 */
export async function takeOver(kube: Kube, live: KubeObject, manager: string): Promise<void> {
  const entries = live.metadata?.managedFields ?? [];
  const isTheirs = (entry: ManagedFields): boolean =>
    entry.manager === KUBECTL_APPLY && entry.operation === "Update" && !entry.subresource;
  const isOurs = (entry: ManagedFields): boolean =>
    entry.manager === manager && entry.operation === "Apply" && !entry.subresource;
  const [theirs] = entries.filter(isTheirs);
  if (!theirs) return;
  const united = entries.filter((entry) => isTheirs(entry) || isOurs(entry)).map(({ fieldsV1 = {} }) => fieldsV1);
  const rest = entries.filter((entry) => !isTheirs(entry) && !isOurs(entry));
  const managedFields = [...rest, { ...theirs, manager, operation: "Apply", fieldsV1: united.reduce(union) }];
  await kube.patch(live, [
    { op: "replace", path: "/metadata/managedFields", value: managedFields },
    { op: "replace", path: "/metadata/resourceVersion", value: live.metadata?.resourceVersion },
  ]);
}

function union(a: FieldSet, b: FieldSet): FieldSet {
  const fields = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...fields].map((field) => [field, union(a[field] ?? {}, b[field] ?? {})]));
}
