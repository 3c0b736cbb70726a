import { isIPv6 } from "node:net";
import type { ServicePort, ServiceSpec } from "kubernetes-types/core/v1";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { checkName, invalidAll, oneOf, optionalOneOf, requireName, requireValue } from "./field-checks.ts";
import { validatePort } from "./int-or-string.ts";
import { isIp, validateCidr, validateEndpointIp, validateIp } from "./ip-address.ts";
import { validateLabels } from "./label-selector.ts";
import { dns1123Label, dns1123Subdomain, portNumber, qualifiedName } from "./names.ts";

export const hasClusterIp = ({ type }: ServiceSpec): boolean => type !== "ExternalName";
export const isHeadless = ({ clusterIPs, clusterIP }: ServiceSpec): boolean => (clusterIPs?.[0] ?? clusterIP) === "None";
export const needsNodePort = ({ type }: ServiceSpec): boolean => type === "NodePort" || type === "LoadBalancer";
export const needsHealthCheck = ({ type, externalTrafficPolicy }: ServiceSpec): boolean =>
  type === "LoadBalancer" && externalTrafficPolicy === "Local";
const reachableFromOutside = (spec: ServiceSpec): boolean =>
  needsNodePort(spec) || (spec.type === "ClusterIP" && !!spec.externalIPs?.length);

const TYPES = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const FAMILIES = ["IPv4", "IPv6"];
const FAMILY_POLICIES = ["PreferDualStack", "RequireDualStack", "SingleStack"];
const LONGEST_AFFINITY = 86_400;

