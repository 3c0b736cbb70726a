import type { ControllerContext } from "../controller.ts";
import { createPod, deletePod, slowStart } from "../pod-control.ts";
import type { Pod } from "../pod-state.ts";
import { isActive, isFinished, podsToDelete } from "../pod-state.ts";
import { isNamespaceTerminating } from "../refusals.ts";
import type { Job } from "./job-pods.ts";
import { failuresOf } from "./index-failures.ts";
import { FAILURE_COUNT, IGNORED_COUNT, indexOf, isIndexed, jobPod, specOf } from "./job-pods.ts";
import { release, type Tally } from "./tally.ts";

/** Pods made or deleted in one sync. */
const BURST = 500;

/**
 * Makes the pods that are missing, or deletes those too many. `wait` is until failures allow the next ones, ms; `failure` is
 * a refusal, to be thrown once the status is written.
 */
export async function makePods(
  context: ControllerContext,
  job: Job,
  pods: readonly Pod[],
  count: Tally,
  backoff: number,
): Promise<{ active: Pod[]; wait?: number; failure?: unknown }> {
  const active = pods.filter(isActive);
  const wanted = wantedActive(job, active.length, count);
  const surplus = surplusPods(context, job, active, wanted, count.indexes).slice(0, BURST);
  if (surplus.length > 0) {
    for (const pod of surplus) {
      await release(context, pod);
      await deletePod(context, job, pod);
    }
    return { active: active.filter((pod) => !surplus.includes(pod)) };
  }
  const ending =
    specOf(job).podReplacementPolicy === "Failed"
      ? pods.filter((pod) => pod.metadata.deletionTimestamp && !isFinished(pod)).length
      : 0;
  const missing = Math.min(wanted - ending - active.length, BURST);
  if (missing <= 0) return { active };
  const ownWaits = specOf(job).backoffLimitPerIndex !== undefined;
  if (backoff > 0 && !ownWaits) return { active, wait: backoff };
  const { places, wait } = freePlaces(job, pods, count, missing, context.clock.now());
  const later = wait === undefined ? {} : { wait };
  const made: Pod[] = [];
  try {
    await slowStart(places.length, async (at) => {
      const { index, carried } = places[at] as Place;
      made.push(await createPod(context, job, jobPod(job, index, carried)));
    });
  } catch (failure) {
    if (!isNamespaceTerminating(failure)) return { active: [...active, ...made], ...later, failure };
  }
  return { active: [...active, ...made], ...later };
}

function wantedActive(job: Job, active: number, { succeeded, failedIndexes }: Tally): number {
  const { parallelism = 1, completions, suspend } = specOf(job);
  if (suspend) return 0;
  // Without a number of completions the first success means that the rest finishes on its own.
  if (completions === undefined) return succeeded > 0 ? active : parallelism;
  return Math.max(0, Math.min(parallelism, completions - succeeded - (failedIndexes?.size ?? 0)));
}

/** Of an indexed Job first those whose index succeeded, is too high or taken twice. */
function surplusPods(
  { clock }: ControllerContext,
  job: Job,
  active: readonly Pod[],
  wanted: number,
  done: ReadonlySet<number>,
): Pod[] {
  const taken = new Set<number>();
  const useless = isIndexed(job)
    ? active.filter((pod) => {
        const index = indexOf(pod);
        if (index === undefined || index >= (specOf(job).completions ?? 0) || done.has(index) || taken.has(index)) return true;
        taken.add(index);
        return false;
      })
    : [];
  const left = active.filter((pod) => !useless.includes(pod));
  return [...useless, ...podsToDelete(left, [], Math.max(0, left.length - wanted), clock.now())];
}

/** A pod to be made: its index, and the failures before it that it carries on. */
interface Place {
  index?: number;
  carried?: Record<string, string>;
}

/** Without indexes any; with indexes the lowest free ones. `wait` is until an index that failed may be tried again, ms. */
function freePlaces(job: Job, pods: readonly Pod[], { indexes, failedIndexes }: Tally, count: number, now: number) {
  if (!isIndexed(job)) return { places: Array.from({ length: count }, (): Place => ({})) };
  const taken = new Set(pods.filter(isActive).map(indexOf));
  const places: Place[] = [];
  let wait: number | undefined;
  for (let index = 0; index < (specOf(job).completions ?? 0) && places.length < count; index++) {
    if (indexes.has(index) || taken.has(index) || failedIndexes?.has(index)) continue;
    if (!failedIndexes) {
      places.push({ index });
      continue;
    }
    const failures = failuresOf(job, pods, index, now);
    if (failures.wait > 0) wait = Math.min(failures.wait, wait ?? Infinity);
    else {
      const ignored = failures.ignored > 0 ? { [IGNORED_COUNT]: String(failures.ignored) } : {};
      places.push({ index, carried: { [FAILURE_COUNT]: String(failures.count), ...ignored } });
    }
  }
  return { places, wait };
}
