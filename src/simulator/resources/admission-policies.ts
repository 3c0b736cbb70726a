import type {
  MatchResources,
  ParamRef,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from "kubernetes-types/admissionregistration/v1";
import { formatLabelSelector } from "../api/selectors.ts";
import type { Live } from "../api/object.ts";
import { fieldError } from "../api/status-error.ts";
import { age } from "./duration.ts";
import { optionalOneOf } from "./field-checks.ts";
import { defineResource } from "./resource.ts";
import { dropStatus, type Writable } from "./writable.ts";

/** Models pkg/registry/admissionregistration/validatingadmissionpolicy. */
export const validatingadmissionpolicies = defineResource<Writable<ValidatingAdmissionPolicy>>({
  resource: "validatingadmissionpolicies.admissionregistration.k8s.io",
  generation: true,
  defaults(policy) {
    const spec = (policy.spec ??= {});
    spec.failurePolicy ??= "Fail";
    if (spec.matchConstraints) defaultMatch(spec.matchConstraints);
  },
  prepareForCreate: dropStatus,
  validate: ({ spec = {} }) => [
    ...optionalOneOf("spec.failurePolicy", spec.failurePolicy, ["Fail", "Ignore"]),
    ...(spec.matchConstraints ? [] : [fieldError.required("spec.matchConstraints")]),
    ...(spec.validations?.length || spec.auditAnnotations?.length
      ? []
      : [fieldError.required("spec.validations", "validations or auditAnnotations must be non-empty")]),
  ],
  cells: ({ metadata, spec }, { now }) => [
    metadata.name,
    (spec?.validations ?? []).length,
    spec?.paramKind ? `${spec.paramKind.apiVersion}/${spec.paramKind.kind}` : "<unset>",
    age(metadata.creationTimestamp, now),
  ],
});

/** Models pkg/registry/admissionregistration/validatingadmissionpolicybinding. */
export const validatingadmissionpolicybindings = defineResource<Live<ValidatingAdmissionPolicyBinding>>({
  resource: "validatingadmissionpolicybindings.admissionregistration.k8s.io",
  generation: true,
  defaults({ spec }) {
    if (spec?.matchResources) defaultMatch(spec.matchResources);
  },
  validate: ({ spec = {} }) => [
    ...(spec.policyName ? [] : [fieldError.required("spec.policyName")]),
    ...(spec.validationActions?.length
      ? []
      : [fieldError.required("spec.validationActions", "at least one validation action is required")]),
  ],
  cells: ({ metadata, spec }, { now }) => [
    metadata.name,
    spec?.policyName ?? "",
    formatParam(spec?.paramRef),
    age(metadata.creationTimestamp, now),
  ],
});

function defaultMatch(match: MatchResources): void {
  match.matchPolicy ??= "Equivalent";
  match.namespaceSelector ??= {};
  match.objectSelector ??= {};
  const rules = [...(match.resourceRules ?? []), ...(match.excludeResourceRules ?? [])];
  for (const rule of rules as { scope?: string }[]) rule.scope ??= "*";
}

function formatParam(param: ParamRef | undefined): string {
  if (!param) return "<unset>";
  if (param.name) return `${param.namespace || "*"}/${param.name}`;
  return param.selector ? formatLabelSelector(param.selector) : "<unset>";
}
