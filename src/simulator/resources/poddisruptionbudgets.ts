import type { PodDisruptionBudget, PodDisruptionBudgetSpec } from "kubernetes-types/policy/v1";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { age } from "./duration.ts";
import { optionalOneOf } from "./field-checks.ts";
import { validateAtMost100Percent, validateIntOrPercent } from "./int-or-string.ts";
import { validateLabelSelector } from "./label-selector.ts";
import { defineResource } from "./resource.ts";
import { dropStatus, type Writable } from "./writable.ts";

/** Models pkg/registry/policy/poddisruptionbudget and pkg/apis/policy/validation. */
export const poddisruptionbudgets = defineResource<Writable<PodDisruptionBudget>>({
  resource: "poddisruptionbudgets.policy",
  generation: true,
  defaults(budget) {
    budget.spec ??= {};
  },
  prepareForCreate: dropStatus,
  validate: ({ spec }) => validateSpec(spec as PodDisruptionBudgetSpec),
  cells: ({ metadata, spec, status }, { now }) => [
    metadata.name,
    String(spec?.minAvailable ?? "N/A"),
    String(spec?.maxUnavailable ?? "N/A"),
    status?.disruptionsAllowed ?? 0,
    age(metadata.creationTimestamp, now),
  ],
});

function validateSpec(spec: PodDisruptionBudgetSpec): FieldError[] {
  const { minAvailable, maxUnavailable, unhealthyPodEvictionPolicy: policy } = spec;
  const amounts = Object.entries({ minAvailable, maxUnavailable });
  return [
    ...(minAvailable !== undefined && maxUnavailable !== undefined
      ? [fieldError.invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set")]
      : []),
    ...amounts.flatMap(([name, value]) =>
      value === undefined
        ? []
        : [...validateIntOrPercent(value, `spec.${name}`), ...validateAtMost100Percent(value, `spec.${name}`)],
    ),
    ...validateLabelSelector(spec.selector, "spec.selector"),
    ...optionalOneOf("spec.unhealthyPodEvictionPolicy", policy, ["AlwaysAllow", "IfHealthyBudget"]),
  ];
}
