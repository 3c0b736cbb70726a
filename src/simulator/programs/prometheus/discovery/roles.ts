import type { Endpoints, Node, Pod, Service } from "kubernetes-types/core/v1.js";
import type { EndpointSlice } from "kubernetes-types/discovery/v1.js";
import type { Ingress } from "kubernetes-types/networking/v1.js";
import type { Role } from "../config/config.ts";
import type { TargetGroup } from "../scrape/target.ts";
import { endpointsGroup, sliceGroup } from "./endpoints.ts";
import { containersOf, joinHostPort, meta, nodeLabelsOf, objectLabels, podLabels, sanitize } from "./objects.ts";

/** What a role's targets are made of besides its own object. */
export interface Surroundings {
  node(name: string | undefined): Node | undefined;
  pod(namespace: string | undefined, name: string | undefined): Pod | undefined;
  service(namespace: string | undefined, name: string | undefined): Service | undefined;
}

export interface RoleDefinition<T> {
  /** Path of the resource, behind the namespace: `/api/v1`, `pods`. */
  api: string;
  resource: string;
  /** Go's name of the type, for messages. */
  type: string;
  /** Other resources it looks at. */
  also: readonly Role[];
  group(object: T, around: Surroundings): TargetGroup | undefined;
}

/** The roles of kubernetes_sd_configs (discovery/kubernetes). */
export const ROLE_DEFINITIONS: { readonly [R in Role]: RoleDefinition<never> } = {
  node: { api: "/api/v1", resource: "nodes", type: "*v1.Node", also: [], group: nodeGroup },
  pod: { api: "/api/v1", resource: "pods", type: "*v1.Pod", also: [], group: podGroup },
  service: { api: "/api/v1", resource: "services", type: "*v1.Service", also: [], group: serviceGroup },
  endpoints: {
    api: "/api/v1",
    resource: "endpoints",
    type: "*v1.Endpoints",
    also: ["service", "pod"],
    group: (object: Endpoints, around) => endpointsGroup(object, around, serviceLabels),
  },
  endpointslice: {
    api: "/apis/discovery.k8s.io/v1",
    resource: "endpointslices",
    type: "*v1.EndpointSlice",
    also: ["service", "pod"],
    group: (object: EndpointSlice, around) => sliceGroup(object, around, serviceLabels),
  },
  ingress: { api: "/apis/networking.k8s.io/v1", resource: "ingresses", type: "*v1.Ingress", also: [], group: ingressGroup },
};

const ADDRESS_TYPES = ["InternalIP", "InternalDNS", "ExternalIP", "ExternalDNS", "LegacyHostIP", "Hostname"];

function nodeGroup({ metadata = {}, spec, status }: Node): TargetGroup | undefined {
  const addresses = new Map((status?.addresses ?? []).toReversed().map(({ type, address }) => [type, address]));
  const type = ADDRESS_TYPES.find((one) => addresses.has(one));
  if (!type) return undefined;
  const port = status?.daemonEndpoints?.kubeletEndpoint?.Port ?? 0;
  const byType = Object.fromEntries([...addresses].map(([name, address]) => [`node_address_${sanitize(name)}`, address]));
  return {
    source: `node/${metadata.name}`,
    labels: { ...meta({ node_provider_id: spec?.providerID ?? "" }), ...objectLabels("node", metadata) },
    targets: [{ __address__: joinHostPort(addresses.get(type)!, port), instance: metadata.name ?? "", ...meta(byType) }],
  };
}

function podGroup(pod: Pod, around: Surroundings): TargetGroup {
  const { metadata = {}, spec, status = {} } = pod;
  const source = `pod/${metadata.namespace}/${metadata.name}`;
  const { podIP } = status;
  if (!podIP) return { source, labels: {}, targets: [] };
  const targets = containersOf(pod).flatMap(({ container, init }) => {
    const statuses = (init ? status.initContainerStatuses : status.containerStatuses) ?? [];
    const of = {
      pod_container_name: container.name,
      pod_container_id: statuses.find(({ name }) => name === container.name)?.containerID ?? "",
      pod_container_image: container.image,
      pod_container_init: init,
    };
    if (!container.ports?.length) return [{ __address__: podIP, ...meta(of) }];
    return container.ports.map(({ containerPort, name = "", protocol }) => ({
      __address__: joinHostPort(podIP, containerPort),
      ...meta({
        ...of,
        pod_container_port_number: containerPort,
        pod_container_port_name: name,
        pod_container_port_protocol: protocol,
      }),
    }));
  });
  const labels = { ...podLabels(pod), ...meta({ namespace: metadata.namespace }), ...nodeLabelsOf(around.node(spec?.nodeName)) };
  return { source, labels, targets };
}

const serviceLabels = ({ metadata = {} }: Service) => ({
  ...meta({ namespace: metadata.namespace }),
  ...objectLabels("service", metadata),
});

function serviceGroup(service: Service): TargetGroup {
  const { metadata = {}, spec = {} } = service;
  return {
    source: `svc/${metadata.namespace}/${metadata.name}`,
    labels: serviceLabels(service),
    targets: (spec.ports ?? []).map(({ name = "", port, protocol }) => ({
      __address__: `${metadata.name}.${metadata.namespace}.svc:${port}`,
      ...meta({
        service_port_name: name,
        service_port_number: port,
        service_port_protocol: protocol,
        service_type: spec.type,
        ...(spec.type === "ExternalName" ? { service_external_name: spec.externalName } : { service_cluster_ip: spec.clusterIP }),
        ...(spec.type === "LoadBalancer" && { service_loadbalancer_ip: spec.loadBalancerIP ?? "" }),
      }),
    })),
  };
}

function ingressGroup({ metadata = {}, spec = {} }: Ingress): TargetGroup {
  const secure = (spec.tls ?? []).flatMap(({ hosts = [] }) => hosts);
  return {
    source: `ingress/${metadata.namespace}/${metadata.name}`,
    labels: {
      ...meta({ namespace: metadata.namespace, ingress_class_name: spec.ingressClassName }),
      ...objectLabels("ingress", metadata),
    },
    targets: (spec.rules ?? []).flatMap(({ host = "", http }) =>
      (http ? http.paths.map(({ path }) => path || "/") : ["/"]).map((path) => ({
        __address__: host,
        ...meta({
          ingress_scheme: secure.some((pattern) => matchesHost(pattern, host)) ? "https" : "http",
          ingress_host: host,
          ingress_path: path,
        }),
      })),
    ),
  };
}

/** A star stands for the first label. */
function matchesHost(pattern: string, host: string): boolean {
  const [first, ...rest] = pattern.split(".");
  return (
    pattern === host ||
    (first === "*" && host.split(".").slice(1).join(".") === rest.join(".") && host.split(".").length === rest.length + 1)
  );
}
