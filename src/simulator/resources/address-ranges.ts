import type { IPAddress, ServiceCIDR } from "kubernetes-types/networking/v1alpha1";
import { fieldError } from "../api/status-error.ts";
import { age } from "./duration.ts";
import { immutable } from "./field-checks.ts";
import { isIp, validateCidr } from "./ip-address.ts";
import { defineResource } from "./resource.ts";
import type { Writable } from "./writable.ts";

/** Models pkg/registry/networking/ipaddress: the name is the address. */
export const ipaddresses = defineResource<Writable<IPAddress>>({
  resource: "ipaddresses.networking.k8s.io",
  validateName: (name) => (isIp(name) ? undefined : "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"),
  validate: ({ spec }) => (spec?.parentRef ? [] : [fieldError.required("spec.parentRef")]),
  validateUpdate: ({ spec }, old) => immutable("spec.parentRef", spec?.parentRef, old.spec?.parentRef),
  // The row has one cell more than there are columns, as upstream's has.
  cells({ metadata, spec }, { now }) {
    const { group, resource = "", namespace, name } = spec?.parentRef ?? {};
    const parent = [`${resource}${group ? `.${group}` : ""}`.toLowerCase(), namespace, name].filter(Boolean).join("/");
    return [metadata.name, spec?.parentRef ? parent : "<none>", age(metadata.creationTimestamp, now)];
  },
});

/** Models pkg/registry/networking/servicecidr. */
export const servicecidrs = defineResource<Writable<ServiceCIDR>>({
  resource: "servicecidrs.networking.k8s.io",
  validate: ({ spec }) => (spec?.cidrs ?? []).flatMap((cidr, index) => validateCidr(cidr, `spec.cidrs[${index}]`)),
  validateUpdate: ({ spec }, old) => immutable("spec.cidrs", spec?.cidrs, old.spec?.cidrs),
  cells: ({ metadata, spec }, { now }) => [metadata.name, (spec?.cidrs ?? []).join(","), age(metadata.creationTimestamp, now)],
});
