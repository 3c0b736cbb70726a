import type { Node, Pod, Service } from "kubernetes-types/core/v1";
import type { KubeObject } from "../kube/objects.ts";
import type { ClusterView } from "./cluster-view.ts";
import type { Words } from "./check.ts";
import { everywhere } from "./whereabouts.ts";

/** What a value is, where the cluster knows it: whose address, whose name, whose uid. Undefined when nobody's. */
export async function identify(value: string, cluster: ClusterView, namespace: string): Promise<Words | undefined> {
  const given = value.trim();
  if (/^[\d.]+$|^[\da-f:]+:[\da-f:]+$/.test(given)) return ownerOfAddress(given, cluster, namespace);
  if (/^[\da-f]{8}-[\da-f]{4}-/.test(given)) return owner(await ownObjects(cluster, namespace), given, "uid");
  return /^[a-z0-9][a-z0-9.-]*$/.test(given) ? owner(await ownObjects(cluster, namespace), given, "name") : undefined;
}

async function ownerOfAddress(address: string, cluster: ClusterView, namespace: string): Promise<Words | undefined> {
  const [services, pods, nodes] = await Promise.all([
    everywhere<Service>(cluster, "Service", namespace),
    everywhere<Pod>(cluster, "Pod", namespace),
    cluster.peek<Node>("Node"),
  ]);
  const service = services.find(({ spec }) => spec?.clusterIP === address);
  if (service) return named("the ClusterIP of the Service", "Service の ClusterIP", service.metadata?.name);
  // A Pod in the node's own network has the node's address.
  const node = nodes.find(({ status }) => status?.addresses?.some((one) => one.address === address));
  if (node) return named("the address of the node", "ノードのアドレス", node.metadata?.name);
  const pod = pods.find(({ status }) => status?.podIP === address);
  return pod && named("the address of the Pod", "Pod のアドレス", pod.metadata?.name);
}

/** Of these kinds a learner meets names and uids; the sort of object is what is told. */
const kinds = ["Node", "Pod", "Service", "Deployment", "ReplicaSet", "Namespace"] as const;

async function ownObjects(cluster: ClusterView, namespace: string): Promise<{ kind: string; object: KubeObject }[]> {
  const lists = await Promise.all(kinds.map((kind) => cluster.peek(kind, { namespace })));
  return lists.flatMap((objects, index) => objects.map((object) => ({ kind: kinds[index]!, object })));
}

function owner(
  objects: readonly { kind: string; object: KubeObject }[],
  value: string,
  field: "name" | "uid",
): Words | undefined {
  const found = objects.find(({ object }) => object.metadata?.[field] === value);
  if (!found) return undefined;
  const { kind, object } = found;
  if (field === "name") return { en: `the name of a ${kind}`, ja: `${kind} の名前` };
  return named(`the uid of the ${kind}`, `${kind} の uid`, object.metadata?.name);
}

const named = (en: string, ja: string, name = ""): Words => ({ en: `${en} ${name}`, ja: `${ja} (${name})` });
