import type { ReplicaSet } from "../replicas.ts";
import type { Deployment } from "./quantities.ts";
import { maxSurge, wantedReplicas } from "./quantities.ts";

export const REVISION = "deployment.kubernetes.io/revision";
const REVISION_HISTORY = "deployment.kubernetes.io/revision-history";
const DESIRED_REPLICAS = "deployment.kubernetes.io/desired-replicas";
const MAX_REPLICAS = "deployment.kubernetes.io/max-replicas";

/** A ReplicaSet's annotations are its Deployment's, but for these. */
const OWN_ANNOTATIONS = new Set([
  "kubectl.kubernetes.io/last-applied-configuration",
  "deprecated.deployment.rollback.to",
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
]);

/** Longest revision history, in characters. */
const LONGEST_HISTORY = 2000;

export const revisionOf = ({ metadata }: ReplicaSet): number => Number(metadata.annotations?.[REVISION] ?? 0) || 0;

/** Replicas the Deployment wanted when it last scaled the set; undefined when it never did. */
export const desiredReplicas = (set: ReplicaSet): number | undefined => numericAnnotation(set, DESIRED_REPLICAS);

/** Replicas the Deployment could have had, surge included, when it last scaled the set. */
export const formerMaxReplicas = (set: ReplicaSet): number | undefined => numericAnnotation(set, MAX_REPLICAS);

function numericAnnotation({ metadata }: ReplicaSet, name: string): number | undefined {
  const text = metadata.annotations?.[name];
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}

/** What scaling writes on a set, to tell later scaling of the Deployment from its rollout. */
export const replicasAnnotations = (deployment: Deployment): Record<string, string> => ({
  [DESIRED_REPLICAS]: String(wantedReplicas(deployment)),
  [MAX_REPLICAS]: String(wantedReplicas(deployment) + maxSurge(deployment)),
});

/** A set's annotations after the Deployment's were copied and a newer revision was taken on, the former kept as history. */
export function revisedAnnotations(
  deployment: Deployment,
  current: Record<string, string> | undefined,
  revision: number,
): Record<string, string> {
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(([name]) => !OWN_ANNOTATIONS.has(name));
  const annotations = { ...current, ...Object.fromEntries(copied) };
  const former = annotations[REVISION];
  if (Number(former ?? 0) >= revision) return annotations;
  if (former !== undefined) {
    const history = annotations[REVISION_HISTORY];
    annotations[REVISION_HISTORY] = shortened(history ? [...history.split(","), former] : [former]);
  }
  return { ...annotations, [REVISION]: String(revision) };
}

function shortened(history: string[]): string {
  let kept = history;
  while (kept.join(",").length > LONGEST_HISTORY) kept = kept.slice(1);
  return kept.join(",");
}
