import type { Endpoint, EndpointPort, EndpointSlice } from "kubernetes-types/discovery/v1";
import type { Live } from "../api/object.ts";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { age } from "./duration.ts";
import { checkName, immutable, invalidAll, oneOf } from "./field-checks.ts";
import { validateEndpointIp, validateIp, isIp } from "./ip-address.ts";
import { dns1123Label, dns1123Subdomain, portNumber, qualifiedName } from "./names.ts";
import { firstFew } from "./printing.ts";
import { defineResource } from "./resource.ts";

const ADDRESS_TYPES = ["FQDN", "IPv4", "IPv6"];
const MOST_ADDRESSES = 100;

/** Models pkg/registry/discovery/endpointslice and pkg/apis/discovery/validation. */
export const endpointslices = defineResource<Live<EndpointSlice>>({
  resource: "endpointslices.discovery.k8s.io",
  generation: true,
  defaults(slice) {
    for (const port of slice.ports ?? []) {
      port.name ??= "";
      port.protocol ??= "TCP";
    }
  },
  validate(slice) {
    const errors = oneOf("addressType", slice.addressType, ADDRESS_TYPES);
    // Addresses of an unknown type cannot be looked at.
    if (errors.length > 0) return errors;
    return [
      ...(slice.endpoints ?? []).flatMap((endpoint, index) =>
        validateEndpoint(endpoint, slice.addressType, `endpoints[${index}]`),
      ),
      ...validatePorts(slice.ports ?? []),
    ];
  },
  validateUpdate: (slice, old) => immutable("addressType", slice.addressType, old.addressType),
  cells: ({ metadata, addressType, ports, endpoints }, { now }) => [
    metadata.name,
    addressType,
    firstFew(
      (ports ?? []).map(({ port, name }) => String(port ?? name ?? "*")),
      3,
    ) || "<unset>",
    firstFew(
      (endpoints ?? []).flatMap(({ addresses }) => addresses),
      3,
    ) || "<unset>",
    age(metadata.creationTimestamp, now),
  ],
});

function validateEndpoint({ addresses, hostname, nodeName }: Endpoint, type: string, field: string): FieldError[] {
  const path = `${field}.addresses`;
  if (!addresses?.length) return [fieldError.required(path, "must contain at least 1 address")];
  return [
    ...(addresses.length > MOST_ADDRESSES
      ? [
          {
            reason: "FieldValueTooMany" as const,
            field: path,
            message: `Too many: ${addresses.length}: must have at most ${MOST_ADDRESSES} items`,
          },
        ]
      : []),
    ...addresses.flatMap((address, index) => validateAddress(address, type, `${path}[${index}]`)),
    ...checkName(`${field}.nodeName`, nodeName, dns1123Subdomain),
    ...checkName(`${field}.hostname`, hostname, dns1123Label),
  ];
}

function validateAddress(address: string, type: string, field: string): FieldError[] {
  if (type === "FQDN") return invalidAll(field, address, dns1123Subdomain(address));
  const errors = isIp(address) ? validateEndpointIp(address, field) : validateIp(address, field);
  if (address.includes(":") !== (type === "IPv6")) {
    errors.push(fieldError.invalid(field, address, `must be an ${type} address`));
  }
  return errors;
}

function validatePorts(ports: readonly EndpointPort[]): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap(({ name = "", port, protocol, appProtocol }, index) => {
    const field = `ports[${index}]`;
    const errors = checkName(`${field}.name`, name, dns1123Label);
    if (names.has(name)) errors.push(fieldError.duplicate(`${field}.name`, name));
    names.add(name);
    return [
      ...errors,
      ...(port === undefined ? [] : invalidAll(`${field}.port`, port, portNumber(port))),
      ...oneOf(`${field}.protocol`, protocol, ["SCTP", "TCP", "UDP"]),
      ...checkName(`${field}.appProtocol`, appProtocol, qualifiedName),
    ];
  });
}
