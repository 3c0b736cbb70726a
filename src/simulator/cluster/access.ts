import type { PolicyRule } from "../api/rbac.ts";
import { ADDON_BINDINGS, ADDON_ROLES } from "./access/addon-roles.ts";
import { DEFAULT_BINDINGS, DEFAULT_ROLES } from "./access/cluster-roles.ts";
import { CONTROLLER_ROLES, CONTROLLERS_NOT_RUN, CONTROLLERS_WITHOUT_CLUSTER_ROLE } from "./access/controller-roles.ts";
import { readBindings, readRoles, type BindingRow, type RoleRow } from "./access/rbac-table.ts";
import type { Manifest } from "./bootstrap.ts";

const GROUP = "rbac.authorization.k8s.io";
const CONTROLLER = "system:controller:";
/** What the API server's own roles and bindings are marked with: it repairs them when it starts. */
const DEFAULTS = {
  annotations: { "rbac.authorization.kubernetes.io/autoupdate": "true" },
  labels: { "kubernetes.io/bootstrapping": "rbac-defaults" },
};

/** Roles and bindings of a fresh kind cluster, and the accounts that its controllers run as. */
export function accessObjects(): Manifest[] {
  const controllers = readRoles(CONTROLLER_ROLES);
  const defaults = [...readRoles(DEFAULT_ROLES), ...controllers.map((role) => ({ ...role, name: `${CONTROLLER}${role.name}` }))];
  const bindings = [...readBindings(DEFAULT_BINDINGS), ...controllers.map(({ name }) => controllerBinding(name))];
  const accounts = [
    ...controllers.map(({ name }) => name).filter((name) => !CONTROLLERS_NOT_RUN.has(name)),
    ...CONTROLLERS_WITHOUT_CLUSTER_ROLE,
  ];
  return [
    ...defaults.map((role) => roleObject(role, defaults, DEFAULTS)),
    ...bindings.map((binding) => bindingObject(binding, DEFAULTS)),
    ...readRoles(ADDON_ROLES).map((role) => roleObject(role, [], {})),
    ...readBindings(ADDON_BINDINGS).map((binding) => bindingObject(binding, {})),
    ...accounts.map(accountObject),
  ];
}

const controllerBinding = (name: string): BindingRow => ({
  name: `${CONTROLLER}${name}`,
  namespace: "",
  role: `${CONTROLLER}${name}`,
  subjects: [{ kind: "ServiceAccount", name, namespace: "kube-system" }],
});

interface Marks {
  annotations?: Record<string, string>;
  labels?: Record<string, string>;
}

function roleObject(row: RoleRow, all: readonly RoleRow[], marks: Marks): Manifest {
  const { name, namespace, collects, goesTo } = row;
  const kind = namespace ? "Role" : "ClusterRole";
  const labels = { ...marks.labels, ...(goesTo && { [aggregateTo(goesTo)]: "true" }) };
  return {
    resource: `${kind.toLowerCase()}s.${GROUP}`,
    object: {
      apiVersion: `${GROUP}/v1`,
      kind,
      metadata: { name, ...(namespace && { namespace }), ...marks, ...(Object.keys(labels).length > 0 && { labels }) },
      ...(collects && { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [aggregateTo(collects)]: "true" } }] } }),
      rules: rulesOf(row, all),
    } as Manifest["object"],
  };
}

const aggregateTo = (role: string) => `${GROUP}/aggregate-to-${role}`;

/** An aggregated role starts with the rules that its controller would give it, so that it is whole from the first second. */
function rulesOf({ collects, rules }: RoleRow, all: readonly RoleRow[]): PolicyRule[] {
  if (!collects) return rules;
  const sources = all.filter(({ goesTo }) => goesTo === collects).sort((a, b) => (a.name < b.name ? -1 : 1));
  const found = new Map<string, PolicyRule>();
  for (const rule of sources.flatMap((source) => rulesOf(source, all))) {
    const text = JSON.stringify(rule);
    if (!found.has(text)) found.set(text, rule);
  }
  return [...found.values()];
}

function bindingObject({ name, namespace, role, subjects }: BindingRow, marks: Marks): Manifest {
  const kind = namespace ? "RoleBinding" : "ClusterRoleBinding";
  return {
    resource: `${kind.toLowerCase()}s.${GROUP}`,
    object: {
      apiVersion: `${GROUP}/v1`,
      kind,
      metadata: { name, ...(namespace && { namespace }), ...marks },
      roleRef: { apiGroup: GROUP, kind: namespace ? "Role" : "ClusterRole", name: role },
      ...(subjects.length > 0 && {
        subjects: subjects.map((subject) => (subject.kind === "ServiceAccount" ? subject : { apiGroup: GROUP, ...subject })),
      }),
    } as Manifest["object"],
  };
}

const accountObject = (name: string): Manifest => ({
  resource: "serviceaccounts",
  object: { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace: "kube-system" } },
});
