import type { Taint } from "kubernetes-types/core/v1";
import { isDeepStrictEqual } from "node:util";
import { keyOf, timestamp } from "../../api/object.ts";
import type { Node } from "../../scheduler/node-info.ts";
import type { ControllerContext } from "../controller.ts";
import { unlessGone } from "../refusals.ts";

const PREFIX = "node.kubernetes.io/";

/** Which status of a condition means which taint. */
const CONDITION_TAINTS: readonly [type: string, status: string, taint: string][] = [
  ["Ready", "False", "not-ready"],
  ["Ready", "Unknown", "unreachable"],
  ["MemoryPressure", "True", "memory-pressure"],
  ["DiskPressure", "True", "disk-pressure"],
  ["NetworkUnavailable", "True", "network-unavailable"],
  ["PIDPressure", "True", "pid-pressure"],
];

/** Taints this controller sets and takes away; all others are somebody else's. */
const OWN = new Set([
  ...CONDITION_TAINTS.map(([, , taint]) => `${PREFIX}${taint} NoSchedule`),
  `${PREFIX}unschedulable NoSchedule`,
  `${PREFIX}not-ready NoExecute`,
  `${PREFIX}unreachable NoExecute`,
]);

const identity = ({ key, effect }: Taint) => `${key} ${effect}`;

/** Brings a node's taints in line with its conditions and with spec.unschedulable. */
export async function syncTaints({ client, clock }: ControllerContext, node: Node): Promise<void> {
  const current = node.spec?.taints ?? [];
  const wanted = taintsOf(node, client.list<Node>("nodes"));
  const kept = current.filter((taint) => !OWN.has(identity(taint)) || wanted.some((one) => identity(one) === identity(taint)));
  const missing = wanted.filter((taint) => !current.some((one) => identity(one) === identity(taint)));
  const taints = [...kept, ...missing.map((taint) => ({ ...taint, timeAdded: timestamp(clock.now()) }))];
  if (isDeepStrictEqual(taints, current)) return;
  const patch = {
    metadata: { resourceVersion: node.metadata.resourceVersion },
    spec: { taints: taints.length > 0 ? taints : null },
  };
  await unlessGone(client.patch("nodes", keyOf(node), patch));
}

function taintsOf(node: Node, nodes: readonly Node[]): Taint[] {
  const has = (type: string, status: string) =>
    node.status?.conditions?.some((one) => one.type === type && one.status === status);
  const noSchedule = CONDITION_TAINTS.filter(([type, status]) => has(type, status)).map(([, , taint]) => taint);
  const unschedulable = node.spec?.unschedulable ? ["unschedulable"] : [];
  const taints = [...noSchedule, ...unschedulable].map((taint) => ({ key: PREFIX + taint, effect: "NoSchedule" }));
  // When no node at all answers, the fault is more likely on this side: nothing is evicted.
  if (!nodes.some(isReady)) return taints;
  const noExecute = noSchedule.filter((taint) => taint === "not-ready" || taint === "unreachable");
  return [...taints, ...noExecute.map((taint) => ({ key: PREFIX + taint, effect: "NoExecute" }))];
}

const isReady = ({ status }: Node) =>
  status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") === true;
