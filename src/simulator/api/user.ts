/** Who makes a request. */
export interface UserInfo {
  username: string;
  uid?: string;
  groups: readonly string[];
  extra?: Record<string, string[]>;
}

export const AUTHENTICATED_GROUP = "system:authenticated";
export const UNAUTHENTICATED_GROUP = "system:unauthenticated";

/** Key of `extra`: by which token or certificate the user came. */
export const CREDENTIAL_ID = "authentication.kubernetes.io/credential-id";

/** The administrator's client certificate is made out to this group, as kubeadm does; a ClusterRoleBinding makes it admin. */
export const ADMIN: UserInfo = { username: "kubernetes-admin", groups: ["kubeadm:cluster-admins", AUTHENTICATED_GROUP] };

/** May do anything, whatever the roles say. */
export const MASTERS_GROUP = "system:masters";

export const ANONYMOUS: UserInfo = { username: "system:anonymous", groups: [UNAUTHENTICATED_GROUP] };

export const serviceAccountUser = (namespace: string, name: string, uid: string): UserInfo => ({
  username: `system:serviceaccount:${namespace}:${name}`,
  uid,
  groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, AUTHENTICATED_GROUP],
});

const NODE = "system:node:";

/** The node whose kubelet this is; undefined for everybody else. */
export const nodeNameOf = ({ username, groups }: UserInfo): string | undefined =>
  username.startsWith(NODE) && groups.includes("system:nodes") ? username.slice(NODE.length) : undefined;
