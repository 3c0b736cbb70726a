import type { Service, ServiceSpec } from "kubernetes-types/core/v1";
import { fieldError, StatusError, type FieldError } from "../api/status-error.ts";
import { same } from "./field-checks.ts";
import { ipv4Number, ipv4Text, isIp, withinCidr } from "./ip-address.ts";
import type { StrategyContext } from "./resource.ts";
import { hasClusterIp, isHeadless, needsHealthCheck, needsNodePort, validateClusterIps } from "./service-rules.ts";
import type { Writable } from "./writable.ts";

/** The cluster's one range of Service addresses; single-stack IPv4, as kind makes it. */
const SERVICE_CIDR = "10.96.0.0/16";

/** Ports that are the same on every node. */
const NODE_PORTS = { first: 30_000, last: 32_767 };

/** Addresses and ports at the beginning of the range are left for those who ask for one by number (KEP-3070). */
const STATIC_ADDRESSES = 256;
const STATIC_PORTS = 86;

type Own = Writable<Service>;

/**
 * Gives a new Service its addresses and ports. Models pkg/registry/core/service/storage/alloc.go; throws what upstream's
 * allocators refuse with. It comes before validation, as there.
 */
export function allocate(service: Own, context: StrategyContext): void {
  const spec = service.spec as ServiceSpec;
  if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
  initFamilies(service, undefined);
  if (hasClusterIp(spec) && !isHeadless(spec)) allocateClusterIp(service, context);
  allocatePorts(service, undefined, context);
}

/** Keeps what the Service has, and gives and takes what its change asks for. */
export function reallocate(service: Own, old: Own, context: StrategyContext): void {
  keepAllocated(service.spec as ServiceSpec, old.spec as ServiceSpec);
  followClusterIp(service.spec as ServiceSpec, old.spec as ServiceSpec);
  initFamilies(service, old);
  const becomesInternal = old.spec?.type === "ExternalName" && hasClusterIp(service.spec as ServiceSpec);
  if (becomesInternal && !isHeadless(service.spec as ServiceSpec)) allocateClusterIp(service, context);
  allocatePorts(service, old, context);
  dropByType(service.spec as ServiceSpec, old.spec as ServiceSpec);
}

/** Clients that leave out what the server filled in mean to keep it. */
function keepAllocated(spec: ServiceSpec, old: ServiceSpec): void {
  if (hasClusterIp(old) && hasClusterIp(spec)) {
    if (!spec.clusterIP && old.clusterIP) spec.clusterIP = old.clusterIP;
    if (!spec.clusterIPs?.length && spec.clusterIP === old.clusterIP && old.clusterIPs) spec.clusterIPs = [...old.clusterIPs];
  }
  if (needsNodePort(old) && needsNodePort(spec)) {
    const used = new Set((spec.ports ?? []).map(({ nodePort }) => nodePort));
    for (const port of spec.ports ?? []) {
      const before = old.ports?.find((one) => one.protocol === port.protocol && one.port === port.port)?.nodePort;
      if (!port.nodePort && before && !used.has(before)) {
        port.nodePort = before;
        used.add(before);
      }
    }
  }
  if (needsHealthCheck(old) && needsHealthCheck(spec) && old.healthCheckNodePort)
    spec.healthCheckNodePort ||= old.healthCheckNodePort;
}

/** clusterIP and clusterIPs[0] are one: a change of the first alone is a change of both. */
function followClusterIp(spec: ServiceSpec, old: ServiceSpec): void {
  if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
  if (!same(spec.clusterIPs, old.clusterIPs)) return;
  if (old.clusterIP && !spec.clusterIP) delete spec.clusterIPs;
  else if (spec.clusterIP && spec.clusterIP !== old.clusterIP) spec.clusterIPs = [spec.clusterIP];
}

function initFamilies(service: Own, old: Own | undefined): void {
  const spec = service.spec as ServiceSpec;
  if (!hasClusterIp(spec)) return;
  const headlessWithoutSelector = isHeadless(spec) && Object.keys(spec.selector ?? {}).length === 0;
  spec.ipFamilyPolicy ??= old?.spec?.ipFamilyPolicy ?? (headlessWithoutSelector ? "RequireDualStack" : "SingleStack");
  refuse(service, validateClusterIps(spec, old?.spec));
  const single = spec.ipFamilyPolicy === "SingleStack";
  const errors: FieldError[] = [];
  const several = (what: string) =>
    fieldError.invalid(
      "spec.ipFamilyPolicy",
      spec.ipFamilyPolicy,
      `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`,
    );
  if (single && spec.clusterIPs?.length === 2) errors.push(several("cluster IPs"));
  if (single && spec.ipFamilies?.length === 2) errors.push(several("IP families"));
  if (!isHeadless(spec)) {
    spec.clusterIPs?.forEach((ip, index) => {
      if (ip.includes(":") && !spec.ipFamilies?.[index]) {
        errors.push(fieldError.invalid(`spec.clusterIPs[${index}]`, spec.clusterIPs, "IPv6 is not configured on this cluster"));
      }
    });
  }
  refuse(service, errors);
  if (headlessWithoutSelector) {
    // Its endpoints are the writer's affair, so it may have both families although the cluster has one.
    spec.ipFamilies ??= ["IPv4"];
    if (!single && spec.ipFamilies.length === 1)
      spec.ipFamilies = [...spec.ipFamilies, spec.ipFamilies[0] === "IPv4" ? "IPv6" : "IPv4"];
    return;
  }
  refuse(service, [
    ...(spec.ipFamilyPolicy === "RequireDualStack"
      ? [fieldError.invalid("spec.ipFamilyPolicy", spec.ipFamilyPolicy, "this cluster is not configured for dual-stack services")]
      : []),
    ...(spec.ipFamilies ?? []).flatMap((family, index) =>
      family === "IPv4" ? [] : [fieldError.invalid(`spec.ipFamilies[${index}]`, family, "not configured on this cluster")],
    ),
  ]);
  if (!spec.ipFamilies?.length) spec.ipFamilies = ["IPv4"];
}

