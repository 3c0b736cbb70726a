import type { DaemonSet, DaemonSetSpec } from "kubernetes-types/apps/v1";
import { formatLabelSelector, selectorMatches } from "../api/selectors.ts";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { age } from "./duration.ts";
import { immutable, nonNegative, same } from "./field-checks.ts";
import { numberOf, validateAtMost100Percent, validateIntOrPercent } from "./int-or-string.ts";
import { isEmptySelector, validateLabelSelector } from "./label-selector.ts";
import { defaultPodTemplate } from "./pod-spec/defaults.ts";
import { validatePodTemplate, validateRunsForever } from "./pod-template.ts";
import { containerCells, formatLabels } from "./printing.ts";
import { defineResource } from "./resource.ts";
import { templateWarnings } from "./workload.ts";
import { dropStatus, type Writable } from "./writable.ts";

/** Counts the changes of the template, for clients of before ControllerRevisions. */
const TEMPLATE_GENERATION = "deprecated.daemonset.template.generation";

/** Models pkg/registry/apps/daemonset/strategy.go. */
export const daemonsets = defineResource<Writable<DaemonSet>>({
  resource: "daemonsets.apps",
  generation: true,
  defaults(set) {
    const spec = (set.spec ??= {} as DaemonSetSpec);
    spec.revisionHistoryLimit ??= 10;
    const strategy = (spec.updateStrategy ??= {});
    strategy.type ||= "RollingUpdate";
    if (strategy.type === "RollingUpdate") {
      strategy.rollingUpdate ??= {};
      strategy.rollingUpdate.maxUnavailable ??= 1;
      strategy.rollingUpdate.maxSurge ??= 0;
    }
    defaultPodTemplate((spec.template ??= {}));
  },
  prepareForCreate(set) {
    dropStatus(set);
    setTemplateGeneration(set, 1);
  },
  prepareForUpdate(set, old) {
    const generation = Number(old.metadata.annotations?.[TEMPLATE_GENERATION] ?? 0);
    setTemplateGeneration(set, same(set.spec?.template, old.spec?.template) ? generation : generation + 1);
  },
  validate: ({ spec }) => validateSpec(spec as DaemonSetSpec),
  validateUpdate: ({ spec }, old) => immutable("spec.selector", spec?.selector, old.spec?.selector),
  warnings: ({ spec }, old) => templateWarnings(spec?.template, old?.spec?.template),
  cells: ({ metadata, spec, status }, { now }) => [
    metadata.name,
    status?.desiredNumberScheduled ?? 0,
    status?.currentNumberScheduled ?? 0,
    status?.numberReady ?? 0,
    status?.updatedNumberScheduled ?? 0,
    status?.numberAvailable ?? 0,
    formatLabels(spec?.template.spec?.nodeSelector),
    age(metadata.creationTimestamp, now),
    ...containerCells(spec?.template.spec?.containers),
    formatLabelSelector(spec?.selector),
  ],
});

function setTemplateGeneration({ metadata }: Writable<DaemonSet>, generation: number): void {
  metadata.annotations = { ...metadata.annotations, [TEMPLATE_GENERATION]: String(generation) };
}

function validateSpec(spec: DaemonSetSpec): FieldError[] {
  const { selector, template } = spec;
  const labels = template.metadata?.labels;
  const own = validateLabelSelector(selector, "spec.selector");
  return [
    ...own,
    ...(own.length === 0 && !selectorMatches(selector ?? undefined, labels)
      ? [fieldError.invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")]
      : []),
    ...(selector && isEmptySelector(selector)
      ? [fieldError.invalid("spec.selector", selector, "empty selector is invalid for daemonset")]
      : []),
    ...validatePodTemplate(template, "spec.template"),
    ...validateRunsForever(template, "DaemonSet", "spec.template"),
    ...nonNegative("spec.minReadySeconds", spec.minReadySeconds),
    ...validateStrategy(spec.updateStrategy ?? {}, "spec.updateStrategy"),
    ...nonNegative("spec.revisionHistoryLimit", spec.revisionHistoryLimit),
  ];
}

function validateStrategy(strategy: NonNullable<DaemonSetSpec["updateStrategy"]>, field: string): FieldError[] {
  if (strategy.type === "OnDelete") return [];
  if (strategy.type !== "RollingUpdate") return [fieldError.notSupported(field, strategy, ["RollingUpdate", "OnDelete"])];
  const { maxUnavailable = 0, maxSurge = 0 } = strategy.rollingUpdate ?? {};
  const [unavailable, surge] = [`${field}.rollingUpdate.maxUnavailable`, `${field}.rollingUpdate.maxSurge`];
  const errors = [
    ...validateIntOrPercent(maxUnavailable, unavailable),
    ...validateIntOrPercent(maxSurge, surge),
    ...validateAtMost100Percent(maxUnavailable, unavailable),
    ...validateAtMost100Percent(maxSurge, surge),
  ];
  const [hasUnavailable, hasSurge] = [numberOf(maxUnavailable) !== 0, numberOf(maxSurge) !== 0];
  if (hasUnavailable && hasSurge)
    errors.push(fieldError.invalid(surge, maxSurge, "may not be set when maxUnavailable is non-zero"));
  if (!hasUnavailable && !hasSurge) errors.push(fieldError.required(unavailable, "cannot be 0 when maxSurge is 0"));
  return errors;
}
