import type { Lease } from "kubernetes-types/coordination/v1";
import type { Live } from "../api/object.ts";
import { age } from "./duration.ts";
import { nonNegative, positive } from "./field-checks.ts";
import { defineResource } from "./resource.ts";

export const leases = defineResource<Live<Lease>>({
  resource: "leases.coordination.k8s.io",
  defaults(lease) {
    lease.spec ??= {};
  },
  validate: ({ spec }) => [
    ...positive("spec.leaseDurationSeconds", spec?.leaseDurationSeconds),
    ...nonNegative("spec.leaseTransitions", spec?.leaseTransitions),
  ],
  cells: ({ metadata, spec }, { now }) => [metadata.name, spec?.holderIdentity ?? "", age(metadata.creationTimestamp, now)],
});
