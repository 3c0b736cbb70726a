import type { NodeInfo } from "../node-info.ts";
import { nodeChanged, podLeft } from "../plugin.ts";
import type { ClusterEvent, Plugin, Rejection } from "../plugin.ts";
import { nonZeroRequests, podRequests } from "../pod-requests.ts";
import type { Amounts, Pod } from "../pod-requests.ts";

/** Requests must fit into what is left of the node; emptier nodes score better (LeastAllocated over cpu and memory). */
export const nodeResourcesFit: Plugin = {
  name: "NodeResourcesFit",
  weight: 1,
  prepare(pod) {
    const requests = podRequests(pod);
    return {
      filter: (node) => fit(node, requests),
      score: (nodes) => nodes.map((node) => leastAllocated(node, nonZeroRequests(pod))),
    };
  },
  mayHelp: (event) => podLeft(event) || shrank(event) || nodeChanged(event, (node) => node.status?.allocatable),
};

/** What is missing, in upstream's order: pods, cpu, memory, then the rest. */
function fit({ pods, allocatable, requested }: NodeInfo, requests: Amounts): Rejection | undefined {
  const reasons: string[] = [];
  let unresolvable = false;
  if (pods.length + 1 > (allocatable["pods"] ?? 0)) reasons.push("Too many pods");
  for (const name of inOrder(Object.keys(requests))) {
    const wanted = requests[name] as number;
    const capacity = allocatable[name] ?? 0;
    if (wanted === 0 || wanted <= capacity - (requested[name] ?? 0)) continue;
    reasons.push(`Insufficient ${name}`);
    if (wanted > capacity) unresolvable = true;
  }
  return reasons.length > 0 ? { reasons, ...(unresolvable && { unresolvable }) } : undefined;
}

const FIRST = ["cpu", "memory", "ephemeral-storage"];

const inOrder = (names: string[]): string[] => [
  ...FIRST.filter((name) => names.includes(name)),
  ...names.filter((name) => !FIRST.includes(name)).sort(),
];

function leastAllocated({ allocatable, nonZeroRequested }: NodeInfo, requests: Amounts): number {
  const scores = ["cpu", "memory"].flatMap((name) => {
    const capacity = allocatable[name] ?? 0;
    if (capacity === 0) return [];
    const used = (nonZeroRequested[name] ?? 0) + (requests[name] ?? 0);
    return [used > capacity ? 0 : Math.trunc(((capacity - used) * 100) / capacity)];
  });
  return scores.length > 0 ? Math.trunc(scores.reduce((sum, score) => sum + score, 0) / scores.length) : 0;
}

/** A running pod asks for less than before (a resize). */
const shrank = ({ resource, type, object, old }: ClusterEvent): boolean => {
  if (resource !== "pods" || type !== "MODIFIED" || !(object as Pod).spec?.nodeName) return false;
  const [before, after] = [podRequests(old as Pod), podRequests(object as Pod)];
  return Object.keys(before).some((name) => (after[name] ?? 0) < (before[name] as number));
};