function allocateClusterIp(service: Own, context: StrategyContext): void {
  const spec = service.spec as ServiceSpec;
  const taken = new Set(context.list<Own>("services").map((one) => one.spec?.clusterIP));
  const wanted = spec.clusterIPs?.[0];
  if (wanted) {
    const why = refusedAddress(wanted, taken);
    if (why) refuse(service, [fieldError.invalid("spec.clusterIPs", spec.clusterIPs, `failed to allocate IP ${wanted}: ${why}`)]);
    return;
  }
  const [base = ""] = SERVICE_CIDR.split("/");
  const first = (ipv4Number(base) as number) + STATIC_ADDRESSES + 1;
  const size = 2 ** 16 - STATIC_ADDRESSES - 2;
  const free = firstFree(size, context.random.integer(size), (offset) => taken.has(ipv4Text(first + offset)));
  if (free === undefined) throw StatusError.internal("failed to allocate a serviceIP: range is full");
  spec.clusterIP = ipv4Text(first + free);
  spec.clusterIPs = [spec.clusterIP];
}

function refusedAddress(ip: string, taken: ReadonlySet<string | undefined>): string | undefined {
  if (!isIp(ip) || !withinCidr(ip, SERVICE_CIDR)) return "the provided network does not match the current range";
  if (ip.endsWith(".0.0") || ip.endsWith(".255.255")) {
    return `provided IP is not in the valid range. The range of valid IPs is ${SERVICE_CIDR}`;
  }
  return taken.has(ip) ? "provided IP is already allocated" : undefined;
}

function allocatePorts(service: Own, old: Own | undefined, context: StrategyContext): void {
  const spec = service.spec as ServiceSpec;
  const { uid } = service.metadata;
  const others = context.list<Own>("services").filter(({ metadata }) => metadata.uid !== uid);
  const taken = new Set(
    others.flatMap(({ spec: { ports = [], healthCheckNodePort } = {} }) => [
      ...ports.map(({ nodePort }) => nodePort),
      healthCheckNodePort,
    ]),
  );
  const kept = new Set(old?.spec && needsNodePort(old.spec) ? (old.spec.ports ?? []).map(({ nodePort }) => nodePort) : []);
  const next = (): number => {
    const first = NODE_PORTS.first + STATIC_PORTS;
    const size = NODE_PORTS.last - first + 1;
    const free = firstFree(size, context.random.integer(size), (offset) => taken.has(first + offset) || kept.has(first + offset));
    if (free === undefined) throw StatusError.internal("failed to allocate a nodePort: range is full");
    taken.add(first + free);
    return first + free;
  };
  if (needsNodePort(spec)) {
    const byPort = new Map((spec.ports ?? []).filter(({ nodePort }) => nodePort).map(({ port, nodePort }) => [port, nodePort]));
    spec.ports?.forEach((port, index) => {
      if (port.nodePort) {
        const why = kept.has(port.nodePort) ? undefined : refusedPort(port.nodePort, taken);
        if (why) refuse(service, [fieldError.invalid(`spec.ports[${index}].nodePort`, port.nodePort, why)]);
      } else if (spec.type !== "LoadBalancer" || spec.allocateLoadBalancerNodePorts !== false) {
        // The same port over TCP and UDP is the same port on the node.
        port.nodePort = byPort.get(port.port) ?? next();
        byPort.set(port.port, port.nodePort);
      }
    });
  }
  if (needsHealthCheck(spec) && !spec.healthCheckNodePort) spec.healthCheckNodePort = next();
}

function refusedPort(port: number, taken: ReadonlySet<number | undefined>): string | undefined {
  if (port < NODE_PORTS.first || port > NODE_PORTS.last) {
    return `provided port is not in the valid range. The range of valid ports is ${NODE_PORTS.first}-${NODE_PORTS.last}`;
  }
  return taken.has(port) ? "provided port is already allocated" : undefined;
}

/** What belongs to the old type alone goes, unless the writer changed it: then validation says so (strategy dropTypeDependentFields). */
function dropByType(spec: ServiceSpec, old: ServiceSpec): void {
  const drop = (had: boolean, has: boolean, ...fields: (keyof ServiceSpec)[]) => {
    if (had && !has) for (const field of fields) if (same(spec[field], old[field])) delete spec[field];
  };
  drop(hasClusterIp(old), hasClusterIp(spec), "clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy");
  drop(needsHealthCheck(old), needsHealthCheck(spec), "healthCheckNodePort");
  drop(needsNodePort(old), needsNodePort(spec), "externalTrafficPolicy");
  drop(old.type === "LoadBalancer", spec.type === "LoadBalancer", "allocateLoadBalancerNodePorts", "loadBalancerClass");
  const samePorts = same(portsOf(spec), portsOf(old));
  if (needsNodePort(old) && !needsNodePort(spec) && samePorts) for (const port of spec.ports ?? []) delete port.nodePort;
}

const portsOf = ({ ports = [] }: ServiceSpec): (number | undefined)[] => ports.map(({ nodePort }) => nodePort);

/** The first of `size` places that is not taken, looking from `start` on, around. */
function firstFree(size: number, start: number, taken: (offset: number) => boolean): number | undefined {
  for (let step = 0; step < size; step++) {
    const offset = (start + step) % size;
    if (!taken(offset)) return offset;
  }
  return undefined;
}

function refuse(service: Own, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw StatusError.invalid({ group: "", kind: "Service" }, service.metadata.name, errors);
}
