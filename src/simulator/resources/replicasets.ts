import type { ReplicaSet, ReplicaSetSpec } from "kubernetes-types/apps/v1";
import { formatLabelSelector } from "../api/selectors.ts";
import { age } from "./duration.ts";
import { immutable, nonNegative } from "./field-checks.ts";
import { defaultPodTemplate } from "./pod-spec/defaults.ts";
import { containerCells } from "./printing.ts";
import { defineResource } from "./resource.ts";
import { templateWarnings, validateSelectedTemplate } from "./workload.ts";
import { dropStatus, type Writable } from "./writable.ts";

/** Models pkg/registry/apps/replicaset/strategy.go. */
export const replicasets = defineResource<Writable<ReplicaSet>>({
  resource: "replicasets.apps",
  generation: true,
  defaults(set) {
    const spec = (set.spec ??= {} as ReplicaSetSpec);
    spec.replicas ??= 1;
    defaultPodTemplate((spec.template ??= {}));
  },
  prepareForCreate: dropStatus,
  validate: ({ spec }) => [
    ...nonNegative("spec.replicas", spec?.replicas),
    ...nonNegative("spec.minReadySeconds", spec?.minReadySeconds),
    ...validateSelectedTemplate(spec as ReplicaSetSpec, "deployment", "invalid label selector"),
  ],
  validateUpdate: ({ spec }, old) => immutable("spec.selector", spec?.selector, old.spec?.selector),
  warnings: ({ spec }, old) => templateWarnings(spec?.template, old?.spec?.template),
  cells: ({ metadata, spec, status }, { now }) => [
    metadata.name,
    spec?.replicas ?? 0,
    status?.replicas ?? 0,
    status?.readyReplicas ?? 0,
    age(metadata.creationTimestamp, now),
    ...containerCells(spec?.template?.spec?.containers),
    formatLabelSelector(spec?.selector),
  ],
  selectableFields: ({ status }) => ({ "status.replicas": String(status?.replicas ?? 0) }),
  scale: {
    specReplicas: ({ spec }) => spec?.replicas ?? 0,
    setSpecReplicas({ spec }, replicas) {
      (spec as ReplicaSetSpec).replicas = replicas;
    },
    statusReplicas: ({ status }) => status?.replicas ?? 0,
    selector: ({ spec }) => formatLabelSelector(spec?.selector),
  },
});
