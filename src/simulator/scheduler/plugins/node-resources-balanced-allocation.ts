import type { NodeInfo } from "../node-info.ts";
import type { Plugin } from "../plugin.ts";
import { podRequests } from "../pod-requests.ts";
import type { Amounts } from "../pod-requests.ts";

/** Prefers nodes whose cpu and memory would be used to the same degree. */
export const nodeResourcesBalancedAllocation: Plugin = {
  name: "NodeResourcesBalancedAllocation",
  weight: 1,
  prepare(pod) {
    const requests = podRequests(pod);
    if (!requests["cpu"] && !requests["memory"]) return {};
    return { score: (nodes) => nodes.map((node) => balance(node, requests)) };
  },
};

function balance({ allocatable, requested }: NodeInfo, requests: Amounts): number {
  const fractions = ["cpu", "memory"].flatMap((name) => {
    const capacity = allocatable[name] ?? 0;
    return capacity === 0 ? [] : [Math.min(1, ((requested[name] ?? 0) + (requests[name] ?? 0)) / capacity)];
  });
  const [cpu, memory] = fractions;
  const deviation = cpu === undefined || memory === undefined ? 0 : Math.abs(cpu - memory) / 2;
  return Math.trunc((1 - deviation) * 100);
}
