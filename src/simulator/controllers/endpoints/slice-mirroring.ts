import type { EndpointSubset } from "kubernetes-types/core/v1";
import type { Endpoint, EndpointPort } from "kubernetes-types/discovery/v1";
import { isDeepStrictEqual } from "node:util";
import { controllerReference, keyOf } from "../../api/object.ts";
import type { Controller } from "../controller.ts";
import { objectKey, queueKey, workQueue } from "../controller.ts";
import { objectIndex } from "../object-index.ts";
import { unlessGone } from "../refusals.ts";
import type { Endpoints } from "./endpoints.ts";
import type { Service } from "./service-pods.ts";
import { TRIGGER_TIME } from "./service-pods.ts";
import { pack } from "./slice-packing.ts";
import { type EndpointSlice, MANAGED_BY, SERVICE_NAME } from "./slices.ts";

const MANAGER = "endpointslicemirroring-controller.k8s.io";
const SKIP = "endpointslice.kubernetes.io/skip-mirror";

/** Copies Endpoints that somebody writes by hand, for a Service without selector, to EndpointSlices. */
export const endpointSliceMirroring: Controller = (context) => {
  const { client } = context;
  const slices = objectIndex<EndpointSlice>(client, "endpointslices.discovery.k8s.io", ({ metadata: { namespace, labels } }) =>
    labels?.[MANAGED_BY] === MANAGER ? [`${namespace}/${labels[SERVICE_NAME]}`] : [],
  );

  const queue = workQueue(context, async (key) => {
    const endpoints = client.get<Endpoints>("endpoints", objectKey(key));
    const service = client.get<Service>("services", objectKey(key));
    const existing = slices.get(key);
    if (!endpoints?.subsets?.length || !service || service.spec?.selector || !isMirrored(endpoints)) {
      for (const slice of existing) await unlessGone(client.delete("endpointslices.discovery.k8s.io", keyOf(slice)));
      return;
    }
    const labels = { ...endpoints.metadata.labels, [SERVICE_NAME]: endpoints.metadata.name, [MANAGED_BY]: MANAGER };
    const {
      [TRIGGER_TIME]: _,
      "kubectl.kubernetes.io/last-applied-configuration": __,
      ...annotations
    } = endpoints.metadata.annotations ?? {};
    const plan = pack(existing, endpoints.subsets.map(mirrored), (slice) =>
      isDeepStrictEqual({ ...slice.metadata.labels }, labels),
    );
    for (const content of plan.create) {
      const { name, namespace = "" } = endpoints.metadata;
      const metadata = {
        generateName: `${name}-`,
        namespace,
        labels,
        annotations,
        ownerReferences: [controllerReference(endpoints)],
      };
      await client.create<EndpointSlice>("endpointslices.discovery.k8s.io", { metadata, addressType: "IPv4", ...content });
    }
    for (const { slice, content } of plan.update) {
      const metadata = { ...slice.metadata, labels, annotations };
      await client.update<EndpointSlice>("endpointslices.discovery.k8s.io", { ...slice, metadata, ...content });
    }
    for (const slice of plan.remove) await unlessGone(client.delete("endpointslices.discovery.k8s.io", keyOf(slice)));
  });

  const stops = [
    client.watch<Endpoints>("endpoints", ({ object }) => {
      if (isMirrored(object) || slices.count(queueKey(object)) > 0) queue.add(queueKey(object));
    }),
    client.watch<Service>("services", ({ object }) => !object.spec?.selector && queue.add(queueKey(object))),
  ];
  return () => [...stops, slices.stop, queue.stop].forEach((stop) => stop());
};

/** Leader locks and the endpoint controller's own objects are not. */
const isMirrored = ({ metadata: { labels, annotations } }: Endpoints) =>
  labels?.[SKIP] !== "true" &&
  labels?.["endpoints.kubernetes.io/managed-by"] === undefined &&
  annotations?.["control-plane.alpha.kubernetes.io/leader"] === undefined;

function mirrored({ ports = [], addresses = [], notReadyAddresses = [] }: EndpointSubset): {
  ports: EndpointPort[];
  endpoints: Endpoint[];
} {
  const side = (list: typeof addresses, ready: boolean) =>
    list.map(({ ip, hostname, nodeName, targetRef }) => ({
      addresses: [ip],
      conditions: { ready },
      ...(hostname && { hostname }),
      ...(nodeName && { nodeName }),
      ...(targetRef && { targetRef }),
    }));
  return {
    ports: ports.map(({ name = "", port, protocol = "TCP", appProtocol }) => ({
      name,
      port,
      protocol,
      ...(appProtocol && { appProtocol }),
    })),
    endpoints: [...side(addresses, true), ...side(notReadyAddresses, false)],
  };
}
