import type { EndpointAddress, EndpointPort, Endpoints, EndpointSubset } from "kubernetes-types/core/v1";
import type { Live } from "../api/object.ts";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { age } from "./duration.ts";
import { checkName, invalidAll, oneOf, requireName } from "./field-checks.ts";
import { isIp, validateEndpointIp, validateIp } from "./ip-address.ts";
import { dns1123Label, dns1123Subdomain, portNumber, qualifiedName } from "./names.ts";
import { firstFew } from "./printing.ts";
import { defineResource } from "./resource.ts";

/** Models pkg/registry/core/endpoint/strategy.go. */
export const endpoints = defineResource<Live<Endpoints>>({
  resource: "endpoints",
  defaults({ subsets = [] }) {
    for (const port of subsets.flatMap(({ ports = [] }) => ports)) port.protocol ||= "TCP";
  },
  validate: ({ subsets = [] }) => subsets.flatMap((subset, index) => validateSubset(subset, `subsets[${index}]`)),
  cells: ({ metadata, subsets = [] }, { now }) => [
    metadata.name,
    subsets.length > 0 ? firstFew(subsets.flatMap(shownAddresses), 3) : "<none>",
    age(metadata.creationTimestamp, now),
  ],
});

const shownAddresses = ({ addresses = [], ports = [] }: EndpointSubset): string[] =>
  ports.length === 0
    ? addresses.map(({ ip }) => ip)
    : ports.flatMap(({ port }) => addresses.map(({ ip }) => `${ip.includes(":") ? `[${ip}]` : ip}:${port}`));

function validateSubset({ addresses = [], notReadyAddresses = [], ports = [] }: EndpointSubset, field: string): FieldError[] {
  return [
    ...(addresses.length + notReadyAddresses.length === 0
      ? [fieldError.required(field, "must specify `addresses` or `notReadyAddresses`")]
      : []),
    ...addresses.flatMap((address, index) => validateAddress(address, `${field}.addresses[${index}]`)),
    ...notReadyAddresses.flatMap((address, index) => validateAddress(address, `${field}.notReadyAddresses[${index}]`)),
    ...ports.flatMap((port, index) => validatePort(port, ports.length > 1, `${field}.ports[${index}]`)),
  ];
}

const validateAddress = ({ ip, hostname, nodeName }: EndpointAddress, field: string): FieldError[] => [
  ...(isIp(ip) ? [] : validateIp(ip, `${field}.ip`)),
  ...checkName(`${field}.hostname`, hostname, dns1123Label),
  ...checkName(`${field}.nodeName`, nodeName, dns1123Subdomain),
  ...validateEndpointIp(ip, `${field}.ip`),
];

const validatePort = ({ name, port, protocol, appProtocol }: EndpointPort, named: boolean, field: string): FieldError[] => [
  ...(named || name ? requireName(`${field}.name`, name, dns1123Label) : []),
  ...invalidAll(`${field}.port`, port, portNumber(port)),
  ...oneOf(`${field}.protocol`, protocol, ["SCTP", "TCP", "UDP"]),
  ...checkName(`${field}.appProtocol`, appProtocol, qualifiedName),
];
