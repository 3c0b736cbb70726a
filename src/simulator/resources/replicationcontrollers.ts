import type { ReplicationController, ReplicationControllerSpec } from "kubernetes-types/core/v1";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { age } from "./duration.ts";
import { nonNegative } from "./field-checks.ts";
import { defaultPodTemplate } from "./pod-spec/defaults.ts";
import { validatePodTemplate, validateRunsForever, validateSelectorMatchesTemplate } from "./pod-template.ts";
import { containerCells, formatLabels } from "./printing.ts";
import { defineResource } from "./resource.ts";
import { templateWarnings } from "./workload.ts";
import { dropStatus, type Writable } from "./writable.ts";

/** Models pkg/registry/core/replicationcontroller/strategy.go. */
export const replicationcontrollers = defineResource<Writable<ReplicationController>>({
  resource: "replicationcontrollers",
  generation: true,
  defaults(controller) {
    const spec = (controller.spec ??= {});
    const { metadata } = controller;
    const labels = spec.template?.metadata?.labels;
    if (labels) {
      if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
      if (Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
    }
    spec.replicas ??= 1;
    if (spec.template) defaultPodTemplate(spec.template);
  },
  prepareForCreate: dropStatus,
  validate: ({ spec }) => validateSpec(spec as ReplicationControllerSpec),
  warnings: ({ spec }, old) => templateWarnings(spec?.template, old?.spec?.template),
  cells: ({ metadata, spec, status }, { now }) => [
    metadata.name,
    spec?.replicas ?? 0,
    status?.replicas ?? 0,
    status?.readyReplicas ?? 0,
    age(metadata.creationTimestamp, now),
    ...containerCells(spec?.template?.spec?.containers),
    formatLabels(spec?.selector),
  ],
  selectableFields: ({ status }) => ({ "status.replicas": String(status?.replicas ?? 0) }),
  scale: {
    specReplicas: ({ spec }) => spec?.replicas ?? 0,
    setSpecReplicas({ spec }, replicas) {
      (spec as ReplicationControllerSpec).replicas = replicas;
    },
    statusReplicas: ({ status }) => status?.replicas ?? 0,
    selector: ({ spec }) => formatLabels(spec?.selector),
  },
});

function validateSpec({ minReadySeconds, selector = {}, replicas, template }: ReplicationControllerSpec): FieldError[] {
  const empty = Object.keys(selector).length === 0;
  return [
    ...nonNegative("spec.minReadySeconds", minReadySeconds),
    ...(empty ? [fieldError.required("spec.selector")] : []),
    ...nonNegative("spec.replicas", replicas),
    ...(template
      ? [
          ...(empty ? [] : validateSelectorMatchesTemplate({ matchLabels: selector }, template, "spec.template")),
          ...validatePodTemplate(template, "spec.template"),
          ...validateRunsForever(template, "ReplicationController", "spec.template"),
        ]
      : [fieldError.required("spec.template")]),
  ];
}
