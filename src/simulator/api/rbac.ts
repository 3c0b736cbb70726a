import type { KubeObject } from "./object.ts";
import type { Store } from "../store/store.ts";
import { MASTERS_GROUP, type UserInfo } from "./user.ts";

/** What somebody wants to do: a verb on a resource, or on a path that is no resource. */
export interface Attributes {
  verb: string;
  isResource: boolean;
  group: string;
  resource: string;
  subresource: string;
  name: string;
  namespace: string;
  path: string;
}

export interface PolicyRule {
  verbs: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
}

interface Subject {
  kind: "User" | "Group" | "ServiceAccount";
  name: string;
  namespace?: string;
}

interface Binding extends KubeObject {
  subjects?: Subject[];
  roleRef: { apiGroup: string; kind: string; name: string };
}

interface Role extends KubeObject {
  rules?: PolicyRule[];
}

export interface Decision {
  allowed: boolean;
  /** Names the binding that allowed it; empty when none did. */
  reason: string;
}

const GROUP = "rbac.authorization.k8s.io";

/** Decides by Roles and bindings (plugin/pkg/auth/authorizer/rbac). */
export function authorize(store: Store, user: UserInfo, attributes: Attributes): Decision {
  if (user.groups.includes(MASTERS_GROUP)) return { allowed: true, reason: "" };
  for (const { rule, reason } of grants(store, user, attributes.namespace)) {
    if (ruleAllows(rule, attributes)) return { allowed: true, reason };
  }
  return { allowed: false, reason: "" };
}

/** Every rule that reaches the user, cluster-wide ones first, then those of the namespace. */
export function* grants(store: Store, user: UserInfo, namespace: string): Generator<{ rule: PolicyRule; reason: string }> {
  const bindings = [
    ...(store.list(`clusterrolebindings.${GROUP}`) as Binding[]),
    ...(namespace ? (store.list(`rolebindings.${GROUP}`, namespace) as Binding[]) : []),
  ];
  for (const binding of bindings) {
    const { name, namespace: home = "" } = binding.metadata;
    const subject = binding.subjects?.find((one) => subjectMatches(one, user, home));
    if (!subject) continue;
    const { roleRef } = binding;
    const role = (
      roleRef.kind === "ClusterRole"
        ? store.get(`clusterroles.${GROUP}`, { namespace: "", name: roleRef.name })
        : store.get(`roles.${GROUP}`, { namespace: home, name: roleRef.name })
    ) as Role | undefined;
    const kind = home ? "RoleBinding" : "ClusterRoleBinding";
    const reason = `RBAC: allowed by ${kind} "${home ? `${name}/${home}` : name}" of ${roleRef.kind} "${roleRef.name}" to ${describe(subject)}`;
    for (const rule of role?.rules ?? []) yield { rule, reason };
  }
}

const describe = ({ kind, name, namespace }: Subject) => `${kind} "${kind === "ServiceAccount" ? `${name}/${namespace}` : name}"`;

function subjectMatches({ kind, name, namespace }: Subject, user: UserInfo, home: string): boolean {
  switch (kind) {
    case "User":
      return user.username === name;
    case "Group":
      return user.groups.includes(name);
    case "ServiceAccount":
      return user.username === `system:serviceaccount:${namespace || home}:${name}`;
  }
}

export function ruleAllows(rule: PolicyRule, wanted: Attributes): boolean {
  if (!includes(rule.verbs, wanted.verb)) return false;
  if (!wanted.isResource) {
    return (rule.nonResourceURLs ?? []).some(
      (url) => url === "*" || url === wanted.path || (url.endsWith("*") && wanted.path.startsWith(url.slice(0, -1))),
    );
  }
  const resource = wanted.subresource ? `${wanted.resource}/${wanted.subresource}` : wanted.resource;
  const resources = rule.resources ?? [];
  return (
    includes(rule.apiGroups ?? [], wanted.group) &&
    (includes(resources, resource) || (wanted.subresource !== "" && resources.includes(`*/${wanted.subresource}`))) &&
    (!rule.resourceNames?.length || rule.resourceNames.includes(wanted.name))
  );
}

const includes = (values: readonly string[], value: string) => values.includes("*") || values.includes(value);
