import type { AdmissionPlugin, AdmissionRequest } from "../api/admission.ts";
import { authorize } from "../api/authorize.ts";
import { NO_ATTRIBUTES, rulesFor, rulesOfRole, uncoveredRules, type Binding, type PolicyRule, type Role } from "../api/rbac.ts";
import type { Registry } from "../api/registry.ts";
import { equal } from "../api/rest/equal.ts";
import { StatusError } from "../api/status-error.ts";
import { MASTERS_GROUP } from "../api/user.ts";

const GROUP = "rbac.authorization.k8s.io";

/** Needed to collect rules: those of all roles there may ever be. */
const EVERYTHING: readonly PolicyRule[] = [
  { apiGroups: ["*"], resources: ["*"], verbs: ["*"] },
  { nonResourceURLs: ["*"], verbs: ["*"] },
];

/**
 * Nobody gives what they do not have, unless they may `escalate` roles or `bind` this one. In upstream the storage of roles and
 * bindings does this, behind all admission (pkg/registry/rbac, policybased).
 */
export const rbacEscalation: AdmissionPlugin = {
  name: "RBACEscalation",
  mutate(request, registry) {
    const { operation, endpoint, subresource, user } = request;
    if (operation === "DELETE" || subresource || endpoint.resource.group !== GROUP) return;
    if (user.groups.includes(MASTERS_GROUP) || changesNothing(request)) return;
    if (endpoint.resource.resource.endsWith("roles")) checkRole(request, registry);
    else checkBinding(request, registry);
  },
};

/** Owners and finalizers may be changed by whoever cleans up. */
function changesNothing({ object, old }: AdmissionRequest): boolean {
  if (!object || !old) return false;
  const { ownerReferences: _owners, finalizers: _finalizers, managedFields: _managers, ...metadata } = object.metadata;
  const { ownerReferences, finalizers, managedFields } = old.metadata;
  const kept = { ...(ownerReferences && { ownerReferences }), ...(finalizers && { finalizers }) };
  return equal({ ...object, metadata: { ...metadata, ...kept, ...(managedFields && { managedFields }) } }, old);
}

interface ClusterRole extends Role {
  aggregationRule?: { clusterRoleSelectors?: unknown[] };
}

function checkRole(request: AdmissionRequest, registry: Registry): void {
  const { operation, endpoint, user, namespace, name } = request;
  const role = request.object as ClusterRole;
  const escalate = { ...NO_ATTRIBUTES, ...endpoint.resource, verb: "escalate", isResource: true, namespace };
  if (authorize(registry.store, user, { ...escalate, name: operation === "CREATE" ? "" : name }).allowed) return;
  expectHeld(request, registry, role.rules ?? []);
  const collects = [role, request.old as ClusterRole | undefined].some(
    (one) => one?.aggregationRule?.clusterRoleSelectors?.length,
  );
  if (collects && uncoveredRules(rulesFor(registry.store, user, namespace).rules, EVERYTHING).length > 0) {
    throw StatusError.forbidden(endpoint.resource, name, "must have cluster-admin privileges to use the aggregationRule");
  }
}

const REFERENCES: Readonly<Record<string, string>> = { ClusterRole: "clusterroles", Role: "roles" };

function checkBinding(request: AdmissionRequest, registry: Registry): void {
  const { user, namespace } = request;
  const { roleRef } = request.object as Binding;
  const resource = REFERENCES[roleRef.kind];
  // Upstream stumbles here over what its validation would have refused in better words.
  if (!resource) throw new StatusError(500, "", `unsupported role reference kind: ${JSON.stringify(roleRef.kind)}`);
  const bind = {
    ...NO_ATTRIBUTES,
    verb: "bind",
    isResource: true,
    group: roleRef.apiGroup,
    resource,
    name: roleRef.name,
    namespace,
  };
  if (authorize(registry.store, user, bind).allowed) return;
  const rules = rulesOfRole(registry.store, roleRef, namespace);
  if (!rules) throw StatusError.notFound({ group: GROUP, resource: roleRef.kind.toLowerCase() }, roleRef.name);
  expectHeld(request, registry, rules);
}

function expectHeld(
  { endpoint, user, namespace, name }: AdmissionRequest,
  registry: Registry,
  wanted: readonly PolicyRule[],
): void {
  const { rules, problem } = rulesFor(registry.store, user, namespace);
  const missing = uncoveredRules(rules, wanted);
  if (missing.length === 0) return;
  const lines = [...new Set(compacted(missing).map(ruleText))].sort();
  const who = `user ${JSON.stringify(user.username)} (groups=${listText(user.groups)})`;
  const why = `${who} is attempting to grant RBAC permissions not currently held:\n${lines.join("\n")}`;
  throw StatusError.forbidden(endpoint.resource, name, problem ? `${why}; resolution errors: [${problem}]` : why);
}

/** Rules of one resource with all their verbs together. */
function compacted(rules: readonly PolicyRule[]): PolicyRule[] {
  const found = new Map<string, PolicyRule>();
  for (const rule of rules) {
    const { verbs, ...what } = rule;
    const key = what.nonResourceURLs ? JSON.stringify(rule) : JSON.stringify(what);
    const known = found.get(key);
    found.set(key, known ? { ...known, verbs: [...known.verbs, ...verbs] } : rule);
  }
  return [...found.values()];
}

/** As Go prints a list of strings with %q. */
const listText = (values: readonly string[]) => `[${values.map((value) => JSON.stringify(value)).join(" ")}]`;

function ruleText({ apiGroups, resources, nonResourceURLs, resourceNames, verbs }: PolicyRule): string {
  const parts = {
    APIGroups: apiGroups,
    Resources: resources,
    NonResourceURLs: nonResourceURLs,
    ResourceNames: resourceNames,
    Verbs: verbs,
  };
  const texts = Object.entries(parts).flatMap(([name, values]) => (values?.length ? [`${name}:${listText(values)}`] : []));
  return `{${texts.join(", ")}}`;
}
