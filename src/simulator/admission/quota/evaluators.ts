import type { ResourceQuota, ScopedResourceSelectorRequirement } from "kubernetes-types/core/v1";
import type { KubeObject, Live } from "../../api/object.ts";
import { claimEvaluator } from "./claims.ts";
import type { Evaluator } from "./evaluator.ts";
import { podEvaluator } from "./pods.ts";
import { serviceEvaluator } from "./services.ts";

const SPECIAL: Readonly<Record<string, Evaluator>> = {
  pods: podEvaluator,
  services: serviceEvaluator,
  persistentvolumeclaims: claimEvaluator,
};

/** Limits by plain name that are older than `count/`. */
const ALIASES = new Set(["configmaps", "resourcequotas", "replicationcontrollers", "secrets"]);

/** Never counted. */
const IGNORED = new Set(["bindings", "events", "events.events.k8s.io", "localsubjectaccessreviews.authorization.k8s.io"]);

/** The evaluator of a resource by plural and group; undefined for what quotas leave alone. */
export const evaluatorOf = (resource: string): Evaluator | undefined =>
  IGNORED.has(resource) ? undefined : (SPECIAL[resource] ?? objectCount(resource));

function objectCount(resource: string): Evaluator {
  const names = [`count/${resource}`, ...(ALIASES.has(resource) ? [resource] : [])];
  return {
    handles: ({ operation, subresource }) => operation === "CREATE" && !subresource,
    counts: (name) => names.includes(name),
    usage: () => Object.fromEntries(names.map((name) => [name, "1"])),
  };
}

/** The quota has a limit that the evaluator counts, and the object is in all of its scopes. */
export function quotaMatches({ spec, status }: Live<ResourceQuota>, evaluator: Evaluator, object: KubeObject): boolean {
  const scopes: ScopedResourceSelectorRequirement[] = [
    ...(spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: "Exists" })),
    ...(spec?.scopeSelector?.matchExpressions ?? []),
  ];
  return (
    Object.keys(status?.hard ?? {}).some((name) => evaluator.counts(name)) &&
    scopes.every((scope) => evaluator.inScope?.(scope, object) ?? false)
  );
}
