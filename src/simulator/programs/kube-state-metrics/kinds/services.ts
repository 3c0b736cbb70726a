import type { Endpoints, Service } from "kubernetes-types/core/v1";
import type { EndpointSlice } from "kubernetes-types/discovery/v1";
import type { Ingress, NetworkPolicy } from "kubernetes-types/networking/v1";
import type { Live } from "../../../api/object.ts";
import {
  alpha,
  created,
  defineKind,
  deleted,
  filled,
  namespaced,
  one,
  ownLabels,
  resourceVersion,
  stable,
  type Row,
} from "./kind.ts";

export const services = defineKind<Live<Service>>({
  resource: "services",
  path: "/api/v1/services",
  type: "*v1.Service",
  labels: ({ metadata: { namespace = "", name, uid } }) => ({ namespace, service: name, uid }),
  families: [
    stable("kube_service_info", "Information about service.", ({ spec }) =>
      one({
        cluster_ip: spec?.clusterIP,
        external_name: spec?.externalName,
        load_balancer_ip: spec?.loadBalancerIP,
        external_traffic_policy: spec?.externalTrafficPolicy,
      }),
    ),
    stable("kube_service_created", "Unix creation timestamp", created),
    stable("kube_service_spec_type", "Type about service.", ({ spec }) => one({ type: spec?.type })),
    ownLabels("kube_service", "annotations"),
    ownLabels("kube_service", "labels", true),
    stable("kube_service_spec_external_ip", "Service external ips. One series for each ip", ({ spec }) =>
      (spec?.externalIPs ?? []).map((ip) => [{ external_ip: ip }, 1]),
    ),
    stable("kube_service_status_load_balancer_ingress", "Service load balancer ingress status", ({ status }) =>
      (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => [filled({ ip, hostname }), 1]),
    ),
    alpha("kube_service_deletion_timestamp", "Unix deletion timestamp", deleted),
  ],
});

const port = ({ name, protocol, port }: { name?: string; protocol?: string; port?: number }) =>
  filled({ port_name: name, port_protocol: protocol, port_number: port?.toString() });

export const endpointslices = defineKind<Live<EndpointSlice>>({
  resource: "endpointslices",
  path: "/apis/discovery.k8s.io/v1/endpointslices",
  type: "*v1.EndpointSlice",
  labels: ({ metadata: { namespace = "", name } }) => ({ endpointslice: name, namespace }),
  families: [
    alpha("kube_endpointslice_info", "Information about endpointslice.", ({ addressType }) => one({ addresstype: addressType })),
    alpha("kube_endpointslice_created", "Unix creation timestamp", created),
    alpha("kube_endpointslice_endpoints_hints", "Topology routing hints attached to endpoints", ({ endpoints }) =>
      (endpoints ?? []).flatMap(({ addresses, hints }) =>
        (hints?.forZones ?? []).map(({ name }): Row => [{ address: addresses[0] ?? "", for_zone: name }, 1]),
      ),
    ),
    alpha("kube_endpointslice_endpoints", "Endpoints attached to the endpointslice.", ({ endpoints }) =>
      (endpoints ?? []).flatMap(({ addresses, conditions, hostname, targetRef, nodeName, zone }) =>
        addresses.map((address): Row => {
          const { ready, serving, terminating } = conditions ?? {};
          const labels = {
            ready: ready?.toString(),
            serving: serving?.toString(),
            hostname,
            terminating: terminating?.toString(),
            targetref_kind: targetRef?.kind,
            targetref_name: targetRef?.name,
            targetref_namespace: targetRef?.namespace,
            endpoint_nodename: nodeName,
            endpoint_zone: zone,
            address,
          };
          return [filled(labels), 1];
        }),
      ),
    ),
    alpha("kube_endpointslice_ports", "Ports attached to the endpointslice.", ({ ports }) =>
      (ports ?? []).map((one): Row => [port(one), 1]),
    ),
    ownLabels("kube_endpointslice", "annotations"),
    ownLabels("kube_endpointslice", "labels"),
  ],
});

