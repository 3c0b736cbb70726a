import type { Manifest } from "./bootstrap.ts";
import type { PolicyRule } from "../api/rbac.ts";

const GROUP = "rbac.authorization.k8s.io";
const BOOTSTRAP = {
  annotations: { "rbac.authorization.kubernetes.io/autoupdate": "true" },
  labels: { "kubernetes.io/bootstrapping": "rbac-defaults" },
};

/** Roles and bindings of a fresh cluster (plugin/pkg/auth/authorizer/rbac/bootstrappolicy). */
export const accessObjects = (): Manifest[] => [
  role("cluster-admin", [
    { apiGroups: ["*"], resources: ["*"], verbs: ["*"] },
    { nonResourceURLs: ["*"], verbs: ["*"] },
  ]),
  role("system:discovery", [
    {
      nonResourceURLs: [
        "/api",
        "/api/*",
        "/apis",
        "/apis/*",
        "/healthz",
        "/livez",
        "/openapi",
        "/openapi/*",
        "/readyz",
        "/version",
        "/version/",
      ],
      verbs: ["get"],
    },
  ]),
  role("system:public-info-viewer", [
    { nonResourceURLs: ["/healthz", "/livez", "/readyz", "/version", "/version/"], verbs: ["get"] },
  ]),
  role("system:basic-user", [
    {
      apiGroups: ["authorization.k8s.io"],
      resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
      verbs: ["create"],
    },
    { apiGroups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"], verbs: ["create"] },
  ]),
  binding("cluster-admin", "cluster-admin", ["system:masters"]),
  binding("kubeadm:cluster-admins", "cluster-admin", ["kubeadm:cluster-admins"]),
  binding("system:discovery", "system:discovery", ["system:authenticated"]),
  binding("system:basic-user", "system:basic-user", ["system:authenticated"]),
  binding("system:public-info-viewer", "system:public-info-viewer", ["system:authenticated", "system:unauthenticated"]),
];

const role = (name: string, rules: PolicyRule[]): Manifest => ({
  resource: `clusterroles.${GROUP}`,
  object: { apiVersion: `${GROUP}/v1`, kind: "ClusterRole", metadata: { name, ...BOOTSTRAP }, rules } as Manifest["object"],
});

const binding = (name: string, roleName: string, groups: string[]): Manifest => ({
  resource: `clusterrolebindings.${GROUP}`,
  object: {
    apiVersion: `${GROUP}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name, ...(name.startsWith("kubeadm:") ? {} : BOOTSTRAP) },
    roleRef: { apiGroup: GROUP, kind: "ClusterRole", name: roleName },
    subjects: groups.map((group) => ({ apiGroup: GROUP, kind: "Group", name: group })),
  } as Manifest["object"],
});
