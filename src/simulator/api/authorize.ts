import type { Store } from "../store/store.ts";
import { authorizeNode } from "./node-authorizer.ts";
import { decideByRoles, ruleAllows, rulesOfRole, type Attributes, type Decision } from "./rbac.ts";
import { MASTERS_GROUP, nodeNameOf, type UserInfo } from "./user.ts";

/** The role that upstream wrote for kubelets. */
const NODE_ROLE = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:node" };

/** Whether somebody may do something, as `--authorization-mode=Node,RBAC` decides it. */
export function authorize(store: Store, user: UserInfo, wanted: Attributes): Decision {
  if (user.groups.includes(MASTERS_GROUP)) return { allowed: true, reason: "" };
  const ofNode = decideForNode(store, user, wanted);
  if (ofNode?.allowed) return ofNode;
  const ofRoles = decideByRoles(store, user, wanted);
  if (ofRoles.allowed || !ofNode?.reason) return ofRoles;
  return { allowed: false, reason: [ofNode.reason, ofRoles.reason].filter(Boolean).join("\n") };
}

/** What the authorizer of nodes does not limit is theirs by their role, though nobody is bound to it. */
function decideForNode(store: Store, user: UserInfo, wanted: Attributes): Decision | undefined {
  if (nodeNameOf(user) === undefined) return undefined;
  const limited = authorizeNode(store, user, wanted);
  return limited ?? { allowed: (rulesOfRole(store, NODE_ROLE, "") ?? []).some((rule) => ruleAllows(rule, wanted)), reason: "" };
}
