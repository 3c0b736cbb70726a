import type { ClusterRole as ClusterRoleType } from "kubernetes-types/rbac/v1";
import { isDeepStrictEqual } from "node:util";
import type { Live } from "../api/object.ts";
import { selectorMatches } from "../api/selectors.ts";
import type { Controller } from "./controller.ts";
import { workQueue } from "./controller.ts";

type ClusterRole = Live<ClusterRoleType>;

/** Fills ClusterRoles that are the sum of others (pkg/controller/clusterroleaggregation). */
export const clusterRoleAggregation: Controller = (context) => {
  const { client } = context;
  const queue = workQueue(context, async (name) => {
    const role = client.get<ClusterRole>("clusterroles.rbac.authorization.k8s.io", { name });
    const selectors = role?.aggregationRule?.clusterRoleSelectors;
    if (!role || !selectors) return;
    const rules: NonNullable<ClusterRole["rules"]> = [];
    for (const { metadata, rules: own } of client.list<ClusterRole>("clusterroles.rbac.authorization.k8s.io")) {
      if (metadata.name === name || !selectors.some((selector) => selectorMatches(selector, metadata.labels))) continue;
      for (const rule of own ?? []) if (!rules.some((known) => isDeepStrictEqual(known, rule))) rules.push(rule);
    }
    if (isDeepStrictEqual(rules, role.rules ?? [])) return;
    const fieldManager = "clusterrole-aggregation-controller";
    await client.update<ClusterRole>("clusterroles.rbac.authorization.k8s.io", { ...role, rules }, { fieldManager });
  });
  const stop = client.watch<ClusterRole>("clusterroles.rbac.authorization.k8s.io", () => {
    for (const role of client.list<ClusterRole>("clusterroles.rbac.authorization.k8s.io")) {
      if (role.aggregationRule) queue.add(role.metadata.name);
    }
  });
  return () => [stop, queue.stop].forEach((end) => end());
};
