import type { Pod } from "kubernetes-types/core/v1";
import type { Call } from "../call.ts";
import { keyOfCall } from "../handlers.ts";
import type { FindKubelet, KubeletAccess } from "../kubelet-access.ts";
import type { Live, ObjectKey } from "../object.ts";
import type { Endpoint } from "../registry.ts";
import { StatusError } from "../status-error.ts";

/** A pod that a stream goes to, on the node it runs on. */
export interface PodTarget {
  pod: Live<Pod>;
  key: ObjectKey;
  kubelet: KubeletAccess;
}

/** The pod of the URL and its kubelet. Throws upstream's refusals for pods that are missing, unscheduled, or on a dead node. */
export function podTarget(call: Call, endpoint: Endpoint, find: FindKubelet): PodTarget {
  const key = keyOfCall(call, endpoint);
  const pod = call.registry.store.get("pods", key) as Live<Pod> | undefined;
  if (!pod) throw StatusError.notFound(endpoint.resource, key.name);
  const node = pod.spec?.nodeName;
  if (!node) throw StatusError.badRequest(`pod ${key.name} does not have a host assigned`);
  const kubelet = find(node);
  if (!kubelet) {
    const { address = node } = nodeAddress(call, node);
    throw StatusError.internal(`dial tcp ${address}:10250: connect: no route to host`);
  }
  return { pod, key, kubelet };
}

/** The container that is meant: the named one, else the only one, else the default-container annotation's. */
export function containerOf({ pod, key }: PodTarget, named: string): string {
  const names = [
    ...(pod.spec?.initContainers ?? []),
    ...(pod.spec?.containers ?? []),
    ...(pod.spec?.ephemeralContainers ?? []),
  ].map(({ name }) => name);
  if (named) {
    if (!names.includes(named)) throw StatusError.badRequest(`container ${named} is not valid for pod ${key.name}`);
    return named;
  }
  const own = (pod.spec?.containers ?? []).map(({ name }) => name);
  if (own.length === 1) return own[0] as string;
  const inits = (pod.spec?.initContainers ?? []).map(({ name }) => name);
  const choose = `a container name must be specified for pod ${key.name}, choose one of: [${own.join(" ")}]`;
  throw StatusError.badRequest(inits.length > 0 ? `${choose} or one of the init containers: [${inits.join(" ")}]` : choose);
}

function nodeAddress(call: Call, name: string): { address?: string } {
  const node = call.registry.store.get("nodes", { namespace: "", name }) as
    | { status?: { addresses?: { address: string }[] } }
    | undefined;
  const address = node?.status?.addresses?.[0]?.address;
  return address ? { address } : {};
}
