import type { Namespace } from "kubernetes-types/core/v1";
import { age } from "./duration.ts";
import { dns1123Label } from "./names.ts";
import { defineResource } from "./resource.ts";
import type { Writable } from "./writable.ts";

/** Lets label selectors choose namespaces by their name. */
const NAME_LABEL = "kubernetes.io/metadata.name";
const FINALIZER = "kubernetes";

/** Models pkg/registry/core/namespace/strategy.go. */
export const namespaces = defineResource<Writable<Namespace>>({
  resource: "namespaces",
  defaults(namespace) {
    const { metadata } = namespace;
    if (metadata.name) metadata.labels = { ...metadata.labels, [NAME_LABEL]: metadata.name };
    namespace.spec ??= {};
    namespace.status ??= {};
    namespace.status.phase ||= "Active";
  },
  prepareForCreate(namespace) {
    const { metadata, spec } = namespace;
    metadata.labels = { ...metadata.labels, [NAME_LABEL]: metadata.name };
    namespace.spec = { finalizers: [...new Set([...(spec?.finalizers ?? []), FINALIZER])] };
    namespace.status = { phase: "Active" };
  },
  // Only the finalize subresource takes a finalizer of the content away.
  prepareForUpdate(namespace, old) {
    namespace.spec = old.spec ?? {};
  },
  holds: ({ spec }) => (spec?.finalizers ?? []).length > 0,
  markDeleted: (namespace) => ({ ...namespace, status: { ...namespace.status, phase: "Terminating" } }),
  validateName: (name) => dns1123Label(name)[0],
  cells: ({ metadata, status }, { now }) => [metadata.name, status?.phase ?? "", age(metadata.creationTimestamp, now)],
  selectableFields: ({ status }) => ({ "status.phase": status?.phase ?? "" }),
});
