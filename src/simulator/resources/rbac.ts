import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef, Subject } from "kubernetes-types/rbac/v1";
import type { KubeObject, Live } from "../api/object.ts";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { age } from "./duration.ts";
import { invalidAll, same } from "./field-checks.ts";
import { validateLabelSelector } from "./label-selector.ts";
import { dns1123Subdomain } from "./names.ts";
import { defineResource, type Cell, type ResourceStrategy } from "./resource.ts";

const GROUP = "rbac.authorization.k8s.io";

/** A segment of a URL's path: RBAC names may have colons and capitals (apimachinery pkg/api/validation/path). */
export const pathSegment = (name: string): string | undefined => {
  if (name === "." || name === "..") return `may not be '${name}'`;
  const found = ["/", "%"].filter((part) => name.includes(part));
  return found.length > 0 ? `may not contain '${found[0]}'` : undefined;
};

/** Models pkg/registry/rbac and pkg/apis/rbac/validation. Escalation is checked elsewhere. */
export const roles = defineResource<Live<Role>>({
  resource: `roles.${GROUP}`,
  validateName: pathSegment,
  validate: ({ rules }) => validateRules(rules, true),
});

export const clusterroles = defineResource<Live<ClusterRole>>({
  resource: `clusterroles.${GROUP}`,
  validateName: pathSegment,
  validate: ({ rules, aggregationRule }) => [
    ...validateRules(rules, false),
    ...(aggregationRule ? validateAggregation(aggregationRule, "aggregationRule.clusterRoleSelectors") : []),
  ],
});

export const rolebindings = bindings<Live<RoleBinding>>(`rolebindings.${GROUP}`, ["Role", "ClusterRole"]);
export const clusterrolebindings = bindings<Live<ClusterRoleBinding>>(`clusterrolebindings.${GROUP}`, ["ClusterRole"]);

interface Binding extends KubeObject {
  roleRef: RoleRef;
  subjects?: Subject[];
}

function bindings<T extends Binding>(resource: string, kinds: readonly string[]): ResourceStrategy {
  const namespaced = kinds.includes("Role");
  return defineResource<T>({
    resource,
    defaults(binding) {
      binding.roleRef ??= {} as RoleRef;
      binding.roleRef.apiGroup ||= GROUP;
      for (const subject of binding.subjects ?? []) {
        if (subject.kind === "User" || subject.kind === "Group") subject.apiGroup ||= GROUP;
      }
    },
    validateName: pathSegment,
    validate: ({ roleRef, subjects = [] }) => [
      ...(roleRef.apiGroup === GROUP ? [] : [fieldError.notSupported("roleRef.apiGroup", roleRef.apiGroup, [GROUP])]),
      ...(kinds.includes(roleRef.kind) ? [] : [fieldError.notSupported("roleRef.kind", roleRef.kind ?? "", kinds)]),
      ...validateRefName(roleRef.name),
      ...subjects.flatMap((subject, index) => validateSubject(subject, namespaced, `subjects[${index}]`)),
    ],
    validateUpdate: ({ roleRef }, old) =>
      same(roleRef, old.roleRef)
        ? []
        : [
            fieldError.invalid(
              "roleRef",
              { APIGroup: roleRef.apiGroup, Kind: roleRef.kind, Name: roleRef.name },
              "cannot change roleRef",
            ),
          ],
    cells: bindingCells,
  });
}

function bindingCells({ metadata, roleRef, subjects = [] }: Binding, { now }: { now: number }): Cell[] {
  const names = (kind: string) =>
    subjects
      .filter((subject) => subject.kind === kind)
      .map(({ name, namespace }) => (kind === "ServiceAccount" && namespace ? `${namespace}/${name}` : name))
      .join(", ");
  return [
    metadata.name,
    `${roleRef.kind}/${roleRef.name}`,
    age(metadata.creationTimestamp, now),
    names("User"),
    names("Group"),
    names("ServiceAccount"),
  ];
}

function validateRules(rules: readonly PolicyRule[] | null | undefined, namespaced: boolean): FieldError[] {
  return (rules ?? []).flatMap(({ verbs, nonResourceURLs = [], apiGroups = [], resources = [], resourceNames = [] }, index) => {
    const field = `rules[${index}]`;
    const errors = verbs?.length ? [] : [fieldError.required(`${field}.verbs`, "verbs must contain at least one value")];
    if (nonResourceURLs.length > 0) {
      const wrong = (text: string) => errors.push(fieldError.invalid(`${field}.nonResourceURLs`, nonResourceURLs, text));
      if (namespaced) wrong("namespaced rules cannot apply to non-resource URLs");
      if (apiGroups.length + resources.length + resourceNames.length > 0) {
        wrong("rules cannot apply to both regular resources and non-resource URLs");
      }
      return errors;
    }
    if (apiGroups.length === 0)
      errors.push(fieldError.required(`${field}.apiGroups`, "resource rules must supply at least one api group"));
    if (resources.length === 0)
      errors.push(fieldError.required(`${field}.resources`, "resource rules must supply at least one resource"));
    return errors;
  });
}

const validateAggregation = (
  { clusterRoleSelectors = [] }: NonNullable<ClusterRole["aggregationRule"]>,
  field: string,
): FieldError[] =>
  clusterRoleSelectors.length === 0
    ? [fieldError.required(field, "at least one clusterRoleSelector required if aggregationRule is non-nil")]
    : clusterRoleSelectors.flatMap((selector, index) => validateLabelSelector(selector, `${field}[${index}]`));

function validateRefName(name: string | undefined): FieldError[] {
  if (!name) return [fieldError.required("roleRef.name")];
  const problem = pathSegment(name);
  return problem ? [fieldError.invalid("roleRef.name", name, problem)] : [];
}

function validateSubject({ kind, name, namespace, apiGroup = "" }: Subject, namespaced: boolean, field: string): FieldError[] {
  const errors = name ? [] : [fieldError.required(`${field}.name`)];
  switch (kind) {
    case "ServiceAccount":
      if (name) errors.push(...invalidAll(`${field}.name`, name, dns1123Subdomain(name)));
      if (apiGroup) errors.push(fieldError.notSupported(`${field}.apiGroup`, apiGroup, [""]));
      if (!namespaced && !namespace) errors.push(fieldError.required(`${field}.namespace`));
      return errors;
    case "User":
    case "Group":
      if (apiGroup !== GROUP) errors.push(fieldError.notSupported(`${field}.apiGroup`, apiGroup, [GROUP]));
      return errors;
    default:
      return [...errors, fieldError.notSupported(`${field}.kind`, kind ?? "", ["ServiceAccount", "User", "Group"])];
  }
}
