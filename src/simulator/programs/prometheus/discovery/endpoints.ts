import type { Endpoints, Pod, Service } from "kubernetes-types/core/v1.js";
import type { EndpointSlice } from "kubernetes-types/discovery/v1.js";
import type { TargetGroup } from "../scrape/target.ts";
import {
  containersOf,
  joinHostPort,
  meta,
  namespacedName,
  nodeLabelsOf,
  objectLabels,
  podLabels,
  sanitize,
  type MetaLabels,
} from "./objects.ts";
import type { Surroundings } from "./roles.ts";

/** One address and port of a Service, in either kind of object. */
interface Place {
  address: string;
  port: { number?: number | undefined; protocol?: string | undefined };
  labels: MetaLabels;
  target?: { kind?: string; namespace?: string; name?: string } | undefined;
  nodeName?: string | undefined;
}

export function endpointsGroup(
  { metadata = {}, subsets = [] }: Endpoints,
  around: Surroundings,
  serviceLabels: (service: Service) => MetaLabels,
): TargetGroup {
  const service = around.service(metadata.namespace, metadata.name);
  const places = subsets.flatMap(({ ports = [], addresses = [], notReadyAddresses = [] }) =>
    ports.flatMap(({ name = "", port, protocol }) => {
      const place = (ready: boolean) => (address: (typeof addresses)[number]) => ({
        address: address.ip,
        port: { number: port, protocol },
        target: address.targetRef,
        nodeName: address.nodeName,
        labels: meta({
          endpoint_port_name: name,
          endpoint_port_protocol: protocol,
          endpoint_ready: ready,
          endpoint_address_target_kind: address.targetRef?.kind,
          endpoint_address_target_name: address.targetRef?.name,
          endpoint_node_name: address.nodeName,
          endpoint_hostname: address.hostname,
        }),
      });
      return [...addresses.map(place(true)), ...notReadyAddresses.map(place(false))];
    }),
  );
  return {
    source: `endpoints/${metadata.namespace}/${metadata.name}`,
    labels: {
      ...meta({ namespace: metadata.namespace }),
      ...(service && serviceLabels(service)),
      ...objectLabels("endpoints", metadata),
    },
    targets: targetsOf(places, around),
  };
}

export function sliceGroup(
  { metadata = {}, addressType, endpoints, ports = [] }: EndpointSlice,
  around: Surroundings,
  serviceLabels: (service: Service) => MetaLabels,
): TargetGroup {
  const service = around.service(metadata.namespace, metadata.labels?.["kubernetes.io/service-name"]);
  const places = endpoints.flatMap((endpoint) =>
    ports.flatMap((port) =>
      endpoint.addresses.map((address) => ({
        address,
        port: { number: port.port, protocol: port.protocol },
        target: endpoint.targetRef,
        nodeName: endpoint.nodeName,
        labels: meta({
          endpointslice_port_name: port.name,
          endpointslice_port_protocol: port.protocol,
          endpointslice_port: port.port,
          endpointslice_port_app_protocol: port.appProtocol,
          endpointslice_endpoint_conditions_ready: endpoint.conditions?.ready,
          endpointslice_endpoint_conditions_serving: endpoint.conditions?.serving,
          endpointslice_endpoint_conditions_terminating: endpoint.conditions?.terminating,
          endpointslice_endpoint_hostname: endpoint.hostname,
          endpointslice_address_target_kind: endpoint.targetRef?.kind,
          endpointslice_address_target_name: endpoint.targetRef?.name,
          endpointslice_endpoint_node_name: endpoint.nodeName,
          endpointslice_endpoint_zone: endpoint.zone,
          ...Object.fromEntries(
            Object.entries(endpoint.deprecatedTopology ?? {}).flatMap(([key, value]) => [
              [`endpointslice_endpoint_topology_${sanitize(key)}`, value],
              [`endpointslice_endpoint_topology_present_${sanitize(key)}`, "true"],
            ]),
          ),
        }),
      })),
    ),
  );
  return {
    source: `endpointslice/${metadata.namespace}/${metadata.name}`,
    labels: {
      ...meta({ namespace: metadata.namespace, endpointslice_address_type: addressType }),
      ...objectLabels("endpointslice", metadata),
      ...(service && serviceLabels(service)),
    },
    targets: targetsOf(places, around),
  };
}

/** The places, with what is known of their pods; then the pods' other ports, which are targets as well. */
function targetsOf(places: readonly Place[], around: Surroundings): MetaLabels[] {
  const seen = new Map<string, { pod: Pod; ports: Set<number> }>();
  const targets = places.map(({ address, port, labels, target, nodeName }): MetaLabels => {
    const node = target?.kind === "Node" && !nodeName ? target.name : nodeName;
    const base = {
      __address__: port.number === undefined ? address : joinHostPort(address, port.number),
      ...labels,
      ...nodeLabelsOf(around.node(node)),
    };
    const pod = target?.kind === "Pod" ? around.pod(target.namespace, target.name) : undefined;
    if (!pod) return base;
    const key = namespacedName(pod.metadata?.namespace, pod.metadata?.name);
    const entry = seen.get(key) ?? { pod, ports: new Set() };
    if (port.number !== undefined) entry.ports.add(port.number);
    seen.set(key, entry);
    const own = containerPorts(pod).find(({ number }) => number === port.number);
    return {
      ...base,
      ...podLabels(pod),
      ...(own && meta({ ...own.labels, pod_container_port_protocol: port.protocol ?? own.protocol })),
    };
  });
  const others = [...seen.values()].flatMap(({ pod, ports }) => {
    const ip = pod.status?.podIP;
    if (!ip) return [];
    return containerPorts(pod)
      .filter(({ number }) => !ports.has(number))
      .map(({ number, labels, protocol }) => ({
        __address__: joinHostPort(ip, number),
        ...meta({ ...labels, pod_container_port_protocol: protocol }),
        ...podLabels(pod),
      }));
  });
  return [...targets, ...others];
}

const containerPorts = (pod: Pod) =>
  containersOf(pod).flatMap(({ container, init }) =>
    (container.ports ?? []).map(({ containerPort, name = "", protocol }) => ({
      number: containerPort,
      protocol,
      labels: {
        pod_container_name: container.name,
        pod_container_image: container.image,
        pod_container_port_name: name,
        pod_container_port_number: containerPort,
        pod_container_init: init,
      },
    })),
  );