export const endpoints = defineKind<Live<Endpoints>>({
  resource: "endpoints",
  path: "/api/v1/endpoints",
  type: "*v1.Endpoints",
  labels: namespaced("endpoint"),
  families: [
    stable("kube_endpoint_info", "Information about endpoint.", () => 1),
    stable("kube_endpoint_created", "Unix creation timestamp", created),
    ownLabels("kube_endpoint", "annotations"),
    ownLabels("kube_endpoint", "labels", true),
    stable("kube_endpoint_address", "Information about Endpoint available and non available addresses.", ({ subsets }) =>
      (subsets ?? []).flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }) =>
        ports.flatMap(({ protocol = "TCP", port: number, name = "" }) => {
          const about = { port_protocol: protocol, port_number: String(number), port_name: name };
          const rows = (all: readonly { ip: string }[], ready: string) => all.map(({ ip }): Row => [{ ...about, ip, ready }, 1]);
          return [...rows(addresses, "true"), ...rows(notReadyAddresses, "false")];
        }),
      ),
    ),
    stable("kube_endpoint_ports", "(Deprecated since v2.14.0) Information about the Endpoint ports.", ({ subsets }) =>
      (subsets ?? []).flatMap(({ ports = [] }) => ports.map((one): Row => [port(one), 1])),
    ),
  ],
});

export const ingresses = defineKind<Live<Ingress>>({
  resource: "ingresses",
  path: "/apis/networking.k8s.io/v1/ingresses",
  type: "*v1.Ingress",
  labels: namespaced("ingress"),
  families: [
    stable("kube_ingress_info", "Information about ingress.", ({ metadata, spec }) =>
      one({
        ingressclass: spec?.ingressClassName ?? metadata.annotations?.["kubernetes.io/ingress.class"] ?? "_default",
      }),
    ),
    ownLabels("kube_ingress", "annotations"),
    ownLabels("kube_ingress", "labels", true),
    stable("kube_ingress_created", "Unix creation timestamp", created),
    alpha(
      "kube_ingress_metadata_resource_version",
      "Resource version representing a specific version of ingress.",
      resourceVersion,
    ),
    stable("kube_ingress_path", "Ingress host, paths and backend service information.", ({ spec }) =>
      (spec?.rules ?? []).flatMap(({ host, http }) =>
        (http?.paths ?? []).map(({ path, pathType, backend: { service, resource } }): Row => {
          const about = { host, path, path_type: pathType };
          return [
            filled(
              service
                ? { ...about, service_name: service.name, service_port: String(service.port?.number ?? 0) }
                : {
                    ...about,
                    resource_api_group: resource?.apiGroup,
                    resource_kind: resource?.kind,
                    resource_name: resource?.name,
                  },
            ),
            1,
          ];
        }),
      ),
    ),
    stable("kube_ingress_tls", "Ingress TLS host and secret information.", ({ spec }) =>
      (spec?.tls ?? []).flatMap(({ hosts = [], secretName }) =>
        hosts.map((host): Row => [filled({ tls_host: host, secret: secretName }), 1]),
      ),
    ),
  ],
});

export const networkpolicies = defineKind<Live<NetworkPolicy>>({
  resource: "networkpolicies",
  path: "/apis/networking.k8s.io/v1/networkpolicies",
  type: "*v1.NetworkPolicy",
  labels: namespaced("networkpolicy"),
  families: [
    alpha("kube_networkpolicy_created", "Unix creation timestamp of network policy", created),
    ownLabels("kube_networkpolicy", "annotations"),
    ownLabels("kube_networkpolicy", "labels"),
    alpha(
      "kube_networkpolicy_spec_ingress_rules",
      "Number of ingress rules on the networkpolicy",
      ({ spec }) => spec?.ingress?.length ?? 0,
    ),
    alpha(
      "kube_networkpolicy_spec_egress_rules",
      "Number of egress rules on the networkpolicy",
      ({ spec }) => spec?.egress?.length ?? 0,
    ),
  ],
});
