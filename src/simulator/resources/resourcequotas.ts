import type { ResourceQuota, ResourceQuotaSpec } from "kubernetes-types/core/v1";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { age } from "./duration.ts";
import { invalidAll, same } from "./field-checks.ts";
import { qualifiedName } from "./names.ts";
import { validateQuantity } from "./pod-spec/requirements.ts";
import { isQuotaResource, isStandardResource } from "./resource-names.ts";
import { defineResource } from "./resource.ts";
import { dropStatus, type Writable } from "./writable.ts";

const PODS = ["pods"];
const COMPUTE = ["cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory"];
/** What each scope can be asked for. */
const SCOPES: Record<string, readonly string[]> = {
  Terminating: [...PODS, ...COMPUTE],
  NotTerminating: [...PODS, ...COMPUTE],
  BestEffort: PODS,
  NotBestEffort: [...PODS, ...COMPUTE],
  PriorityClass: [...PODS, ...COMPUTE],
  CrossNamespacePodAffinity: [...PODS, ...COMPUTE],
  VolumeAttributesClass: ["persistentvolumeclaims", "requests.storage"],
};
const OPPOSITES = [
  ["BestEffort", "NotBestEffort"],
  ["Terminating", "NotTerminating"],
] as const;

/** Models pkg/registry/core/resourcequota and core validation ValidateResourceQuota. */
export const resourcequotas = defineResource<Writable<ResourceQuota>>({
  resource: "resourcequotas",
  defaults(quota) {
    quota.spec ??= {};
  },
  prepareForCreate: dropStatus,
  validate: ({ spec }) => validateSpec(spec as ResourceQuotaSpec),
  validateUpdate({ spec }, old) {
    const scopes = (list: readonly string[] = []) => [...list].sort();
    return same(scopes(spec?.scopes), scopes(old.spec?.scopes))
      ? []
      : [fieldError.invalid("spec.scopes", spec?.scopes, "field is immutable")];
  },
  cells: ({ metadata, status = {} }, { now }) => {
    const names = Object.keys(status.hard ?? {}).sort();
    const column = (limits: boolean) =>
      names
        .filter((name) => name.startsWith("limits.") === limits)
        .map((name) => `${name}: ${status.used?.[name] ?? "0"}/${status.hard?.[name]}`)
        .join(", ");
    return [metadata.name, column(false), column(true), age(metadata.creationTimestamp, now)];
  },
});

function validateSpec({ hard = {}, scopes = [], scopeSelector }: ResourceQuotaSpec): FieldError[] {
  const names = Object.keys(hard).sort();
  const unfit = (scope: string) => names.some((name) => isQuotaResource(name) && !(SCOPES[scope]?.includes(name) ?? true));
  const selected = (scopeSelector?.matchExpressions ?? []).map(({ scopeName }) => scopeName);
  return [
    ...names.flatMap((name) => {
      const field = `spec.hard[${name}]`;
      return [...validateName(name, field), ...validateQuantity(name, hard[name] as string, field)];
    }),
    ...scopes.flatMap((scope) => [
      ...(SCOPES[scope] ? [] : [fieldError.invalid("spec.scopes", scopes, "unsupported scope")]),
      ...(unfit(scope) ? [fieldError.invalid("spec.scopes", scopes, "unsupported scope applied to resource")] : []),
    ]),
    ...OPPOSITES.filter((pair) => pair.every((scope) => scopes.includes(scope))).map(() =>
      fieldError.invalid("spec.scopes", scopes, "conflicting scopes"),
    ),
    ...selected
      .filter((scope) => !SCOPES[scope])
      .map((scope) => fieldError.invalid("spec.scopeSelector.matchExpressions.scopeName", scope, "unsupported scope")),
    ...selected
      .filter(unfit)
      .map(() =>
        fieldError.invalid("spec.scopeSelector.matchExpressions", scopeSelector, "unsupported scope applied to resource"),
      ),
  ];
}

function validateName(name: string, field: string): FieldError[] {
  const errors = invalidAll(field, name, qualifiedName(name));
  if (errors.length > 0 || name.includes("/")) return errors;
  return [
    ...(isStandardResource(name) ? [] : [fieldError.invalid(field, name, "must be a standard resource type or fully qualified")]),
    ...(isQuotaResource(name) ? [] : [fieldError.invalid(field, name, "must be a standard resource for quota")]),
  ];
}
