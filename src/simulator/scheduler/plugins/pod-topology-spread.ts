import type { ReplicaSet, StatefulSet } from "kubernetes-types/apps/v1";
import type { ReplicationController, Service, TopologySpreadConstraint } from "kubernetes-types/core/v1";
import { controllerOf } from "../../api/object.ts";
import type { Live } from "../../api/object.ts";
import { selectorMatches } from "../../api/selectors.ts";
import type { LabelSelector } from "../../api/selectors.ts";
import { fitsNodeAffinity } from "../node-affinity.ts";
import type { Node, NodeInfo } from "../node-info.ts";
import { nodeChanged } from "../plugin.ts";
import type { Plugin, Snapshot } from "../plugin.ts";
import type { Pod } from "../pod-requests.ts";
import { untolerated } from "../taints.ts";

type Constraint = TopologySpreadConstraint & { matches(other: Pod): boolean };

const HOSTNAME = "kubernetes.io/hostname";

/** What holds for pods that say nothing: replicas of one owner or Service spread over nodes, then zones. */
const SYSTEM_DEFAULTS: readonly TopologySpreadConstraint[] = [
  { maxSkew: 3, topologyKey: HOSTNAME, whenUnsatisfiable: "ScheduleAnyway" },
  { maxSkew: 5, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "ScheduleAnyway" },
];

/** Spreads pods over topology domains: hard constraints filter, soft ones score. */
export const podTopologySpread: Plugin = {
  name: "PodTopologySpread",
  weight: 2,
  prepare(pod, snapshot) {
    const own = (pod.spec?.topologySpreadConstraints ?? []).map((constraint) => compile(constraint, pod));
    const hard = own.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === "DoNotSchedule");
    const soft = own.length > 0 ? own.filter((constraint) => !hard.includes(constraint)) : defaults(pod, snapshot);
    return {
      ...(hard.length > 0 && { filter: hardFilter(pod, snapshot, hard) }),
      ...(soft.length > 0 && { score: (nodes) => softScores(pod, snapshot, soft, nodes, own.length > 0) }),
    };
  },
  mayHelp: (event, pod) =>
    nodeChanged(event, (node) => [node.metadata.labels, node.spec?.taints]) ||
    (event.resource === "nodes" && event.type === "DELETED") ||
    (event.resource === "pods" &&
      event.object.metadata.namespace === pod.metadata.namespace &&
      (event.type !== "MODIFIED" || JSON.stringify(event.object.metadata.labels) !== JSON.stringify(event.old?.metadata.labels))),
};

function hardFilter(pod: Pod, { nodes }: Snapshot, constraints: readonly Constraint[]) {
  const counts = constraints.map((constraint) => {
    const byDomain = new Map<string, number>();
    for (const info of nodes) {
      const value = info.node.metadata.labels?.[constraint.topologyKey];
      if (value === undefined || !counted(constraint, pod, info.node) || !hasAllKeys(info.node, constraints)) continue;
      byDomain.set(value, (byDomain.get(value) ?? 0) + matching(constraint, pod, info));
    }
    const lowest = byDomain.size < (constraint.minDomains ?? 1) ? 0 : Math.min(...byDomain.values());
    return { byDomain, lowest };
  });
  return ({ node }: NodeInfo) => {
    for (const [index, constraint] of constraints.entries()) {
      const value = node.metadata.labels?.[constraint.topologyKey];
      if (value === undefined) {
        return {
          reasons: ["node(s) didn't match pod topology spread constraints (missing required label)"],
          unresolvable: true as const,
        };
      }
      const { byDomain, lowest } = counts[index] as (typeof counts)[number];
      const skew = (byDomain.get(value) ?? 0) + (constraint.matches(pod) ? 1 : 0) - lowest;
      if (skew > constraint.maxSkew) return { reasons: ["node(s) didn't match pod topology spread constraints"] };
    }
    return undefined;
  };
}

