import type { Service, ServiceSpec } from "kubernetes-types/core/v1";
import { age } from "./duration.ts";
import { dns1035Label } from "./names.ts";
import { formatLabels } from "./printing.ts";
import { defineResource } from "./resource.ts";
import { allocate, reallocate } from "./service-addresses.ts";
import { hasClusterIp, isHeadless, needsNodePort, validateServiceChange, validateServiceSpec } from "./service-rules.ts";
import { dropStatus, type Writable } from "./writable.ts";

/** Three hours, in seconds. */
const AFFINITY_SECONDS = 10_800;

/** Models pkg/registry/core/service. */
export const services = defineResource<Writable<Service>>({
  resource: "services",
  defaults(service) {
    const spec = (service.spec ??= {});
    spec.sessionAffinity ||= "None";
    if (spec.sessionAffinity === "None") delete spec.sessionAffinityConfig;
    if (spec.sessionAffinity === "ClientIP" && spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined) {
      spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: AFFINITY_SECONDS } };
    }
    spec.type ||= "ClusterIP";
    for (const port of spec.ports ?? []) {
      port.protocol ||= "TCP";
      port.targetPort ||= port.port;
    }
    if (needsNodePort(spec) || (spec.type === "ClusterIP" && spec.externalIPs?.length)) spec.externalTrafficPolicy ||= "Cluster";
    if (["ClusterIP", "NodePort", "LoadBalancer"].includes(spec.type)) spec.internalTrafficPolicy ??= "Cluster";
    if (spec.type === "LoadBalancer") spec.allocateLoadBalancerNodePorts ??= true;
  },
  prepareForCreate(service, context) {
    dropStatus(service);
    allocate(service, context);
  },
  prepareForUpdate: reallocate,
  validateName: (name) => dns1035Label(name)[0],
  validate: ({ spec }) => validateServiceSpec(spec as ServiceSpec, undefined),
  validateUpdate: ({ spec }, old) => validateServiceChange(spec as ServiceSpec, old.spec as ServiceSpec),
  warnings: ({ spec }) => serviceWarnings(spec as ServiceSpec),
  cells: ({ metadata, spec = {}, status }, { now }) => [
    metadata.name,
    spec.type ?? "",
    spec.clusterIPs?.[0] ?? "<none>",
    externalIp(spec, status),
    (spec.ports ?? []).map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ""}/${protocol}`).join(",") ||
      "<none>",
    age(metadata.creationTimestamp, now),
    formatLabels(spec.selector),
  ],
  selectableFields: ({ spec }) => ({ "spec.clusterIP": spec?.clusterIP ?? "", "spec.type": spec?.type ?? "" }),
});

function externalIp({ type, externalIPs = [], externalName = "" }: ServiceSpec, status: Service["status"]): string {
  switch (type) {
    case "ClusterIP":
    case "NodePort":
      return externalIPs.join(",") || "<none>";
    case "LoadBalancer": {
      const given = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || "").filter(Boolean);
      return [...[...new Set(given)].sort(), ...externalIPs].join(",") || "<pending>";
    }
    case "ExternalName":
      return externalName;
    default:
      return "<unknown>";
  }
}

function serviceWarnings(spec: ServiceSpec): string[] {
  const { type, externalIPs = [], externalName, loadBalancerIP } = spec;
  const headless = type === "ClusterIP" && isHeadless(spec);
  return [
    ...(headless && loadBalancerIP ? ["spec.loadBalancerIP is ignored for headless services"] : []),
    ...(headless && externalIPs.length > 0 ? ["spec.externalIPs is ignored for headless services"] : []),
    ...(headless && spec.sessionAffinity === "ClientIP" ? ["spec.SessionAffinity is ignored for headless services"] : []),
    ...(!hasClusterIp(spec) && externalIPs.length > 0 ? ['spec.externalIPs is ignored when spec.type is "ExternalName"'] : []),
    ...(hasClusterIp(spec) && externalName ? ['spec.externalName is ignored when spec.type is not "ExternalName"'] : []),
  ];
}
