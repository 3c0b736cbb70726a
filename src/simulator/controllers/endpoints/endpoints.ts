import type { EndpointSubset, Endpoints as EndpointsType } from "kubernetes-types/core/v1";
import { isDeepStrictEqual } from "node:util";
import type { Live } from "../../api/object.ts";
import type { Controller } from "../controller.ts";
import { objectKey, queueKey } from "../controller.ts";
import { isReady } from "../pod-state.ts";
import { unlessGone } from "../refusals.ts";
import type { ServicePods } from "./service-pods.ts";
import { followServices, HEADLESS_LABEL, isAddressable, isHeadless, podAddress, portsOf, TRIGGER_TIME } from "./service-pods.ts";

export type Endpoints = Live<EndpointsType>;

const MANAGED_BY = "endpoints.kubernetes.io/managed-by";
const OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity";

/** Addresses one Endpoints object may have. */
const CAPACITY = 1000;

/** Keeps an Endpoints object for each Service with a selector (pkg/controller/endpoint). */
export const endpointsController: Controller = (context) => {
  const { client } = context;
  const { queue, stop } = followServices(context, sync, async (key) => {
    if (client.get("endpoints", objectKey(key))) await unlessGone(client.delete("endpoints", objectKey(key)));
  });

  async function sync(input: ServicePods): Promise<void> {
    const { name, namespace = "" } = input.service.metadata;
    const current = client.get<Endpoints>("endpoints", { namespace, name });
    const { subsets, truncated } = truncate(subsetsOf(input));
    const labels = labelsOf(input);
    const { [OVER_CAPACITY]: wasTruncated, ...annotations } = current?.metadata.annotations ?? {};
    const unchanged =
      current &&
      isDeepStrictEqual(current.subsets ?? [], subsets) &&
      isDeepStrictEqual({ ...current.metadata.labels }, labels) &&
      (wasTruncated !== undefined) === truncated;
    if (unchanged) return;
    if (input.triggerTime) annotations[TRIGGER_TIME] = input.triggerTime;
    else delete annotations[TRIGGER_TIME];
    if (truncated) annotations[OVER_CAPACITY] = "truncated";
    const metadata = { ...current?.metadata, name, namespace, labels, annotations };
    if (current)
      await client.update<Endpoints>("endpoints", { ...current, metadata: { ...current.metadata, ...metadata }, subsets });
    else await client.create<Endpoints>("endpoints", { metadata, subsets });
  }

  // Whoever deletes the object by hand gets it back.
  const stopWatch = client.watch<Endpoints>("endpoints", ({ type, object }) => type === "DELETED" && queue.add(queueKey(object)));
  return () => [stop, stopWatch].forEach((end) => end());
};

function labelsOf({ service }: ServicePods): Record<string, string> {
  const { [HEADLESS_LABEL]: _, ...labels } = service.metadata.labels ?? {};
  return { ...labels, ...(isHeadless(service) && { [HEADLESS_LABEL]: "" }), [MANAGED_BY]: "endpoint-controller" };
}

/** One subset for each set of ports, with the ready and the other addresses in the order of their IPs. */
function subsetsOf({ service, pods }: ServicePods): EndpointSubset[] {
  const { publishNotReadyAddresses = false, ports = [] } = service.spec ?? {};
  const byPorts = new Map<string, EndpointSubset>();
  for (const pod of pods) {
    if (!isAddressable(pod, { terminating: publishNotReadyAddresses })) continue;
    const resolved = portsOf(service, pod);
    if (resolved.length === 0 && !(ports.length === 0 && isHeadless(service))) continue;
    const named = resolved.map(({ name, ...port }) => ({ ...(name && { name }), ...port }));
    const key = JSON.stringify(named);
    const subset = byPorts.get(key) ?? (named.length > 0 ? { ports: named } : {});
    byPorts.set(key, subset);
    const side = publishNotReadyAddresses || isReady(pod) ? "addresses" : "notReadyAddresses";
    (subset[side] ??= []).push(podAddress(service, pod));
  }
  const subsets = [...byPorts.values()];
  for (const { addresses, notReadyAddresses } of subsets)
    for (const list of [addresses, notReadyAddresses]) list?.sort(byAddress);
  return subsets.sort((a, b) => (JSON.stringify(a.ports) < JSON.stringify(b.ports) ? -1 : 1));
}

const numeric = (ip: string) => ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
const byAddress = (a: { ip: string }, b: { ip: string }) => numeric(a.ip) - numeric(b.ip);

/** Beyond the capacity ready addresses stay before others. */
function truncate(subsets: EndpointSubset[]): { subsets: EndpointSubset[]; truncated: boolean } {
  const total = subsets.flatMap(({ addresses = [], notReadyAddresses = [] }) => [...addresses, ...notReadyAddresses]).length;
  if (total <= CAPACITY) return { subsets, truncated: false };
  let room = CAPACITY;
  for (const side of ["addresses", "notReadyAddresses"] as const) {
    for (const subset of subsets) {
      const kept = subset[side]?.slice(0, room) ?? [];
      room -= kept.length;
      if (kept.length > 0) subset[side] = kept;
      else delete subset[side];
    }
  }
  return { subsets: subsets.filter(({ addresses, notReadyAddresses }) => addresses ?? notReadyAddresses), truncated: true };
}
