import type {
  HTTPIngressPath,
  Ingress,
  IngressBackend,
  IngressClass,
  IngressRule,
  IngressSpec,
} from "kubernetes-types/networking/v1";
import type { Live } from "../api/object.ts";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { age } from "./duration.ts";
import { checkName, immutable, invalidAll } from "./field-checks.ts";
import { isIp } from "./ip-address.ts";
import { dns1035Label, dns1123Subdomain, portName, portNumber, wildcardDns1123Subdomain } from "./names.ts";
import { firstFew } from "./printing.ts";
import { defineResource } from "./resource.ts";
import { dropStatus, type Writable } from "./writable.ts";

const PATH_TYPES = ["Exact", "ImplementationSpecific", "Prefix"];
const CLASS_ANNOTATION = "kubernetes.io/ingress.class";

/** Models pkg/registry/networking/ingress and pkg/apis/networking/validation. */
export const ingresses = defineResource<Writable<Ingress>>({
  resource: "ingresses.networking.k8s.io",
  generation: true,
  defaults(ingress) {
    ingress.spec ??= {};
  },
  prepareForCreate: dropStatus,
  validate: ({ spec }) => validateSpec(spec as IngressSpec),
  warnings: ({ metadata }, old) =>
    metadata.annotations?.[CLASS_ANNOTATION] !== undefined && !old
      ? [`annotation "${CLASS_ANNOTATION}" is deprecated, please use 'spec.ingressClassName' instead`]
      : [],
  cells: ({ metadata, spec = {}, status }, { now }) => [
    metadata.name,
    spec.ingressClassName ?? "<none>",
    formatHosts(spec.rules),
    [...new Set((status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || "").filter(Boolean))]
      .sort()
      .join(","),
    spec.tls?.length ? "80, 443" : "80",
    age(metadata.creationTimestamp, now),
  ],
});

/** Models pkg/registry/networking/ingressclass. */
export const ingressclasses = defineResource<Live<IngressClass>>({
  resource: "ingressclasses.networking.k8s.io",
  generation: true,
  defaults(ingressClass) {
    const spec = (ingressClass.spec ??= {});
    if (spec.parameters) spec.parameters.scope ??= "Cluster";
  },
  validate: ({ spec = {} }) => validateController(spec.controller ?? "", "spec.controller"),
  validateUpdate: ({ spec }, old) => immutable("spec.controller", spec?.controller, old.spec?.controller),
  cells: ({ metadata, spec = {} }, { now }) => {
    const { kind, apiGroup, name } = spec.parameters ?? {};
    return [
      metadata.name,
      spec.controller ?? "",
      spec.parameters ? `${kind}${apiGroup === undefined ? "" : `.${apiGroup}`}/${name}` : "<none>",
      age(metadata.creationTimestamp, now),
    ];
  },
});

function formatHosts(rules: readonly IngressRule[] = []): string {
  const hosts = rules.map(({ host }) => host ?? "").filter(Boolean);
  return firstFew(hosts, 3) || "*";
}

function validateSpec(spec: IngressSpec): FieldError[] {
  const { rules = [], defaultBackend, tls = [], ingressClassName } = spec;
  return [
    ...(rules.length === 0 && !defaultBackend
      ? [fieldError.invalid("spec", spec.rules, "either `defaultBackend` or `rules` must be specified")]
      : []),
    ...(defaultBackend ? validateBackend(defaultBackend, "spec.defaultBackend") : []),
    ...rules.flatMap((rule, index) => validateRule(rule, `spec.rules[${index}]`)),
    ...tls.flatMap(({ hosts = [] }) => hosts.flatMap((host, index) => validateHost(host, `spec.tls[${index}].hosts`))),
    ...checkName("spec.ingressClassName", ingressClassName, dns1123Subdomain),
  ];
}

function validateRule({ host, http }: IngressRule, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (host && isIp(host)) errors.push(fieldError.invalid(`${field}.host`, host, "must be a DNS name, not an IP address"));
  if (host) errors.push(...validateHost(host, `${field}.host`));
  if (!http) return errors;
  if (!http.paths?.length) errors.push(fieldError.required(`${field}.http.paths`));
  return [...errors, ...(http.paths ?? []).flatMap((path, index) => validatePath(path, `${field}.http.paths[${index}]`))];
}

const validateHost = (host: string, field: string): FieldError[] =>
  invalidAll(field, host, host.includes("*") ? wildcardDns1123Subdomain(host) : dns1123Subdomain(host));

function validatePath({ path = "", pathType, backend }: HTTPIngressPath, field: string): FieldError[] {
  if (!pathType) return [fieldError.required(`${field}.pathType`, "pathType must be specified")];
  const errors: FieldError[] = [];
  const wrong = (text: string) => errors.push(fieldError.invalid(`${field}.path`, path, text));
  if (!PATH_TYPES.includes(pathType)) errors.push(fieldError.notSupported(`${field}.pathType`, pathType, PATH_TYPES));
  else if (pathType === "ImplementationSpecific") {
    if (path && !path.startsWith("/")) wrong("must be an absolute path");
  } else {
    if (!path.startsWith("/")) wrong("must be an absolute path");
    for (const part of ["//", "/./", "/../", "%2f", "%2F"]) if (path.includes(part)) wrong(`must not contain '${part}'`);
    for (const end of ["/..", "/."]) if (path.endsWith(end)) wrong(`cannot end with '${end}'`);
  }
  return [...errors, ...validateBackend(backend ?? {}, `${field}.backend`)];
}

function validateBackend({ resource, service }: IngressBackend, field: string): FieldError[] {
  if (resource && service) return [fieldError.invalid(field, "", "cannot set both resource and service backends")];
  if (resource) {
    return [
      ...checkName(`${field}.resource.apiGroup`, resource.apiGroup, dns1123Subdomain),
      ...(resource.kind ? [] : [fieldError.required(`${field}.resource.kind`, "kind is required")]),
      ...(resource.name ? [] : [fieldError.required(`${field}.resource.name`, "name is required")]),
    ];
  }
  if (!service) return [fieldError.invalid(field, "", "resource or service backend is required")];
  const { name, port = {} } = service;
  const errors = name
    ? invalidAll(`${field}.service.name`, name, dns1035Label(name))
    : [fieldError.required(`${field}.service.name`)];
  if (port.name && port.number) errors.push(fieldError.invalid(field, "", "cannot set both port name & port number"));
  else if (port.name) errors.push(...invalidAll(`${field}.service.port.name`, port.name, portName(port.name)));
  else if (port.number) errors.push(...invalidAll(`${field}.service.port.number`, port.number, portNumber(port.number)));
  else errors.push(fieldError.required(field, "port name or number is required"));
  return errors;
}

function validateController(controller: string, field: string): FieldError[] {
  if (!controller) return [fieldError.required(field)];
  const slash = controller.indexOf("/");
  if (slash < 1 || slash === controller.length - 1) {
    return [fieldError.invalid(field, controller, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  }
  const host = controller.slice(0, slash);
  return invalidAll(field, host, dns1123Subdomain(host));
}
