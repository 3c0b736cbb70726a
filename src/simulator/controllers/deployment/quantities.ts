import type { Deployment as DeploymentType } from "kubernetes-types/apps/v1";
import type { Live } from "../../api/object.ts";
import { scaledValue } from "../../resources/int-or-string.ts";
import type { ReplicaSet } from "../replicas.ts";

export type Deployment = Live<DeploymentType>;

export const wantedReplicas = ({ spec }: Deployment): number => spec?.replicas ?? 1;

export const isRolling = ({ spec }: Deployment): boolean => spec?.strategy?.type !== "Recreate";

/** Pods a rolling update may run beyond the wanted ones. */
export const maxSurge = (deployment: Deployment): number => (isRolling(deployment) ? fenceposts(deployment).surge : 0);

/** Wanted pods a rolling update may be short of. */
export function maxUnavailable(deployment: Deployment): number {
  const wanted = wantedReplicas(deployment);
  return isRolling(deployment) && wanted > 0 ? Math.min(fenceposts(deployment).unavailable, wanted) : 0;
}

/** Percentages of the wanted replicas: surge rounds up, unavailable down; both zero would never move, so one may be missing. */
function fenceposts(deployment: Deployment) {
  const { maxSurge, maxUnavailable } = deployment.spec?.strategy?.rollingUpdate ?? {};
  const wanted = wantedReplicas(deployment);
  const surge = scaledValue(maxSurge, wanted, "up");
  const unavailable = scaledValue(maxUnavailable, wanted, "down");
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

export const specReplicas = ({ spec }: ReplicaSet): number => spec?.replicas ?? 0;

export const availableReplicas = ({ status }: ReplicaSet): number => status?.availableReplicas ?? 0;

export const sumOf = (sets: readonly ReplicaSet[], count: (set: ReplicaSet) => number): number =>
  sets.reduce((sum, set) => sum + count(set), 0);

/** ReplicaSets that want pods. */
export const activeSets = (sets: readonly ReplicaSet[]): ReplicaSet[] => sets.filter((set) => specReplicas(set) > 0);

const created = ({ metadata }: ReplicaSet) => Date.parse(metadata.creationTimestamp);

/** Oldest first, ties by name. */
export const byAge = (a: ReplicaSet, b: ReplicaSet): number =>
  created(a) - created(b) || (a.metadata.name < b.metadata.name ? -1 : 1);

/** Replicas the newest set may have now: all that are wanted, or as many as the surge leaves room for. */
export function newSetReplicas(deployment: Deployment, sets: readonly ReplicaSet[], current: number): number {
  const wanted = wantedReplicas(deployment);
  if (!isRolling(deployment)) return wanted;
  const room = wanted + maxSurge(deployment) - sumOf(sets, specReplicas);
  return room <= 0 ? current : current + Math.min(room, wanted - current);
}
