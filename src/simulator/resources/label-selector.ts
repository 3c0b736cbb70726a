import type { LabelSelector, LabelSelectorRequirement } from "kubernetes-types/meta/v1";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { invalidAll } from "./field-checks.ts";
import { labelValue, qualifiedName } from "./names.ts";

/** Labels of an object, a template, or a plain map selector (metav1validation.ValidateLabels). */
export const validateLabels = (labels: Record<string, string> = {}, field: string): FieldError[] =>
  Object.keys(labels)
    .sort()
    .flatMap((key) => [
      ...invalidAll(field, key, qualifiedName(key)),
      ...invalidAll(field, labels[key], labelValue(labels[key] as string)),
    ]);

/** A selector object (metav1validation.ValidateLabelSelector); undefined is fine here. */
export const validateLabelSelector = (selector: LabelSelector | undefined, field: string): FieldError[] => [
  ...validateLabels(selector?.matchLabels, `${field}.matchLabels`),
  ...(selector?.matchExpressions ?? []).flatMap((requirement, index) =>
    validateRequirement(requirement, `${field}.matchExpressions[${index}]`),
  ),
];

/** True when there is nothing in the selector, or none. */
export const isEmptySelector = (selector: LabelSelector | undefined): boolean =>
  Object.keys(selector?.matchLabels ?? {}).length + (selector?.matchExpressions ?? []).length === 0;

const validateRequirement = ({ key, operator, values = [] }: LabelSelectorRequirement, field: string): FieldError[] => [
  ...validateOperator(operator, values, field),
  ...invalidAll(`${field}.key`, key, qualifiedName(key)),
  ...values.flatMap((value, index) => invalidAll(`${field}.values[${index}]`, value, labelValue(value))),
];

/** The operator and how many values it takes; node selectors share it. */
export function validateOperator(operator: string, values: readonly string[], field: string): FieldError[] {
  switch (operator) {
    case "In":
    case "NotIn":
      return values.length > 0
        ? []
        : [fieldError.required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'")];
    case "Exists":
    case "DoesNotExist":
      return values.length === 0
        ? []
        : [fieldError.forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
    default:
      return [fieldError.invalid(`${field}.operator`, operator, "not a valid selector operator")];
  }
}