/** A Service's spec after allocation (core validation validateService); `old` is the spec before an update. */
export function validateServiceSpec(spec: ServiceSpec, old: ServiceSpec | undefined): FieldError[] {
  const { ports = [], type } = spec;
  return [
    ...(ports.length === 0 && !isHeadless(spec) && type !== "ExternalName" ? [fieldError.required("spec.ports")] : []),
    ...validateType(spec),
    ...validatePorts(ports),
    ...validateLabels(spec.selector, "spec.selector"),
    ...validateAffinity(spec),
    ...validateClusterIps(spec, old),
    ...(spec.externalIPs ?? []).flatMap((ip, index) => {
      const field = `spec.externalIPs[${index}]`;
      return isIp(ip) ? validateEndpointIp(ip, field) : validateIp(ip, field);
    }),
    ...oneOf("spec.type", type, TYPES),
    ...(type === "ClusterIP"
      ? ports.flatMap(({ nodePort }, index) =>
          nodePort ? [fieldError.forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'")] : [],
        )
      : []),
    ...duplicatePorts(ports),
    ...validateLoadBalancer(spec),
    ...validateTraffic(spec),
  ];
}

/** What an update may not change (ValidateServiceUpdate). */
export function validateServiceChange(spec: ServiceSpec, old: ServiceSpec): FieldError[] {
  return [
    ...validateClusterIpChange(spec, old),
    ...(spec.type === "LoadBalancer" && old.type === "LoadBalancer" && spec.loadBalancerClass !== old.loadBalancerClass
      ? [fieldError.invalid("spec.loadBalancerClass", spec.loadBalancerClass, "may not change once set")]
      : []),
    ...(needsHealthCheck(spec) && needsHealthCheck(old) && spec.healthCheckNodePort !== old.healthCheckNodePort
      ? [fieldError.forbidden("spec.healthCheckNodePort", "field is immutable")]
      : []),
  ];
}

/** clusterIP, clusterIPs, ipFamilies and ipFamilyPolicy against each other (ValidateServiceClusterIPsRelatedFields). */
export function validateClusterIps(spec: ServiceSpec, _old: ServiceSpec | undefined): FieldError[] {
  if (spec.type === "ExternalName") return [];
  const { clusterIP = "", clusterIPs = [], ipFamilies = [] } = spec;
  const field = "spec.clusterIPs";
  const errors: FieldError[] = [];
  if (clusterIP && clusterIPs.length === 0) errors.push(fieldError.required(field));
  else if (clusterIP && clusterIPs[0] !== clusterIP)
    errors.push(fieldError.invalid(field, clusterIPs, "first value must match `clusterIP`"));
  else if (!clusterIP && clusterIPs.length > 0) {
    errors.push(fieldError.invalid(field, clusterIPs, "must be empty when `clusterIP` is not specified"));
  }
  ipFamilies.forEach((family, index) => {
    const path = `spec.ipFamilies[${index}]`;
    if (!FAMILIES.includes(family)) errors.push(fieldError.notSupported(path, family, FAMILIES));
    if (ipFamilies.indexOf(family) < index) errors.push(fieldError.duplicate(path, family));
  });
  errors.push(...optionalOneOf("spec.ipFamilyPolicy", spec.ipFamilyPolicy, FAMILY_POLICIES));
  const invalidIps = clusterIPs.flatMap((ip, index) => {
    if (index === 0 && ip === "None") {
      return clusterIPs.length > 1 ? [fieldError.invalid(field, clusterIPs, "'None' must be the first and only value")] : [];
    }
    return validateIp(ip, `${field}[${index}]`);
  });
  errors.push(...invalidIps);
  if (clusterIPs.length > 2) errors.push(fieldError.invalid(field, clusterIPs, "may only hold up to 2 values"));
  if (invalidIps.length > 0) return errors;
  if (clusterIPs.length > 1 && new Set(clusterIPs.map((ip) => isIPv6(ip))).size === 1) {
    errors.push(fieldError.invalid(field, clusterIPs, "may specify no more than one IP for each IP family"));
  }
  if (isHeadless(spec)) return errors;
  clusterIPs.forEach((ip, index) => {
    const family = ipFamilies[index];
    if (family && isIPv6(ip) !== (family === "IPv6")) {
      errors.push(
        fieldError.invalid(`${field}[${index}]`, ip, `expected an ${family} value as indicated by \`ipFamilies[${index}]\``),
      );
    }
  });
  return errors;
}

function validateClusterIpChange(spec: ServiceSpec, old: ServiceSpec): FieldError[] {
  if (spec.type === "ExternalName" || old.type === "ExternalName" || (isHeadless(spec) && isHeadless(old))) return [];
  const { clusterIPs = [], ipFamilies = [] } = spec;
  const { clusterIPs: oldIps = [], ipFamilies: oldFamilies = [] } = old;
  const errors = oldIps.flatMap((ip, index) =>
    clusterIPs[index] === ip
      ? []
      : [
          fieldError.invalid(
            `spec.clusterIPs[${index}]`,
            clusterIPs,
            clusterIPs.length === 0 ? "primary clusterIP can not be unset" : "may not change once set",
          ),
        ],
  );
  if (isHeadless(spec) || isHeadless(old)) return errors;
  if (oldFamilies.length > 0 && ipFamilies.length > 0 && oldFamilies[0] !== ipFamilies[0]) {
    errors.push(fieldError.invalid("spec.ipFamilies[0]", ipFamilies, "may not change once set"));
  }
  return errors;
}

function validateType(spec: ServiceSpec): FieldError[] {
  const { type, clusterIPs = [], ipFamilies = [], ipFamilyPolicy, externalName = "" } = spec;
  if (type === "LoadBalancer" || type === "NodePort") {
    return isHeadless(spec)
      ? [fieldError.invalid("spec.clusterIPs[0]", "None", `may not be set to 'None' for ${type} services`)]
      : [];
  }
  if (type !== "ExternalName") return [];
  const text = "may not be set for ExternalName services";
  return [
    ...(clusterIPs.length > 0 ? [fieldError.forbidden("spec.clusterIPs", text)] : []),
    ...(ipFamilies.length > 0 ? [fieldError.forbidden("spec.ipFamilies", text)] : []),
    ...(ipFamilyPolicy ? [fieldError.forbidden("spec.ipFamilyPolicy", text)] : []),
    ...requireName("spec.externalName", externalName.replace(/\.$/, ""), dns1123Subdomain),
  ];
}

function validatePorts(ports: readonly ServicePort[]): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap(({ name, port, protocol, targetPort, appProtocol }, index) => {
    const field = `spec.ports[${index}]`;
    const errors = ports.length > 1 || name ? requireName(`${field}.name`, name, dns1123Label) : [];
    if (name && names.has(name)) errors.push(fieldError.duplicate(`${field}.name`, name));
    if (name) names.add(name);
    return [
      ...errors,
      ...invalidAll(`${field}.port`, port ?? 0, portNumber(port ?? 0)),
      ...oneOf(`${field}.protocol`, protocol, ["SCTP", "TCP", "UDP"]),
      ...validatePort(targetPort, `${field}.targetPort`),
      ...checkName(`${field}.appProtocol`, appProtocol, qualifiedName),
    ];
  });
}

