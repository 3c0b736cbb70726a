import type { Service } from "kubernetes-types/core/v1.js";
import type { EndpointSlice } from "kubernetes-types/discovery/v1.js";
import type { Node, ServicePort } from "kubernetes-types/core/v1.js";
import type { Client } from "../api/client.ts";
import { keyOf, type KubeObject, type Live, type ObjectKey } from "../api/object.ts";
import type { Clock } from "../clock.ts";
import type { Random } from "../random.ts";
import type { Route, Translate } from "./network.ts";

interface Backend {
  service: Live<Service>;
  port: ServicePort;
}

/**
 * kube-proxy's iptables mode: connections to a Service's addresses and node ports go to one of its ready endpoints, by
 * chance or by the client's address. `inServiceRange` tells an address of the cluster's Service range: unused ones are silent.
 */
export function createServiceProxy(options: {
  client: Client;
  clock: Clock;
  random: Random;
  inServiceRange: (ip: string) => boolean;
}): { translate: Translate; close(): void } {
  const { client, clock, random, inServiceRange } = options;
  const frontends = new Map<string, Backend>();
  const nodePorts = new Map<number, Backend>();
  const nodeAddresses = new Map<string, readonly string[]>();
  const affinity = new Map<string, { route: Exclude<Route, string>; until: number }>();
  const slices = new Map<string, Map<string, Live<EndpointSlice>>>();

  const entries = (service: Live<Service>) => {
    if (service.spec?.type === "ExternalName") return { frontends: [], nodePorts: [] };
    const backends = (service.spec?.ports ?? [])
      .filter((port) => (port.protocol ?? "TCP") === "TCP")
      .map((port) => ({ service, port }));
    const addresses = serviceAddresses(service);
    return {
      frontends: backends.flatMap((backend) => addresses.map((ip) => [`${ip}:${backend.port.port}`, backend] as const)),
      nodePorts: backends.flatMap((backend) => (backend.port.nodePort ? [[backend.port.nodePort, backend] as const] : [])),
    };
  };

  const close = [
    client.watch<Live<Service>>("services", ({ type, object, old }) => {
      const before = old && entries(old);
      for (const [address] of before?.frontends ?? []) frontends.delete(address);
      for (const [port] of before?.nodePorts ?? []) nodePorts.delete(port);
      if (type === "DELETED") return;
      for (const [address, backend] of entries(object).frontends) frontends.set(address, backend);
      for (const [port, backend] of entries(object).nodePorts) nodePorts.set(port, backend);
    }),
    client.watch<Live<EndpointSlice>>("endpointslices.discovery.k8s.io", ({ type, object, old }) => {
      const drop = (slice: Live<EndpointSlice>) => slices.get(ownerOf(slice))?.delete(slice.metadata.name);
      if (old) drop(old);
      if (type === "DELETED") return void drop(object);
      const owner = ownerOf(object);
      slices.set(owner, (slices.get(owner) ?? new Map()).set(object.metadata.name, object));
    }),
    client.watch<Live<Node>>("nodes", ({ type, object }) => {
      if (type === "DELETED") nodeAddresses.delete(object.metadata.name);
      else nodeAddresses.set(object.metadata.name, object.status?.addresses?.map(({ address }) => address) ?? []);
    }),
  ];

  const choose = (from: string, { service, port }: Backend): Route => {
    const name = nameOf(keyOf(service));
    const routes = endpointRoutes([...(slices.get(name)?.values() ?? [])], port);
    if (routes.length === 0) return "refused";
    if (service.spec?.sessionAffinity !== "ClientIP") return routes[random.integer(routes.length)]!;

    const key = [name, port.name ?? "", from].join("\0");
    const sticky = affinity.get(key);
    const kept =
      sticky && sticky.until > clock.now() && routes.find(({ ip, port }) => ip === sticky.route.ip && port === sticky.route.port);
    const route = kept || routes[random.integer(routes.length)]!;
    const seconds = service.spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800;
    affinity.set(key, { route, until: clock.now() + seconds * 1000 });
    return route;
  };

  return {
    translate(from, ip, port) {
      const isNode = [...nodeAddresses.values()].some((addresses) => addresses.includes(ip));
      const backend = frontends.get(`${ip}:${port}`) ?? (isNode ? nodePorts.get(port) : undefined);
      if (backend) return choose(from, backend);
      return inServiceRange(ip) ? "timeout" : undefined;
    },
    close: () => close.forEach((end) => end()),
  };
}

/** Where a Service can be reached from within the cluster. */
const serviceAddresses = ({ spec, status }: Live<Service>): string[] =>
  [
    ...(spec?.clusterIPs ?? [spec?.clusterIP ?? ""]),
    ...(spec?.externalIPs ?? []),
    ...(status?.loadBalancer?.ingress?.map(({ ip }) => ip ?? "") ?? []),
  ].filter((ip) => ip && ip !== "None");

/**
 * The addresses that take a Service port: the ready ones, and when there are none, those that still serve while they end
 * (KEP-1669).
 */
function endpointRoutes(slices: readonly Live<EndpointSlice>[], port: ServicePort): Exclude<Route, string>[] {
  const candidates = slices.flatMap((slice) => {
    const target = slice.ports?.find(({ name, protocol }) => (name ?? "") === (port.name ?? "") && (protocol ?? "TCP") === "TCP");
    if (!target?.port) return [];
    return (slice.endpoints ?? []).map((endpoint) => ({ endpoint, route: { ip: endpoint.addresses[0]!, port: target.port! } }));
  });
  const ready = candidates.filter(({ endpoint }) => endpoint.conditions?.ready ?? true);
  const usable = ready.length
    ? ready
    : candidates.filter(({ endpoint: { conditions } }) => conditions?.serving && conditions.terminating);
  return usable.map(({ route }) => route);
}

const nameOf = ({ namespace, name }: ObjectKey) => `${namespace}/${name}`;

const ownerOf = ({ metadata }: KubeObject) =>
  nameOf({ namespace: metadata.namespace ?? "", name: metadata.labels?.["kubernetes.io/service-name"] ?? "" });
