import type { Node as NodeType } from "kubernetes-types/core/v1";
import type { Live } from "../api/object.ts";
import { add, amounts, nonZeroRequests, podRequests, subtract } from "./pod-requests.ts";
import type { Amounts, Pod } from "./pod-requests.ts";

export type Node = Live<NodeType>;

/** A node with the pods that are, or are about to be, on it. Never changed: `withPod` and `withoutPod` make a new one. */
export interface NodeInfo {
  readonly node: Node;
  readonly name: string;
  readonly pods: readonly Pod[];
  readonly allocatable: Amounts;
  /** Sum of the pods' requests. */
  readonly requested: Amounts;
  /** The same with assumed amounts for containers that ask for nothing. */
  readonly nonZeroRequested: Amounts;
}

export function nodeInfo(node: Node, pods: readonly Pod[]): NodeInfo {
  return {
    node,
    name: node.metadata.name,
    pods,
    allocatable: amounts(node.status?.allocatable),
    requested: pods.map(podRequests).reduce(add, {}),
    nonZeroRequested: pods.map(nonZeroRequests).reduce(add, {}),
  };
}

export const withPod = (info: NodeInfo, pod: Pod): NodeInfo => ({
  ...info,
  pods: [...info.pods, pod],
  requested: add(info.requested, podRequests(pod)),
  nonZeroRequested: add(info.nonZeroRequested, nonZeroRequests(pod)),
});

export const withoutPod = (info: NodeInfo, pod: Pod): NodeInfo => ({
  ...info,
  pods: info.pods.filter((other) => other.metadata.uid !== pod.metadata.uid),
  requested: subtract(info.requested, podRequests(pod)),
  nonZeroRequested: subtract(info.nonZeroRequested, nonZeroRequests(pod)),
});
