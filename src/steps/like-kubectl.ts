import type { KubeObject } from "../kube/objects.ts";

/** Who an object is from that `kubectl apply` made. Ours look the same, so that a learner's own apply goes on as with any other. */
export const KUBECTL_APPLY = "kubectl-client-side-apply";

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** By this an object shows that the tutor made it. It is in no manifest, so an apply leaves it alone. */
const MADE_BY = "k8s-bootcamp/made-by";

/** The object as `kubectl apply` would send it: with the note it compares with the next time. */
export function withLastApplied(object: KubeObject): KubeObject {
  return withAnnotations(object, { [LAST_APPLIED]: lastApplied(object) });
}

export const withOurMark = (object: KubeObject): KubeObject => withAnnotations(object, { [MADE_BY]: "k8s-bootcamp" });

export const hasOurMark = ({ metadata }: KubeObject): boolean => metadata?.annotations?.[MADE_BY] !== undefined;

/** upstream: staging/src/k8s.io/kubectl/pkg/util/apply.go, GetModifiedConfiguration */
function lastApplied(object: KubeObject): string {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata?.annotations ?? {};
  return `${JSON.stringify(sorted({ ...object, metadata: { ...object.metadata, annotations } }))}\n`;
}

function withAnnotations(object: KubeObject, annotations: Readonly<Record<string, string>>): KubeObject {
  return { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata?.annotations, ...annotations } } };
}

/** Go writes the keys of a map in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}
