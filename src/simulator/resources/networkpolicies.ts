import type {
  IPBlock,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  NetworkPolicySpec,
} from "kubernetes-types/networking/v1";
import type { Live } from "../api/object.ts";
import { formatLabelSelector } from "../api/selectors.ts";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { age } from "./duration.ts";
import { optionalOneOf } from "./field-checks.ts";
import { validatePort } from "./int-or-string.ts";
import { validateCidr, withinCidr } from "./ip-address.ts";
import { validateLabelSelector } from "./label-selector.ts";
import { defineResource } from "./resource.ts";

const TYPES = ["Ingress", "Egress"];

/** Models pkg/registry/networking/networkpolicy and pkg/apis/networking/validation. */
export const networkpolicies = defineResource<Live<NetworkPolicy>>({
  resource: "networkpolicies.networking.k8s.io",
  generation: true,
  defaults(policy) {
    const spec = (policy.spec ??= {} as NetworkPolicySpec);
    spec.podSelector ??= {};
    if (!spec.policyTypes?.length) spec.policyTypes = spec.egress?.length ? [...TYPES] : ["Ingress"];
    for (const port of [...(spec.ingress ?? []), ...(spec.egress ?? [])].flatMap(({ ports = [] }) => ports))
      port.protocol ??= "TCP";
  },
  validate: ({ spec }) => validateSpec(spec as NetworkPolicySpec),
  cells: ({ metadata, spec }, { now }) => [
    metadata.name,
    formatLabelSelector(spec?.podSelector),
    age(metadata.creationTimestamp, now),
  ],
});

function validateSpec({ podSelector, ingress = [], egress = [], policyTypes = [] }: NetworkPolicySpec): FieldError[] {
  const rule = (
    ports: readonly NetworkPolicyPort[] = [],
    peers: readonly NetworkPolicyPeer[] = [],
    name: string,
    field: string,
  ) => [
    ...ports.flatMap((port, index) => validatePolicyPort(port, `${field}.ports[${index}]`)),
    ...peers.flatMap((peer, index) => validatePeer(peer, `${field}.${name}[${index}]`)),
  ];
  return [
    ...validateLabelSelector(podSelector, "spec.podSelector"),
    ...ingress.flatMap(({ ports, from }, index) => rule(ports, from, "from", `spec.ingress[${index}]`)),
    ...egress.flatMap(({ ports, to }, index) => rule(ports, to, "to", `spec.egress[${index}]`)),
    ...(policyTypes.length > 2
      ? [fieldError.invalid("spec.policyTypes", policyTypes, "may not specify more than two policyTypes")]
      : policyTypes.flatMap((type, index) =>
          TYPES.includes(type) ? [] : [fieldError.notSupported(`spec.policyTypes[${index}]`, type, [...TYPES].sort())],
        )),
  ];
}

function validatePolicyPort({ protocol, port, endPort }: NetworkPolicyPort, field: string): FieldError[] {
  const errors = optionalOneOf(`${field}.protocol`, protocol, ["SCTP", "TCP", "UDP"]);
  if (port === undefined) {
    if (endPort !== undefined)
      errors.push(fieldError.invalid(`${field}.endPort`, endPort, "may not be specified when `port` is not specified"));
    return errors;
  }
  errors.push(...validatePort(port, `${field}.port`));
  if (endPort === undefined) return errors;
  if (typeof port === "string") {
    errors.push(fieldError.invalid(`${field}.endPort`, endPort, "may not be specified when `port` is non-numeric"));
  } else if (endPort < port)
    errors.push(fieldError.invalid(`${field}.endPort`, endPort, "must be greater than or equal to `port`"));
  return errors;
}

function validatePeer({ podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer, field: string): FieldError[] {
  if (!podSelector && !namespaceSelector && !ipBlock) return [fieldError.required(field, "must specify a peer")];
  return [
    ...validateLabelSelector(podSelector, `${field}.podSelector`),
    ...validateLabelSelector(namespaceSelector, `${field}.namespaceSelector`),
    ...(ipBlock ? validateBlock(ipBlock, `${field}.ipBlock`) : []),
    ...(ipBlock && (podSelector || namespaceSelector)
      ? [fieldError.forbidden(field, "may not specify both ipBlock and another peer")]
      : []),
  ];
}

function validateBlock({ cidr, except = [] }: IPBlock, field: string): FieldError[] {
  if (!cidr) return [fieldError.required(`${field}.cidr`)];
  const errors = validateCidr(cidr, `${field}.cidr`);
  if (errors.length > 0) return errors;
  const bits = (block: string) => Number(block.split("/")[1]);
  return except.flatMap((block, index) => {
    const path = `${field}.except[${index}]`;
    const own = validateCidr(block, path);
    if (own.length > 0 || cidr.includes(":")) return own;
    const [base = ""] = block.split("/");
    return withinCidr(base, cidr) && bits(cidr) < bits(block)
      ? []
      : [fieldError.invalid(path, block, "must be a strict subset of `cidr`")];
  });
}
