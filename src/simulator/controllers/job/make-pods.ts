import type { ControllerContext } from "../controller.ts";
import { createPod, deletePod, slowStart } from "../pod-control.ts";
import type { Pod } from "../pod-state.ts";
import { isActive, isFinished, podsToDelete } from "../pod-state.ts";
import { isNamespaceTerminating } from "../refusals.ts";
import type { Job } from "./job-pods.ts";
import { indexOf, isIndexed, jobPod, specOf } from "./job-pods.ts";
import { release, type Tally } from "./tally.ts";

/** Pods made or deleted in one sync. */
const BURST = 500;

/** What a Job may ask for that is not modelled; undefined for nothing. */
export function notModelled(job: Job): string | undefined {
  const spec = specOf(job) as Job["spec"] & { backoffLimitPerIndex?: number; successPolicy?: object };
  const field = spec?.backoffLimitPerIndex !== undefined ? "backoffLimitPerIndex" : spec?.successPolicy && "successPolicy";
  return field && `the practice cluster does not model spec.${field}: this Job is not run`;
}

/**
 * Makes the pods that are missing, or deletes those too many. `wait` is until failures allow the next ones, ms; `failure` is
 * a refusal, to be thrown once the status is written.
 */
export async function makePods(
  context: ControllerContext,
  job: Job,
  pods: readonly Pod[],
  { succeeded, indexes }: Tally,
  backoff: number,
): Promise<{ active: Pod[]; wait?: number; failure?: unknown }> {
  const active = pods.filter(isActive);
  const surplus = surplusPods(context, job, active, wantedActive(job, active.length, succeeded), indexes).slice(0, BURST);
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
  const missing = Math.min(wantedActive(job, active.length, succeeded) - ending - active.length, BURST);
  if (missing <= 0) return { active };
  if (backoff > 0) return { active, wait: backoff };
  const free = isIndexed(job) ? freeIndexes(job, pods, indexes, missing) : Array.from({ length: missing }, () => undefined);
  const made: Pod[] = [];
  try {
    await slowStart(free.length, async (at) => made.push(await createPod(context, job, jobPod(job, free[at]))));
  } catch (failure) {
    if (!isNamespaceTerminating(failure)) return { active: [...active, ...made], failure };
  }
  return { active: [...active, ...made] };
}

function wantedActive(job: Job, active: number, succeeded: number): number {
  const { parallelism = 1, completions, suspend } = specOf(job);
  if (suspend) return 0;
  // Without a number of completions the first success means that the rest finishes on its own.
  if (completions === undefined) return succeeded > 0 ? active : parallelism;
  return Math.max(0, Math.min(parallelism, completions - succeeded));
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

function freeIndexes(job: Job, pods: readonly Pod[], done: ReadonlySet<number>, count: number): number[] {
  const taken = new Set(pods.filter(isActive).map(indexOf));
  const free: number[] = [];
  for (let index = 0; index < (specOf(job).completions ?? 0) && free.length < count; index++) {
    if (!done.has(index) && !taken.has(index)) free.push(index);
  }
  return free;
}
