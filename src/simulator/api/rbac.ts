import type { KubeObject } from "./object.ts";
import type { Store } from "../store/store.ts";
import type { UserInfo } from "./user.ts";

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
  /** As on the wire; of lists and watches. */
  fieldSelector?: string;
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

/** Binds a role to subjects; `roleRef.kind` is Role or ClusterRole. */
export interface Binding extends KubeObject {
  subjects?: Subject[];
  roleRef: { apiGroup: string; kind: string; name: string };
}

export interface Role extends KubeObject {
  rules?: PolicyRule[];
}

export interface Decision {
  allowed: boolean;
  /** Names the binding that allowed it, or the roles that could not be looked up; else empty. */
  reason: string;
}

const GROUP = "rbac.authorization.k8s.io";

export const NO_ATTRIBUTES: Attributes = {
  verb: "",
  isResource: false,
  group: "",
  resource: "",
  subresource: "",
  name: "",
  namespace: "",
  path: "",
};

/** Decides by Roles and bindings (plugin/pkg/auth/authorizer/rbac). */
export function decideByRoles(store: Store, user: UserInfo, wanted: Attributes): Decision {
  const problems: string[] = [];
  for (const { binding, subject, rules, problem } of grants(store, user, wanted.namespace)) {
    if (problem) problems.push(problem);
    if (rules.some((rule) => ruleAllows(rule, wanted))) {
      return { allowed: true, reason: `RBAC: allowed by ${describe(binding, subject)}` };
    }
  }
  return { allowed: false, reason: problems.length > 0 ? `RBAC: ${joined(problems)}` : "" };
}

/** All rules of the user in the namespace, and which roles are bound but missing. Rules that several roles have come as often. */
export function rulesFor(store: Store, user: UserInfo, namespace: string): { rules: PolicyRule[]; problem: string } {
  const found = [...grants(store, user, namespace)];
  const problems = found.flatMap(({ problem }) => problem ?? []);
  return { rules: found.flatMap(({ rules }) => rules), problem: problems.length > 0 ? joined(problems) : "" };
}

/** The rules of the role that a binding in namespace `home` ("" for a ClusterRoleBinding) speaks of; undefined when it is missing. */
export function rulesOfRole(store: Store, { kind, name }: Binding["roleRef"], home: string): readonly PolicyRule[] | undefined {
  const role =
    kind === "ClusterRole"
      ? store.get(`clusterroles.${GROUP}`, { namespace: "", name })
      : store.get(`roles.${GROUP}`, { namespace: home, name });
  return role && ((role as Role).rules ?? []);
}

interface Grant {
  binding: Binding;
  subject: Subject;
  rules: readonly PolicyRule[];
  problem?: string;
}

/** Bindings that reach the user, cluster-wide ones first, then those of the namespace. */
function* grants(store: Store, user: UserInfo, namespace: string): Generator<Grant> {
  const bindings = [
    ...(store.list(`clusterrolebindings.${GROUP}`) as Binding[]),
    ...(namespace ? (store.list(`rolebindings.${GROUP}`, namespace) as Binding[]) : []),
  ];
  for (const binding of bindings) {
    const home = binding.metadata.namespace ?? "";
    const subject = binding.subjects?.find((one) => subjectMatches(one, user, home));
    if (!subject) continue;
    const rules = rulesOfRole(store, binding.roleRef, home);
    const { kind, name } = binding.roleRef;
    yield rules
      ? { binding, subject, rules }
      : { binding, subject, rules: [], problem: `${kind.toLowerCase()}.${GROUP} ${JSON.stringify(name)} not found` };
  }
}

/** As Go joins errors: each once, in brackets when there are several. */
function joined(problems: readonly string[]): string {
  const distinct = [...new Set(problems)];
  return distinct.length === 1 ? (distinct[0] as string) : `[${distinct.join(", ")}]`;
}

function describe({ metadata, roleRef }: Binding, { kind, name, namespace }: Subject): string {
  const home = metadata.namespace ?? "";
  const binding = home ? `RoleBinding "${metadata.name}/${home}"` : `ClusterRoleBinding "${metadata.name}"`;
  const subject = kind === "ServiceAccount" ? `${name}/${namespace || home}` : name;
  return `${binding} of ${roleRef.kind} "${roleRef.name}" to ${kind} "${subject}"`;
}

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
  if (!wanted.isResource) return (rule.nonResourceURLs ?? []).some((url) => urlCovers(url, wanted.path));
  const resource = wanted.subresource ? `${wanted.resource}/${wanted.subresource}` : wanted.resource;
  const resources = rule.resources ?? [];
  return (
    includes(rule.apiGroups ?? [], wanted.group) &&
    (includes(resources, resource) || (wanted.subresource !== "" && resources.includes(`*/${wanted.subresource}`))) &&
    (!rule.resourceNames?.length || rule.resourceNames.includes(wanted.name))
  );
}

const includes = (values: readonly string[], value: string) => values.includes("*") || values.includes(value);

const urlCovers = (url: string, path: string) => url === path || (url.endsWith("*") && path.startsWith(url.replace(/\*+$/, "")));

/**
 * What the owner of `owned` lacks of `wanted`, broken into rules of one verb and one resource or path each
 * (k8s.io/component-helpers/auth/rbac/validation).
 */
export const uncoveredRules = (owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] =>
  wanted.flatMap(singleRules).filter((single) => !owned.some((rule) => ruleCovers(rule, single)));

function singleRules({
  verbs,
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
}: PolicyRule): PolicyRule[] {
  const names = resourceNames.length > 0 ? resourceNames.map((name) => ({ resourceNames: [name] })) : [{}];
  return [
    ...apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        verbs.flatMap((verb) => names.map((name) => ({ apiGroups: [group], resources: [resource], verbs: [verb], ...name }))),
      ),
    ),
    ...nonResourceURLs.flatMap((url) => verbs.map((verb) => ({ nonResourceURLs: [url], verbs: [verb] }))),
  ];
}

/** `single` is one of singleRules: it has one verb, and one resource or one path. */
function ruleCovers(rule: PolicyRule, { verbs: [verb = ""], apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule) {
  if (!includes(rule.verbs, verb)) return false;
  const [url] = nonResourceURLs ?? [];
  if (url !== undefined) return (rule.nonResourceURLs ?? []).some((owned) => urlCovers(owned, url));
  const resource = resources?.[0] ?? "";
  const owned = rule.resources ?? [];
  const subresource = resource.slice(resource.indexOf("/") + 1);
  return (
    includes(rule.apiGroups ?? [], apiGroups?.[0] ?? "") &&
    (includes(owned, resource) || (resource.includes("/") && owned.includes(`*/${subresource}`))) &&
    (!rule.resourceNames?.length || (resourceNames !== undefined && rule.resourceNames.includes(resourceNames[0] ?? "")))
  );
}
