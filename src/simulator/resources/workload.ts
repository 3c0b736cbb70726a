import type { PodTemplateSpec } from "kubernetes-types/core/v1";
import type { LabelSelector } from "kubernetes-types/meta/v1";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { same } from "./field-checks.ts";
import { isEmptySelector, validateLabelSelector } from "./label-selector.ts";
import { podWarnings } from "./pod-spec/warnings.ts";
import { validatePodTemplate, validateRunsForever, validateSelectorMatchesTemplate } from "./pod-template.ts";

interface Selecting {
  selector?: LabelSelector;
  template?: PodTemplateSpec;
}

/**
 * The selector of a workload that has to have one. `invalid` is what stands behind a selector that cannot be used at all, whose
 * template is then not looked at.
 */
export function validateSelector(
  selector: LabelSelector | undefined,
  kind: string,
  invalid: string,
): { errors: FieldError[]; usable: boolean } {
  const field = "spec.selector";
  if (!selector) return { errors: [fieldError.required(field)], usable: true };
  const own = validateLabelSelector(selector, field);
  const empty = isEmptySelector(selector) ? [fieldError.invalid(field, selector, `empty selector is invalid for ${kind}`)] : [];
  const usable = own.length === 0;
  return { errors: [...own, ...empty, ...(usable ? [] : [fieldError.invalid(field, selector, invalid)])], usable };
}

/** Selector and template of a Deployment or ReplicaSet (apps validation ValidatePodTemplateSpecForReplicaSet). */
export function validateSelectedTemplate({ selector, template = {} }: Selecting, kind: string, invalid: string): FieldError[] {
  const { errors, usable } = validateSelector(selector, kind, invalid);
  if (!usable) return errors;
  return [
    ...errors,
    ...(selector && isEmptySelector(selector) ? [] : validateSelectorMatchesTemplate(selector, template, "spec.template")),
    ...validatePodTemplate(template, "spec.template"),
    ...validateRunsForever(template, "ReplicaSet", "spec.template"),
  ];
}

/** Warnings about a template, unless an update leaves it as it was. */
export const templateWarnings = (
  template: PodTemplateSpec | undefined,
  old: PodTemplateSpec | undefined,
  prefix = "spec.template.",
): string[] =>
  template?.spec && !(old && same(template, old)) ? podWarnings(template.spec, template.metadata ?? {}, prefix) : [];
