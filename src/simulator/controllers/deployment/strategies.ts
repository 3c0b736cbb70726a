import type { ReplicaSet } from "../replicas.ts";
import { isComplete } from "./progress.ts";
import {
  activeSets,
  availableReplicas,
  byAge,
  maxUnavailable,
  newSetReplicas,
  specReplicas,
  sumOf,
  wantedReplicas,
} from "./quantities.ts";
import { cleanUpHistory, syncRevision } from "./revisions.ts";
import type { Rollout } from "./rollout.ts";
import { allSets } from "./rollout.ts";
import { scaleSet } from "./scaling.ts";

/** One step of a rolling update: the new set up first, then the old ones down (deployment/rolling.go). */
export async function rollOut(rollout: Rollout): Promise<void> {
  await syncRevision(rollout, { create: true });
  if (await growNewSet(rollout)) return;
  if (await shrinkOldSets(rollout)) return;
  await cleanUpWhenComplete(rollout);
}

async function growNewSet(rollout: Rollout): Promise<boolean> {
  const { deployment, newSet } = rollout;
  if (!newSet) return false;
  const wanted = wantedReplicas(deployment);
  const current = specReplicas(newSet);
  if (current === wanted) return false;
  return scaleSet(rollout, newSet, current > wanted ? wanted : newSetReplicas(deployment, allSets(rollout), current));
}

async function shrinkOldSets(rollout: Rollout): Promise<boolean> {
  const { deployment, newSet, oldSets } = rollout;
  if (sumOf(oldSets, specReplicas) === 0) return false;
  const fewest = wantedReplicas(deployment) - maxUnavailable(deployment);
  const newUnavailable = newSet ? specReplicas(newSet) - availableReplicas(newSet) : 0;
  const surplus = sumOf(allSets(rollout), specReplicas) - fewest - newUnavailable;
  if (surplus <= 0) return false;
  // First what does not serve anyway, then what serves, as far as enough of it stays.
  const unhealthy = await shrink(rollout, surplus, (set) => specReplicas(set) - availableReplicas(set));
  const healthy = await shrink(rollout, sumOf(allSets(rollout), availableReplicas) - fewest, specReplicas);
  return unhealthy + healthy > 0;
}

/** Takes up to `count` replicas from the old sets, oldest first, from each at most what `dispensable` says. */
async function shrink(rollout: Rollout, count: number, dispensable: (set: ReplicaSet) => number): Promise<number> {
  let left = count;
  for (const set of activeSets(rollout.oldSets).toSorted(byAge)) {
    const take = Math.min(left, dispensable(set));
    if (take <= 0) continue;
    await scaleSet(rollout, set, specReplicas(set) - take);
    left -= take;
  }
  return count - left;
}

/** One step of a Recreate: all old pods gone before the first new one (deployment/recreate.go). */
export async function recreate(rollout: Rollout, hasRunningPods: (set: ReplicaSet) => boolean): Promise<void> {
  await syncRevision(rollout, { create: false });
  let shrunk = false;
  for (const set of activeSets(rollout.oldSets)) shrunk = (await scaleSet(rollout, set, 0)) || shrunk;
  if (shrunk || rollout.oldSets.some(hasRunningPods)) return;
  await syncRevision(rollout, { create: true });
  if (rollout.newSet) await scaleSet(rollout, rollout.newSet, wantedReplicas(rollout.deployment));
  await cleanUpWhenComplete(rollout);
}

async function cleanUpWhenComplete(rollout: Rollout): Promise<void> {
  if (isComplete(rollout.deployment, rollout.deployment.status ?? {})) await cleanUpHistory(rollout);
}
