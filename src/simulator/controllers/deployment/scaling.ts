import { isDeepStrictEqual } from "node:util";
import type { ReplicaSet } from "../replicas.ts";
import { desiredReplicas, formerMaxReplicas, replicasAnnotations } from "./annotations.ts";
import type { Deployment } from "./quantities.ts";
import { activeSets, availableReplicas, byAge, isRolling, maxSurge, specReplicas, sumOf, wantedReplicas } from "./quantities.ts";
import type { Rollout } from "./rollout.ts";
import { allSets, remember } from "./rollout.ts";

/** True when the Deployment wants another number of replicas than when it last scaled one of its sets. */
export const wasScaled = (rollout: Rollout): boolean =>
  activeSets(allSets(rollout)).some(
    (set) => (desiredReplicas(set) ?? wantedReplicas(rollout.deployment)) !== wantedReplicas(rollout.deployment),
  );

/** Brings a set to `replicas` and says so on the Deployment. Returns whether the size changed. */
export async function scaleSet(rollout: Rollout, set: ReplicaSet, replicas: number): Promise<boolean> {
  const { context, deployment } = rollout;
  const before = specReplicas(set);
  const annotations = { ...set.metadata.annotations, ...replicasAnnotations(deployment) };
  if (before === replicas && isDeepStrictEqual(annotations, { ...set.metadata.annotations })) return false;
  const written = await context.client.update<ReplicaSet>("replicasets.apps", {
    ...set,
    metadata: { ...set.metadata, annotations },
    spec: { ...(set.spec as NonNullable<ReplicaSet["spec"]>), replicas },
  });
  remember(rollout, written);
  if (before === replicas) return false;
  const message = `Scaled ${replicas > before ? "up" : "down"} replica set ${set.metadata.name} from ${before} to ${replicas}`;
  context.events.event({ object: deployment }, "Normal", "ScalingReplicaSet", message);
  return true;
}

/** Brings the sets to a changed number of wanted replicas outside of a rollout (deployment/sync.go scale). */
export async function scale(rollout: Rollout): Promise<void> {
  const { deployment, newSet, oldSets } = rollout;
  const only = onlyActiveOrLatest(rollout);
  if (only) {
    if (specReplicas(only) !== wantedReplicas(deployment)) await scaleSet(rollout, only, wantedReplicas(deployment));
  } else if (newSet && isSaturated(deployment, newSet)) {
    for (const old of activeSets(oldSets)) await scaleSet(rollout, old, 0);
  } else if (isRolling(deployment)) {
    await scaleInProportion(rollout);
  }
}

/** The one set with pods; when none has, the newest. Undefined when several have pods, or there is no set. */
function onlyActiveOrLatest(rollout: Rollout): ReplicaSet | undefined {
  const active = activeSets(allSets(rollout));
  if (active.length > 1) return undefined;
  return active[0] ?? rollout.newSet ?? rollout.oldSets.toSorted(byAge).at(-1);
}

const isSaturated = (deployment: Deployment, set: ReplicaSet) =>
  [specReplicas(set), desiredReplicas(set), availableReplicas(set)].every((count) => count === wantedReplicas(deployment));

/** In the middle of a rollout each set grows or shrinks by its share; what rounding leaves goes to the largest. */
async function scaleInProportion(rollout: Rollout): Promise<void> {
  const { deployment } = rollout;
  const wanted = wantedReplicas(deployment);
  const sets = activeSets(allSets(rollout));
  const allowed = wanted > 0 ? wanted + maxSurge(deployment) : 0;
  const change = allowed - sumOf(sets, specReplicas);
  const newerFirst = change >= 0 ? -1 : 1;
  sets.sort((a, b) => specReplicas(b) - specReplicas(a) || newerFirst * byAge(a, b));
  let left = change;
  const sizes = sets.map((set) => {
    const share = proportion(set, deployment, change, left);
    left -= share;
    return specReplicas(set) + share;
  });
  for (const [at, set] of sets.entries()) {
    await scaleSet(rollout, set, Math.max(0, (sizes[at] as number) + (at === 0 ? left : 0)));
  }
}

function proportion(set: ReplicaSet, deployment: Deployment, change: number, left: number): number {
  const replicas = specReplicas(set);
  if (change === 0 || left === 0) return 0;
  const former = formerMaxReplicas(set) || (deployment.status?.replicas ?? 0);
  if (wantedReplicas(deployment) > 0 && former === 0) return 0;
  const now = wantedReplicas(deployment) > 0 ? wantedReplicas(deployment) + maxSurge(deployment) : 0;
  const share = now === 0 ? -replicas : Math.round((replicas * now) / former) - replicas;
  return change > 0 ? Math.min(share, left) : Math.max(share, left);
}
