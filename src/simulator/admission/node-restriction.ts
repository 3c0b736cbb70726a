import type { Node, Pod } from "kubernetes-types/core/v1";
import type { AdmissionPlugin, AdmissionRequest } from "../api/admission.ts";
import type { Live } from "../api/object.ts";
import { podReferences } from "../api/pod-references.ts";
import { equal } from "../api/rest/equal.ts";
import { StatusError } from "../api/status-error.ts";
import { nodeNameOf } from "../api/user.ts";
import type { Store } from "../store/store.ts";
import { refusal } from "./refusal.ts";

const MIRROR = "kubernetes.io/config.mirror";
const LEASES = "kube-node-lease";

/** Labels of Kubernetes' own domains that a kubelet sets (staging/src/k8s.io/kubelet/pkg/apis). */
const KUBELET_LABELS =
  /^((beta\.)?kubernetes\.io\/(os|arch)|kubernetes\.io\/hostname|(topology|failure-domain\.beta)\.kubernetes\.io\/(zone|region)|beta\.kubernetes\.io\/instance-type|([^/]+\.)?(kubelet|node)\.kubernetes\.io\/.*)$/;
const RESTRICTED = /^([^/]+\.)?node-restriction\.kubernetes\.io\//;
const KUBERNETES = /^([^/]+\.)?(kubernetes|k8s)\.io\//;

/** A kubelet changes its own Node, its own pods and its own lease (plugin/pkg/admission/noderestriction). */
export const nodeRestriction: AdmissionPlugin = {
  name: "NodeRestriction",
  validate(request, { store }) {
    const node = nodeNameOf(request.user);
    if (!node) return;
    const why = CHECKS[request.endpoint.name]?.(node, request, store);
    if (why) throw refusal(request, why);
  },
};

type Check = (node: string, request: AdmissionRequest, store: Store) => string | undefined;

const CHECKS: Readonly<Record<string, Check>> = {
  nodes: checkNode,
  pods(node, request, store) {
    if (request.subresource === "status") return checkStatus(node, request);
    if (request.subresource) return undefined;
    if (request.operation === "CREATE") return checkPod(node, request, store);
    if (request.operation === "DELETE") {
      const isOwn = (request.old as Live<Pod>).spec?.nodeName === node;
      return isOwn ? undefined : `node "${node}" can only delete pods with spec.nodeName set to itself`;
    }
    return `unexpected operation "${request.operation}", node "${node}" can only create and delete mirror pods`;
  },
  "leases.coordination.k8s.io"(node, { namespace, name }) {
    if (namespace !== LEASES) return `can only access leases in the "${LEASES}" system namespace`;
    return name === node ? undefined : "can only access node lease with the same name as the requesting node";
  },
};

function checkNode(node: string, { operation, name, object, old }: AdmissionRequest): string | undefined {
  if (name !== node) return `node "${node}" is not allowed to modify node "${name}"`;
  if (operation === "DELETE") return undefined;
  const [after, before] = [object as Live<Node>, old as Live<Node> | undefined];
  if (before && !equal(after.spec?.taints ?? [], before.spec?.taints ?? []))
    return `node "${node}" is not allowed to modify taints`;
  const labels = { ...before?.metadata.labels, ...after.metadata.labels };
  const forbidden = Object.keys(labels)
    .filter((key) => after.metadata.labels?.[key] !== before?.metadata.labels?.[key])
    .filter((key) => RESTRICTED.test(key) || (KUBERNETES.test(key) && !KUBELET_LABELS.test(key)))
    .sort()
    .join(", ");
  if (!forbidden) return undefined;
  return before
    ? `is not allowed to modify labels: ${forbidden}`
    : `node "${node}" is not allowed to set the following labels: ${forbidden}`;
}

function checkStatus(node: string, { object, old }: AdmissionRequest): string | undefined {
  if ((old as Live<Pod>).spec?.nodeName !== node) {
    return `node "${node}" can only update pod status for pods with spec.nodeName set to itself`;
  }
  const isSame = equal(object?.metadata.labels ?? {}, old?.metadata.labels ?? {});
  return isSame ? undefined : `node "${node}" cannot update labels through pod status`;
}

/** Nothing but a copy of a pod that the kubelet runs by itself. */
function checkPod(node: string, { object }: AdmissionRequest, store: Store): string | undefined {
  const { metadata, spec } = object as Live<Pod>;
  if (metadata.annotations?.[MIRROR] === undefined) {
    return `pod does not have "${MIRROR}" annotation, node "${node}" can only create mirror pods`;
  }
  if (spec?.nodeName !== node) return `node "${node}" can only create pods with spec.nodeName set to itself`;
  const [owner, ...others] = metadata.ownerReferences ?? [];
  if (others.length > 0) return `node "${node}" can only create pods with a single owner reference set to itself`;
  if (owner?.apiVersion !== "v1" || owner.kind !== "Node" || owner.name !== node) {
    return `node "${node}" can only create pods with an owner reference set to itself`;
  }
  if (!owner.controller) return `node "${node}" can only create pods with a controller owner reference set to itself`;
  if (owner.blockOwnerDeletion) return `node "${node}" must not set blockOwnerDeletion on an owner reference`;
  const live = store.get("nodes", { namespace: "", name: node });
  if (!live) throw StatusError.notFound({ group: "", resource: "nodes" }, node);
  if (owner.uid !== live.metadata.uid) return `node ${node} UID mismatch: expected ${owner.uid} got ${live.metadata.uid}`;
  const { secrets, configMaps, claims, serviceAccounts } = podReferences(object as Live<Pod>);
  const found = Object.entries({
    "a service account": serviceAccounts,
    secrets,
    configmaps: configMaps,
    persistentvolumeclaims: claims,
  }).find(([, names]) => names.length > 0);
  return found && `node "${node}" can not create pods that reference ${found[0]}`;
}
