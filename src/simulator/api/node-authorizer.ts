import type { PersistentVolumeClaim, Pod } from "kubernetes-types/core/v1";
import type { Store } from "../store/store.ts";
import { podReferences } from "./pod-references.ts";
import type { Live } from "./object.ts";
import type { Attributes } from "./rbac.ts";
import { nodeNameOf, type UserInfo } from "./user.ts";

const LEASES = "kube-node-lease";

/** Undefined: allowed. Else why not, which may be empty. */
type Verdict = string | undefined;

/** A resource of which a node may see its own part alone. */
type Limit = (node: string, wanted: Attributes, store: Store) => Verdict;

const LIMITS: Readonly<Record<string, Limit>> = {
  secrets: (...asked) => readRelated("secrets", ...asked),
  configmaps: (...asked) => readRelated("configMaps", ...asked),
  persistentvolumeclaims: (node, wanted, store) =>
    wanted.subresource === "status"
      ? ["update", "patch"].includes(wanted.verb)
        ? related(node, wanted, hasClaim(store, node, wanted))
        : "can only get/update/patch this type"
      : getOne(node, wanted, () => hasClaim(store, node, wanted)),
  persistentvolumes: (node, wanted, store) => getOne(node, wanted, () => hasVolume(store, node, wanted.name)),
  "resourceclaims.resource.k8s.io": (node, wanted, store) =>
    getOne(node, wanted, () => refers(store, node, wanted, "resourceClaims")),
  "volumeattachments.storage.k8s.io": (node, wanted, store) =>
    getOne(node, wanted, () => {
      const found = store.get("volumeattachments.storage.k8s.io", { namespace: "", name: wanted.name });
      return (found as { spec?: { nodeName?: string } } | undefined)?.spec?.nodeName === node;
    }),
  serviceaccounts(node, wanted, store) {
    const isOne = wanted.name !== "" && (wanted.subresource === "" ? wanted.verb === "get" : wanted.verb === "create");
    if (!isOne) return "can only create tokens for individual service accounts";
    if (!["", "token"].includes(wanted.subresource)) return "can only create token subresource of serviceaccount";
    return related(node, wanted, refers(store, node, wanted, "serviceAccounts"));
  },
  "leases.coordination.k8s.io"(node, { verb, namespace, name }) {
    if (!OWN_VERBS.includes(verb)) return "can only get, create, update, patch, or delete a node lease";
    if (namespace !== LEASES) return `can only access leases in the "${LEASES}" system namespace`;
    return verb === "create" || name === node
      ? undefined
      : "can only access node lease with the same name as the requesting node";
  },
  "csinodes.storage.k8s.io"(node, { verb, subresource, name }) {
    if (!OWN_VERBS.includes(verb)) return "can only get, create, update, patch, or delete a CSINode";
    if (subresource) return "cannot authorize CSINode subresources";
    return verb === "create" || name === node ? undefined : "can only access CSINode with the same name as the requesting node";
  },
  nodes(node, { verb, subresource, name }) {
    if (subresource) return subresource === "status" && ["update", "patch"].includes(verb) ? undefined : "";
    if (["create", "update", "patch"].includes(verb)) return undefined;
    if (!READ.includes(verb)) return "";
    if (name === node) return undefined;
    return `node '${node}' cannot read ${name ? `'${name}'` : "all nodes"}, only its own Node object`;
  },
  pods(node, wanted, store) {
    const { verb, subresource, fieldSelector = "" } = wanted;
    if (subresource === "status") return ["update", "patch"].includes(verb) ? undefined : "";
    if (subresource === "eviction") return verb === "create" ? undefined : "";
    if (subresource) return "";
    if (["create", "delete"].includes(verb)) return undefined;
    const runsHere = () => podsOf(store, node, wanted.namespace).some(({ metadata }) => metadata.name === wanted.name);
    if (verb === "get") return getOne(node, wanted, runsHere);
    if (!READ.includes(verb)) return "";
    if (fieldSelector.split(",").some((term) => term.replace("==", "=") === `spec.nodeName=${node}`)) return undefined;
    return wanted.name ? related(node, wanted, runsHere()) : "can only list/watch pods with spec.nodeName field selector";
  },
};

const READ = ["get", "list", "watch"];
const OWN_VERBS = ["get", "create", "update", "patch", "delete"];

/**
 * What the Node authorizer says (plugin/pkg/auth/authorizer/node): a kubelet may touch what its own pods need. Undefined when the
 * user is no node, or the matter is not one that it limits.
 */
export function authorizeNode(
  store: Store,
  user: UserInfo,
  wanted: Attributes,
): { allowed: boolean; reason: string } | undefined {
  const node = nodeNameOf(user);
  const limit = node && wanted.isResource && LIMITS[wanted.group ? `${wanted.resource}.${wanted.group}` : wanted.resource];
  if (!limit) return undefined;
  const verdict = limit(node, wanted, store);
  return { allowed: verdict === undefined, reason: verdict ?? "" };
}

function readRelated(kind: "secrets" | "configMaps", node: string, wanted: Attributes, store: Store): Verdict {
  if (!READ.includes(wanted.verb)) return "can only read resources of this type";
  if (wanted.subresource) return "cannot read subresource";
  if (!wanted.namespace) return "can only read namespaced object of this type";
  return related(node, wanted, refers(store, node, wanted, kind));
}

function getOne(node: string, wanted: Attributes, isRelated: () => boolean): Verdict {
  if (wanted.verb !== "get") return "can only get individual resources of this type";
  if (wanted.subresource) return "cannot get subresource";
  return related(node, wanted, isRelated());
}

function related(node: string, { name }: Attributes, isRelated: boolean): Verdict {
  if (!name) return "No Object name found";
  return isRelated ? undefined : `no relationship found between node '${node}' and this object`;
}

const podsOf = (store: Store, node: string, namespace?: string) =>
  (store.list("pods", namespace) as unknown as readonly Live<Pod>[]).filter(({ spec }) => spec?.nodeName === node);

type Kind = keyof ReturnType<typeof podReferences>;

const refers = (store: Store, node: string, { namespace, name }: Attributes, kind: Kind) =>
  podsOf(store, node, namespace).some((pod) => podReferences(pod)[kind].includes(name));

const hasClaim = (store: Store, node: string, wanted: Attributes) => refers(store, node, wanted, "claims");

const hasVolume = (store: Store, node: string, volume: string) =>
  podsOf(store, node).some((pod) =>
    podReferences(pod).claims.some((name) => {
      const claim = store.get("persistentvolumeclaims", { namespace: pod.metadata.namespace ?? "", name });
      return (claim as Live<PersistentVolumeClaim> | undefined)?.spec?.volumeName === volume;
    }),
  );
