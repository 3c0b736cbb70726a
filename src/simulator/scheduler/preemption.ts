import type { PodDisruptionBudget } from "kubernetes-types/policy/v1";
import type { Live } from "../api/object.ts";
import { selectorMatches } from "../api/selectors.ts";
import type { LabelSelector } from "../api/selectors.ts";
import { evaluate, priorityOf } from "./decision.ts";
import type { Diagnosis, Nomination } from "./decision.ts";
import { preemptionError } from "./fit-error.ts";
import { withoutPod, withPod } from "./node-info.ts";
import type { NodeInfo } from "./node-info.ts";
import type { Rejection, Snapshot } from "./plugin.ts";
import type { Pod } from "./pod-requests.ts";

/** A node that would do, if these pods went. */
export interface Preemption {
  node: string;
  victims: readonly Pod[];
}

interface Candidate extends Preemption {
  /** Victims whose going breaks a PodDisruptionBudget. */
  violations: number;
}

/**
 * Looks for the node where the least harm makes room for the pod; or says why there is none
 * (plugins/defaultpreemption, framework/preemption).
 */
export function findPreemption(
  pod: Pod,
  snapshot: Snapshot,
  diagnosis: Diagnosis,
  nominations: readonly Nomination[],
): Preemption | { message: string } {
  const refusal = notEligible(pod, snapshot, diagnosis);
  if (refusal) return { message: refusal };
  const candidates: Candidate[] = [];
  const tried = new Map<string, Rejection>();
  for (const node of snapshot.nodes) {
    const rejection = diagnosis.rejections.get(node.name);
    if (!rejection || rejection.unresolvable) continue;
    const result = victimsOn(node, pod, snapshot, nominations);
    if ("victims" in result) candidates.push(result);
    else tried.set(node.name, result);
  }
  const names = snapshot.nodes.map(({ name }) => name);
  return candidates.sort(leastHarm)[0] ?? { message: preemptionError(names, tried) };
}

function notEligible(pod: Pod, { nodes }: Snapshot, { rejections }: Diagnosis): string | undefined {
  if (pod.spec?.preemptionPolicy === "Never") return "not eligible due to preemptionPolicy=Never.";
  const nominated = pod.status?.nominatedNodeName;
  if (!nominated || rejections.get(nominated)?.unresolvable) return undefined;
  const waiting = nodes
    .find(({ name }) => name === nominated)
    ?.pods.some((other) => priorityOf(other) < priorityOf(pod) && isBeingPreempted(other));
  return waiting ? "not eligible due to a terminating pod on the nominated node." : undefined;
}

const isBeingPreempted = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp !== undefined &&
  (status?.conditions ?? []).some(({ type, reason }) => type === "DisruptionTarget" && reason === "PreemptionByScheduler");

/** Takes all weaker pods off the node, then lets as many of them stay as the pod leaves room for. */
function victimsOn(node: NodeInfo, pod: Pod, snapshot: Snapshot, nominations: readonly Nomination[]): Candidate | Rejection {
  const weaker = node.pods.filter((other) => priorityOf(other) < priorityOf(pod)).sort(moreImportant);
  if (weaker.length === 0) return { reasons: ["No preemption victims found for incoming pod"], unresolvable: true };
  const rejectionOf = (info: NodeInfo): Rejection | undefined => {
    const nodes = snapshot.nodes.map((other) => (other.name === info.name ? info : other));
    const { diagnosis, feasible } = evaluate(pod, { ...snapshot, nodes }, nominations);
    return feasible.includes(info) ? undefined : (diagnosis.rejections.get(info.name) ?? { reasons: [diagnosis.reject ?? ""] });
  };
  let left = weaker.reduce(withoutPod, node);
  const rejection = rejectionOf(left);
  if (rejection) return rejection;
  const { violating, others } = byBudget(weaker, snapshot);
  const victims: Pod[] = [];
  for (const other of [...violating, ...others]) {
    const kept = withPod(left, other);
    if (rejectionOf(kept)) victims.push(other);
    else left = kept;
  }
  return {
    node: node.name,
    victims: victims.sort(moreImportant),
    violations: victims.filter((victim) => violating.includes(victim)).length,
  };
}

/** Splits pods, the more important first, into those a PodDisruptionBudget protects and the rest. */
function byBudget(pods: readonly Pod[], { read }: Snapshot): { violating: Pod[]; others: Pod[] } {
  const budgets = read
    .list<Live<PodDisruptionBudget>>("poddisruptionbudgets.policy")
    .map((budget) => ({ budget, allowed: budget.status?.disruptionsAllowed ?? 0 }));
  const violating: Pod[] = [];
  const others: Pod[] = [];
  for (const pod of pods) {
    const mine = budgets.filter(
      ({ budget: { metadata, spec, status } }) =>
        metadata.namespace === pod.metadata.namespace &&
        Object.keys(spec?.selector ?? {}).length > 0 &&
        selectorMatches(spec?.selector as LabelSelector | undefined, pod.metadata.labels) &&
        status?.disruptedPods?.[pod.metadata.name] === undefined,
    );
    for (const one of mine) one.allowed--;
    (mine.some(({ allowed }) => allowed < 0) ? violating : others).push(pod);
  }
  return { violating, others };
}

const startedAt = ({ status, metadata }: Pod): number => Date.parse(String(status?.startTime ?? metadata.creationTimestamp));

/** Negative when `a` matters more: a higher priority, then a longer life. */
const moreImportant = (a: Pod, b: Pod): number => priorityOf(b) - priorityOf(a) || startedAt(a) - startedAt(b);

/** Sums priorities that may be negative. */
const PRIORITY_OFFSET = 2 ** 31;

/** Negative when `a` does less harm: budgets broken, highest priority hit, sum of priorities, number of pods, youth. */
function leastHarm(a: Candidate, b: Candidate): number {
  const highest = ({ victims }: Candidate) => (victims[0] ? priorityOf(victims[0]) : -Infinity);
  const sum = ({ victims }: Candidate) => victims.reduce((total, victim) => total + priorityOf(victim) + PRIORITY_OFFSET, 0);
  const youngest = (candidate: Candidate) =>
    Math.min(...candidate.victims.filter((victim) => priorityOf(victim) === highest(candidate)).map(startedAt));
  return (
    a.violations - b.violations ||
    highest(a) - highest(b) ||
    sum(a) - sum(b) ||
    a.victims.length - b.victims.length ||
    youngest(b) - youngest(a)
  );
}
