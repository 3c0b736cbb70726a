import type { Pod as PodType, PodCondition } from "kubernetes-types/core/v1";
import type { Live } from "../api/object.ts";

export type Pod = Live<PodType>;

export const podCondition = (pod: Pod, type: string): PodCondition | undefined =>
  pod.status?.conditions?.find((condition) => condition.type === type);

export const isReady = (pod: Pod): boolean => podCondition(pod, "Ready")?.status === "True";

/** Milliseconds since the epoch; undefined while the pod is not ready. */
function readySince(pod: Pod): number | undefined {
  const ready = podCondition(pod, "Ready");
  return ready?.status === "True" && ready.lastTransitionTime ? Date.parse(ready.lastTransitionTime) : undefined;
}

/** Ready for at least `minReadySeconds` (podutils.IsPodAvailable). */
export function isAvailable(pod: Pod, minReadySeconds: number, now: number): boolean {
  if (!isReady(pod)) return false;
  return minReadySeconds === 0 || (readySince(pod) ?? Infinity) + minReadySeconds * 1000 <= now;
}

export const isFinished = (pod: Pod): boolean => pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";

/** Neither over nor on its way out (controller.IsPodActive). */
export const isActive = (pod: Pod): boolean => !isFinished(pod) && pod.metadata.deletionTimestamp === undefined;

/** Milliseconds until the first of the ready pods becomes available; undefined when time alone changes nothing. */
export function nextAvailability(pods: readonly Pod[], minReadySeconds: number, now: number): number | undefined {
  if (minReadySeconds === 0) return undefined;
  const waits = pods.map((pod) => (readySince(pod) ?? -Infinity) + minReadySeconds * 1000 - now).filter((wait) => wait > 0);
  return waits.length > 0 ? Math.min(...waits) : undefined;
}

const DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";

/**
 * The `count` pods a controller gives up first: not scheduled, not running, not ready, cheap, crowded on one node, young
 * (pkg/controller/controller_utils.go ActivePodsWithRanks). `siblings` are the pods that crowd a node, usually of all
 * ReplicaSets of one Deployment.
 */
export function podsToDelete(pods: readonly Pod[], siblings: readonly Pod[], count: number, now: number): Pod[] {
  if (count >= pods.length) return [...pods];
  const onNode = new Map<string | undefined, number>();
  for (const { spec } of siblings.filter(isActive)) onNode.set(spec?.nodeName, (onNode.get(spec?.nodeName) ?? 0) + 1);
  const crowd = (pod: Pod) => onNode.get(pod.spec?.nodeName) ?? 0;
  return pods.toSorted((a, b) => compareForDeletion(a, b, crowd, now)).slice(0, count);
}

const PHASES = ["Pending", "Unknown", "Running"];

/** Negative when `a` goes first. */
function compareForDeletion(a: Pod, b: Pod, crowd: (pod: Pod) => number, now: number): number {
  for (const rank of [isScheduled, phaseRank, readyRank, deletionCost, (pod: Pod) => -crowd(pod)]) {
    if (rank(a) !== rank(b)) return rank(a) - rank(b);
  }
  return compareAges(a, b, readySince, now) || restarts(b) - restarts(a) || compareAges(a, b, createdAt, now);
}

const isScheduled = (pod: Pod) => (pod.spec?.nodeName ? 1 : 0);
const phaseRank = (pod: Pod) => PHASES.indexOf(pod.status?.phase ?? "");
const readyRank = (pod: Pod) => (isReady(pod) ? 1 : 0);
const deletionCost = (pod: Pod) => Number(pod.metadata.annotations?.[DELETION_COST] ?? 0) || 0;
const restarts = (pod: Pod) => Math.max(0, ...(pod.status?.containerStatuses ?? []).map(({ restartCount }) => restartCount));
const createdAt = (pod: Pod) => Date.parse(pod.metadata.creationTimestamp);

/** Younger first; ages of one order of magnitude count as equal, and chance (the uid) then spreads what is left over nodes. */
function compareAges(a: Pod, b: Pod, since: (pod: Pod) => number | undefined, now: number): number {
  const [first, second] = [since(a), since(b)];
  if (first === second || first === undefined || second === undefined) return 0;
  return magnitude(now - first) - magnitude(now - second) || (a.metadata.uid < b.metadata.uid ? -1 : 1);
}

const magnitude = (age: number) => (age > 0 ? Math.trunc(Math.log2(age * 1_000_000)) : -1);
