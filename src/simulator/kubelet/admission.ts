import { fitsNodeAffinity } from "../scheduler/node-affinity.ts";
import type { Node } from "../scheduler/node-info.ts";
import { nodeInfo } from "../scheduler/node-info.ts";
import { nodePorts } from "../scheduler/plugins/node-ports.ts";
import { podRequests } from "../scheduler/pod-requests.ts";
import { untolerated } from "../scheduler/taints.ts";
import type { Pod } from "./pod.ts";

export interface Refusal {
  reason: string;
  message: string;
}

/** Whether a node takes a pod that was put on it, whoever did (pkg/kubelet/lifecycle/predicate.go). */
export function refusalOf(pod: Pod, node: Node, others: readonly Pod[]): Refusal | undefined {
  const info = nodeInfo(node, others);
  const predicate = (name: string, why: string): Refusal => ({ reason: name, message: `Predicate ${name} failed: ${why}` });
  const lacking = (resource: string, requested: number, used: number, capacity: number): Refusal => ({
    reason: `OutOf${resource}`,
    message: `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
  });
  const { allocatable, requested } = info;
  if (others.length + 1 > (allocatable["pods"] ?? 0)) return lacking("pods", 1, others.length, allocatable["pods"] ?? 0);
  for (const [name, wanted] of Object.entries(podRequests(pod))) {
    const [capacity, used] = [allocatable[name] ?? 0, requested[name] ?? 0];
    if (wanted > 0 && wanted > capacity - used) return lacking(name, wanted, used, capacity);
  }
  if (!fitsNodeAffinity(pod, node)) return predicate("NodeAffinity", "node(s) didn't match Pod's node affinity/selector");
  const ports = nodePorts.prepare(pod, { nodes: [info], read: { get: () => undefined, list: () => [] } }).filter?.(info);
  if (ports) return predicate("NodePorts", ports.reasons.join(", "));
  const taints = untolerated(node.spec?.taints, pod.spec?.tolerations, ["NoExecute"]);
  return taints.length > 0 ? predicate("TaintToleration", "node(s) had untolerated taint(s)") : undefined;
}
