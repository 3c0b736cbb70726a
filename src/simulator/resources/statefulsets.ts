import type { StatefulSet, StatefulSetSpec } from "kubernetes-types/apps/v1";
import { formatLabelSelector } from "../api/selectors.ts";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { age } from "./duration.ts";
import { nonNegative, optionalOneOf, same } from "./field-checks.ts";
import { numberOf, validateAtMost100Percent, validateIntOrPercent } from "./int-or-string.ts";
import { isEmptySelector, validateLabels } from "./label-selector.ts";
import { dns1123Label } from "./names.ts";
import { validateAnnotations } from "./object-meta.ts";
import { defaultClaimSpec } from "./persistentvolumeclaims.ts";
import { defaultPodTemplate } from "./pod-spec/defaults.ts";
import { validateRunsForever, validateSelectorMatchesTemplate } from "./pod-template.ts";
import { containerCells } from "./printing.ts";
import { defineResource } from "./resource.ts";
import { templateWarnings, validateSelector } from "./workload.ts";
import { dropStatus, type Writable } from "./writable.ts";

const UPDATABLE = [
  "replicas",
  "ordinals",
  "template",
  "updateStrategy",
  "revisionHistoryLimit",
  "persistentVolumeClaimRetentionPolicy",
  "minReadySeconds",
] as const;

/** Models pkg/registry/apps/statefulset/strategy.go. */
export const statefulsets = defineResource<Writable<StatefulSet>>({
  resource: "statefulsets.apps",
  generation: true,
  defaults(set) {
    const spec = (set.spec ??= {} as StatefulSetSpec);
    spec.podManagementPolicy ||= "OrderedReady";
    const strategy = (spec.updateStrategy ??= {});
    if (!strategy.type) {
      strategy.type = "RollingUpdate";
      strategy.rollingUpdate ??= {};
    }
    if (strategy.type === "RollingUpdate" && strategy.rollingUpdate) strategy.rollingUpdate.partition ??= 0;
    spec.persistentVolumeClaimRetentionPolicy = {
      whenDeleted: "Retain",
      whenScaled: "Retain",
      ...spec.persistentVolumeClaimRetentionPolicy,
    };
    spec.replicas ??= 1;
    spec.revisionHistoryLimit ??= 10;
    spec.serviceName ??= "";
    defaultPodTemplate((spec.template ??= {}));
    for (const claim of (spec.volumeClaimTemplates ?? []) as Writable<
      NonNullable<StatefulSetSpec["volumeClaimTemplates"]>[number]
    >[]) {
      claim.apiVersion = "v1";
      claim.kind = "PersistentVolumeClaim";
      defaultClaimSpec((claim.spec ??= {}));
      claim.status = { phase: "Pending", ...claim.status };
    }
  },
  prepareForCreate: dropStatus,
  // The name becomes part of the pods' host names.
  validateName: (name) => dns1123Label(name)[0],
  validate: ({ spec }) => validateSpec(spec as StatefulSetSpec),
  validateUpdate({ spec }, old) {
    const rest = { ...spec } as Partial<StatefulSetSpec>;
    const before = { ...old.spec } as Partial<StatefulSetSpec>;
    for (const field of UPDATABLE) {
      delete rest[field];
      delete before[field];
    }
    if (same(rest, before)) return [];
    const fields = UPDATABLE.map((field) => `'${field}'`);
    const list = `${fields.slice(0, -1).join(", ")} and ${fields.at(-1)}`;
    return [fieldError.forbidden("spec", `updates to statefulset spec for fields other than ${list} are forbidden`)];
  },
  warnings: ({ spec }, old) => templateWarnings(spec?.template, old?.spec?.template),
  cells: ({ metadata, spec, status }, { now }) => [
    metadata.name,
    `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
    age(metadata.creationTimestamp, now),
    ...containerCells(spec?.template.spec?.containers),
  ],
  scale: {
    specReplicas: ({ spec }) => spec?.replicas ?? 0,
    setSpecReplicas({ spec }, replicas) {
      (spec as StatefulSetSpec).replicas = replicas;
    },
    statusReplicas: ({ status }) => status?.replicas ?? 0,
    selector: ({ spec }) => formatLabelSelector(spec?.selector),
  },
});

/** The pod's own spec is left to the pods, for their volumes come from the claims (apps validation ValidateStatefulSetSpec). */
function validateSpec(spec: StatefulSetSpec): FieldError[] {
  const { podManagementPolicy: management, persistentVolumeClaimRetentionPolicy: retention, template, selector } = spec;
  const { errors, usable } = validateSelector(selector, "statefulset", "");
  const labels = "spec.template.labels";
  return [
    ...(management === "OrderedReady" || management === "Parallel"
      ? []
      : [fieldError.invalid("spec.podManagementPolicy", management, "must be 'OrderedReady' or 'Parallel'")]),
    ...validateStrategy(spec.updateStrategy ?? {}, "spec.updateStrategy"),
    ...optionalOneOf("spec.persistentVolumeClaimRetentionPolicy.whenDeleted", retention?.whenDeleted, ["Retain", "Delete"]),
    ...optionalOneOf("spec.persistentVolumeClaimRetentionPolicy.whenScaled", retention?.whenScaled, ["Retain", "Delete"]),
    ...nonNegative("spec.replicas", spec.replicas),
    ...nonNegative("spec.minReadySeconds", spec.minReadySeconds),
    ...nonNegative("spec.ordinals.start", spec.ordinals?.start),
    ...errors,
    ...(usable && !(selector && isEmptySelector(selector))
      ? validateSelectorMatchesTemplate(selector, template, "spec.template")
      : []),
    ...validateLabels(template.metadata?.labels, labels),
    ...validateAnnotations(template.metadata?.annotations, "spec.template.annotations"),
    ...validateRunsForever(template, "StatefulSet", "spec.template"),
    ...nonNegative("spec.revisionHistoryLimit", spec.revisionHistoryLimit),
  ];
}

function validateStrategy(strategy: NonNullable<StatefulSetSpec["updateStrategy"]>, field: string): FieldError[] {
  const { type, rollingUpdate } = strategy;
  if (type === "OnDelete") {
    const text = "only allowed for updateStrategy 'RollingUpdate'";
    return rollingUpdate ? [fieldError.invalid(`${field}.rollingUpdate`, rollingUpdate, text)] : [];
  }
  if (type !== "RollingUpdate") return [fieldError.invalid(field, strategy, "must be 'RollingUpdate' or 'OnDelete'")];
  const { partition, maxUnavailable } = rollingUpdate ?? {};
  const path = `${field}.rollingUpdate.maxUnavailable`;
  return [
    ...nonNegative(`${field}.rollingUpdate.partition`, partition),
    ...(maxUnavailable === undefined
      ? []
      : [
          ...validateIntOrPercent(maxUnavailable, path),
          ...(numberOf(maxUnavailable) === 0 ? [fieldError.invalid(path, maxUnavailable, "cannot be 0")] : []),
          ...validateAtMost100Percent(maxUnavailable, path),
        ]),
  ];
}
