import type { Deployment, DeploymentSpec } from "kubernetes-types/apps/v1";
import { formatLabelSelector } from "../api/selectors.ts";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { age } from "./duration.ts";
import { immutable, nonNegative } from "./field-checks.ts";
import { numberOf, validateAtMost100Percent, validateIntOrPercent } from "./int-or-string.ts";
import { defaultPodTemplate } from "./pod-spec/defaults.ts";
import { containerCells } from "./printing.ts";
import { defineResource } from "./resource.ts";
import { templateWarnings, validateSelectedTemplate } from "./workload.ts";
import { dropStatus, type Writable } from "./writable.ts";

/** Models pkg/registry/apps/deployment/strategy.go. */
export const deployments = defineResource<Writable<Deployment>>({
  resource: "deployments.apps",
  generation: "with annotations",
  defaults(deployment) {
    const spec = (deployment.spec ??= {} as DeploymentSpec);
    spec.replicas ??= 1;
    spec.revisionHistoryLimit ??= 10;
    spec.progressDeadlineSeconds ??= 600;
    const strategy = (spec.strategy ??= {});
    strategy.type ||= "RollingUpdate";
    if (strategy.type === "RollingUpdate") {
      strategy.rollingUpdate ??= {};
      strategy.rollingUpdate.maxUnavailable ??= "25%";
      strategy.rollingUpdate.maxSurge ??= "25%";
    }
    defaultPodTemplate((spec.template ??= {}));
  },
  prepareForCreate: dropStatus,
  validate: ({ spec }) => validateSpec(spec as DeploymentSpec),
  validateUpdate: ({ spec }, old) => immutable("spec.selector", spec?.selector, old.spec?.selector),
  warnings: ({ spec }, old) => templateWarnings(spec?.template, old?.spec?.template),
  cells: ({ metadata, spec, status = {} }, { now }) => [
    metadata.name,
    `${status.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
    status.updatedReplicas ?? 0,
    status.availableReplicas ?? 0,
    age(metadata.creationTimestamp, now),
    ...containerCells(spec?.template.spec?.containers),
    formatLabelSelector(spec?.selector),
  ],
  scale: {
    specReplicas: ({ spec }) => spec?.replicas ?? 0,
    setSpecReplicas({ spec }, replicas) {
      (spec as DeploymentSpec).replicas = replicas;
    },
    statusReplicas: ({ status }) => status?.replicas ?? 0,
    selector: ({ spec }) => formatLabelSelector(spec?.selector),
  },
});

function validateSpec(spec: DeploymentSpec): FieldError[] {
  const { progressDeadlineSeconds: deadline, minReadySeconds = 0 } = spec;
  return [
    ...nonNegative("spec.replicas", spec.replicas),
    ...validateSelectedTemplate(spec, "deployment", "invalid label selector"),
    ...validateStrategy(spec.strategy ?? {}, "spec.strategy"),
    ...nonNegative("spec.minReadySeconds", spec.minReadySeconds),
    ...nonNegative("spec.revisionHistoryLimit", spec.revisionHistoryLimit),
    ...nonNegative("spec.progressDeadlineSeconds", deadline),
    ...(deadline !== undefined && deadline <= minReadySeconds
      ? [fieldError.invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds")]
      : []),
  ];
}

function validateStrategy(strategy: NonNullable<DeploymentSpec["strategy"]>, field: string): FieldError[] {
  const { type, rollingUpdate } = strategy;
  if (type === "Recreate") {
    const text = "may not be specified when strategy `type` is 'Recreate'";
    return rollingUpdate ? [fieldError.forbidden(`${field}.rollingUpdate`, text)] : [];
  }
  if (type !== "RollingUpdate") return [fieldError.notSupported(field, strategy, ["Recreate", "RollingUpdate"])];
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate ?? {};
  const path = `${field}.rollingUpdate.maxUnavailable`;
  return [
    ...validateIntOrPercent(maxUnavailable, path),
    ...validateIntOrPercent(maxSurge, `${field}.rollingUpdate.maxSurge`),
    ...(numberOf(maxUnavailable) === 0 && numberOf(maxSurge) === 0
      ? [fieldError.invalid(path, maxUnavailable, "may not be 0 when `maxSurge` is 0")]
      : []),
    ...validateAtMost100Percent(maxUnavailable, path),
  ];
}