function duplicatePorts(ports: readonly ServicePort[]): FieldError[] {
  const nodePorts = ports.flatMap(({ protocol, nodePort }, index) =>
    nodePort && ports.slice(0, index).some((one) => one.protocol === protocol && one.nodePort === nodePort)
      ? [fieldError.duplicate(`spec.ports[${index}].nodePort`, nodePort)]
      : [],
  );
  const own = ports.flatMap(({ protocol, port }, index) =>
    ports.slice(0, index).some((one) => one.protocol === protocol && one.port === port)
      ? [fieldError.duplicate(`spec.ports[${index}]`, internalPort(protocol, port))]
      : [],
  );
  return [...nodePorts, ...own];
}

/** The key that upstream prints: its own view of a port, with nothing but the two in it. */
const internalPort = (protocol: string | undefined, port: number) => ({
  Name: "",
  Protocol: protocol,
  AppProtocol: null,
  Port: port,
  TargetPort: 0,
  NodePort: 0,
});

function validateAffinity({ sessionAffinity, sessionAffinityConfig }: ServiceSpec): FieldError[] {
  const errors = oneOf("spec.sessionAffinity", sessionAffinity, ["ClientIP", "None"]);
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (sessionAffinity === "ClientIP" && seconds !== undefined && (seconds <= 0 || seconds > LONGEST_AFFINITY)) {
    const text = `must be greater than 0 and less than ${LONGEST_AFFINITY}`;
    errors.push(fieldError.invalid("spec.sessionAffinityConfig.clientIP.timeoutSeconds", seconds, text));
  }
  return errors;
}

function validateLoadBalancer(spec: ServiceSpec): FieldError[] {
  const balanced = spec.type === "LoadBalancer";
  const text = "may only be used when `type` is 'LoadBalancer'";
  const { loadBalancerSourceRanges: ranges = [], allocateLoadBalancerNodePorts, loadBalancerClass } = spec;
  return [
    ...(ranges.length > 0 && !balanced ? [fieldError.forbidden("spec.LoadBalancerSourceRanges", text)] : []),
    ...ranges.flatMap((range, index) => validateCidr(range.trim(), `spec.LoadBalancerSourceRanges[${index}]`)),
    ...(allocateLoadBalancerNodePorts !== undefined && !balanced
      ? [fieldError.forbidden("spec.allocateLoadBalancerNodePorts", text)]
      : []),
    ...(balanced
      ? checkName("spec.loadBalancerClass", loadBalancerClass, qualifiedName)
      : loadBalancerClass === undefined
        ? []
        : [fieldError.forbidden("spec.loadBalancerClass", text)]),
  ];
}

function validateTraffic(spec: ServiceSpec): FieldError[] {
  const { externalTrafficPolicy: external, internalTrafficPolicy: internal, healthCheckNodePort, trafficDistribution } = spec;
  const errors: FieldError[] = [];
  if (reachableFromOutside(spec)) errors.push(...oneOf("spec.externalTrafficPolicy", external, ["Cluster", "Local"]));
  else if (external) {
    errors.push(fieldError.invalid("spec.externalTrafficPolicy", external, "may only be set for externally-accessible services"));
  }
  if (needsHealthCheck(spec)) errors.push(...requireValue("spec.healthCheckNodePort", healthCheckNodePort));
  else if (healthCheckNodePort) {
    const text = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    errors.push(fieldError.invalid("spec.healthCheckNodePort", healthCheckNodePort, text));
  }
  return [
    ...errors,
    ...optionalOneOf("spec.internalTrafficPolicy", internal, ["Cluster", "Local"]),
    ...optionalOneOf("spec.trafficDistribution", trafficDistribution, ["PreferClose", "PreferSameZone", "PreferSameNode"]),
  ];
}