/** Fewer matching pods in the node's domains is better; small domains weigh a little more (podtopologyspread/scoring.go). */
function softScores(
  pod: Pod,
  { nodes: all }: Snapshot,
  constraints: readonly Constraint[],
  candidates: readonly NodeInfo[],
  allKeysNeeded: boolean,
): number[] {
  const ignored = (node: Node) => allKeysNeeded && !hasAllKeys(node, constraints);
  const scored = candidates.filter(({ node }) => !ignored(node));
  const raw = new Map(scored.map((info) => [info, 0]));
  for (const constraint of constraints) {
    const valueOf = ({ node }: NodeInfo) => node.metadata.labels?.[constraint.topologyKey];
    const perNode = constraint.topologyKey === HOSTNAME;
    const values = new Set(scored.map(valueOf));
    const byDomain = new Map<string | undefined, number>();
    for (const info of all) {
      if (!values.has(valueOf(info)) || ignored(info.node) || !counted(constraint, pod, info.node)) continue;
      byDomain.set(valueOf(info), (byDomain.get(valueOf(info)) ?? 0) + matching(constraint, pod, info));
    }
    const weight = Math.log((perNode ? scored.length : values.size) + 2);
    for (const info of scored) {
      if (valueOf(info) === undefined) continue;
      const found = perNode ? matching(constraint, pod, info) : (byDomain.get(valueOf(info)) ?? 0);
      raw.set(info, (raw.get(info) ?? 0) + found * weight + constraint.maxSkew - 1);
    }
  }
  const rounded = new Map([...raw].map(([info, score]) => [info, Math.round(score)]));
  const [lowest, highest] = [Math.min(...rounded.values()), Math.max(...rounded.values())];
  return candidates.map((info) => {
    const score = rounded.get(info);
    if (score === undefined) return 0;
    return highest === 0 ? 100 : Math.trunc((100 * (highest + lowest - score)) / highest);
  });
}

function compile(constraint: TopologySpreadConstraint, pod: Pod): Constraint {
  const labels = pod.metadata.labels ?? {};
  const keys = (constraint.matchLabelKeys ?? []).filter((key) => key in labels);
  const selector: LabelSelector = {
    ...(constraint.labelSelector as LabelSelector | undefined),
    ...(keys.length > 0 && {
      matchLabels: {
        ...constraint.labelSelector?.matchLabels,
        ...Object.fromEntries(keys.map((key) => [key, labels[key] as string])),
      },
    }),
  };
  const matches = (other: Pod) => constraint.labelSelector !== undefined && selectorMatches(selector, other.metadata.labels);
  return { ...constraint, matches };
}

/** The system's soft constraints over the pods that this pod's Services and owner select. */
function defaults(pod: Pod, { read }: Snapshot): Constraint[] {
  const { namespace = "", labels = {} } = pod.metadata;
  const services = read
    .list<Live<Service>>("services", { namespace })
    .flatMap(({ spec }) =>
      spec?.selector && selectorMatches({ matchLabels: spec.selector }, labels) ? { matchLabels: spec.selector } : [],
    );
  const owner = ownerSelector(pod, read);
  const selectors: LabelSelector[] = owner ? [...services, owner] : services;
  if (selectors.length === 0) return [];
  const matches = (other: Pod) => selectors.every((selector) => selectorMatches(selector, other.metadata.labels));
  return SYSTEM_DEFAULTS.map((constraint) => ({ ...constraint, matches }));
}

function ownerSelector(pod: Pod, read: Snapshot["read"]): LabelSelector | undefined {
  const owner = controllerOf(pod);
  const key = { namespace: pod.metadata.namespace ?? "", name: owner?.name ?? "" };
  switch (owner?.kind) {
    case "ReplicaSet":
      return read.get<Live<ReplicaSet>>("replicasets.apps", key)?.spec?.selector;
    case "StatefulSet":
      return read.get<Live<StatefulSet>>("statefulsets.apps", key)?.spec?.selector;
    case "ReplicationController": {
      const selector = read.get<Live<ReplicationController>>("replicationcontrollers", key)?.spec?.selector;
      return selector && { matchLabels: selector };
    }
    default:
      return undefined;
  }
}

const hasAllKeys = (node: Node, constraints: readonly Constraint[]): boolean =>
  constraints.every(({ topologyKey }) => node.metadata.labels?.[topologyKey] !== undefined);

/** Whether the node's pods count at all: by default nodes the pod's own selectors leave out don't. */
const counted = ({ nodeAffinityPolicy = "Honor", nodeTaintsPolicy = "Ignore" }: Constraint, pod: Pod, node: Node): boolean =>
  (nodeAffinityPolicy !== "Honor" || fitsNodeAffinity(pod, node)) &&
  (nodeTaintsPolicy !== "Honor" ||
    untolerated(node.spec?.taints, pod.spec?.tolerations, ["NoSchedule", "NoExecute"]).length === 0);

const matching = (constraint: Constraint, pod: Pod, { pods }: NodeInfo): number =>
  pods.filter(
    (other) =>
      other.metadata.namespace === pod.metadata.namespace && !other.metadata.deletionTimestamp && constraint.matches(other),
  ).length;
