import type { Endpoint, EndpointPort, EndpointSlice as EndpointSliceType } from "kubernetes-types/discovery/v1";
import { isDeepStrictEqual } from "node:util";
import type { Live } from "../../api/object.ts";
import { controllerReference, keyOf } from "../../api/object.ts";
import type { Controller, ControllerContext } from "../controller.ts";
import type { ObjectIndex } from "../object-index.ts";
import { objectIndex } from "../object-index.ts";
import { isReady } from "../pod-state.ts";
import { isNamespaceTerminating, messageOf, unlessGone } from "../refusals.ts";
import type { Service, ServicePods } from "./service-pods.ts";
import { followServices, HEADLESS_LABEL, isAddressable, isHeadless, podAddress, portsOf, TRIGGER_TIME } from "./service-pods.ts";
import { pack } from "./slice-packing.ts";

export type EndpointSlice = Live<EndpointSliceType>;

export const SERVICE_NAME = "kubernetes.io/service-name";
export const MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
const MANAGER = "endpointslice-controller.k8s.io";

/** Keeps EndpointSlices for each Service with a selector (pkg/controller/endpointslice, k8s.io/endpointslice). */
export const endpointSliceController: Controller = (context) => {
  const { client } = context;
  const slices = objectIndex<EndpointSlice>(client, "endpointslices.discovery.k8s.io", ({ metadata: { namespace, labels } }) =>
    labels?.[MANAGED_BY] === MANAGER ? [`${namespace}/${labels[SERVICE_NAME]}`] : [],
  );
  const { queue, stop } = followServices(context, async (input) => {
    try {
      await reconcile(context, input, slices);
    } catch (error) {
      const { name, namespace } = input.service.metadata;
      if (!isNamespaceTerminating(error)) {
        const message = `Error updating Endpoint Slices for Service ${namespace}/${name}: ${messageOf(error)}`;
        context.events.event({ object: input.service }, "Warning", "FailedToUpdateEndpointSlices", message);
      }
      throw error;
    }
  });
  // Whoever changes or deletes a slice by hand gets it back.
  const stopWatch = client.watch<EndpointSlice>("endpointslices.discovery.k8s.io", ({ object: { metadata } }) => {
    const { [MANAGED_BY]: manager, [SERVICE_NAME]: service } = metadata.labels ?? {};
    if (manager === MANAGER && service) queue.add(`${metadata.namespace}/${service}`);
  });
  return () => [stop, stopWatch, slices.stop].forEach((end) => end());
};

async function reconcile({ client }: ControllerContext, input: ServicePods, index: ObjectIndex<EndpointSlice>): Promise<void> {
  const { service, triggerTime } = input;
  const { name, namespace = "" } = service.metadata;
  if (service.metadata.deletionTimestamp) return;
  const labels = labelsOf(service);
  const plan = pack(index.get(`${namespace}/${name}`), groupedEndpoints(client, input), (slice) =>
    isDeepStrictEqual({ ...slice.metadata.labels }, labels),
  );
  const annotations = triggerTime ? { [TRIGGER_TIME]: triggerTime } : {};
  for (const content of plan.create) {
    await client.create<EndpointSlice>("endpointslices.discovery.k8s.io", {
      metadata: { generateName: `${name}-`, namespace, labels, annotations, ownerReferences: [controllerReference(service)] },
      addressType: "IPv4",
      ...content,
    });
  }
  for (const { slice, content } of plan.update) {
    const { [TRIGGER_TIME]: _, ...others } = slice.metadata.annotations ?? {};
    const metadata = { ...slice.metadata, labels, annotations: { ...others, ...annotations } };
    await client.update<EndpointSlice>("endpointslices.discovery.k8s.io", { ...slice, metadata, ...content });
  }
  for (const slice of plan.remove) await unlessGone(client.delete("endpointslices.discovery.k8s.io", keyOf(slice)));
}

function labelsOf(service: Service): Record<string, string> {
  const { [HEADLESS_LABEL]: _, ...labels } = service.metadata.labels ?? {};
  const { name } = service.metadata;
  return { ...labels, ...(isHeadless(service) && { [HEADLESS_LABEL]: "" }), [SERVICE_NAME]: name, [MANAGED_BY]: MANAGER };
}

/** Endpoints by their set of ports. A pod being deleted stays, marked as terminating, until it is gone. */
function groupedEndpoints(client: ControllerContext["client"], { service, pods }: ServicePods) {
  const groups: { ports: EndpointPort[]; endpoints: Endpoint[] }[] = [];
  const byPorts = new Map<string, (typeof groups)[number]>();
  const publish = service.spec?.publishNotReadyAddresses ?? false;
  for (const pod of pods) {
    if (!isAddressable(pod, { terminating: true })) continue;
    const ports: EndpointPort[] = portsOf(service, pod);
    const key = JSON.stringify(ports);
    const group = byPorts.get(key) ?? { ports, endpoints: [] };
    if (!byPorts.has(key)) groups.push(group);
    byPorts.set(key, group);
    const serving = isReady(pod);
    const terminating = pod.metadata.deletionTimestamp !== undefined;
    const { ip, ...rest } = podAddress(service, pod);
    const zone = client.get("nodes", { name: rest.nodeName ?? "" })?.metadata.labels?.["topology.kubernetes.io/zone"];
    const conditions = { ready: publish || (serving && !terminating), serving, terminating };
    group.endpoints.push({ addresses: [ip], conditions, ...rest, ...(zone && { zone }) });
  }
  return groups;
}
