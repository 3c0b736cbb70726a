import type { Client, WatchEvent } from "../api/client.ts";
import type { NodeInfo } from "./node-info.ts";
import type { Pod } from "./pod-requests.ts";

/** Why a node can't take a pod. `unresolvable`: not even with other pods gone, so preemption doesn't try. */
export interface Rejection {
  reasons: readonly string[];
  unresolvable?: true;
}

/** What a scheduling decision looks at. Plugins see one snapshot for a whole decision. */
export interface Snapshot {
  nodes: readonly NodeInfo[];
  /** Reads of everything else (claims, volumes, services). */
  read: Pick<Client, "get" | "list">;
}

/** A plugin at work on one pod and one snapshot. What is absent has nothing to say about this pod. */
export interface PluginRun {
  /** The pod can't be scheduled anywhere, whatever the nodes are like (PreFilter). */
  reject?: string;
  /** Names of the only nodes worth a look. */
  only?: ReadonlySet<string>;
  filter?(node: NodeInfo): Rejection | undefined;
  /** One score of 0 to 100 for each of the nodes that passed, in their order. */
  score?(nodes: readonly NodeInfo[]): number[];
}

/** A change in the cluster that may let a waiting pod fit. */
export interface ClusterEvent extends WatchEvent {
  resource: "nodes" | "pods" | "persistentvolumeclaims" | "persistentvolumes" | "storageclasses.storage.k8s.io" | "services";
}

/** One scheduling rule. Upstream: pkg/scheduler/framework/plugins. One file each in plugins/, in the order of plugins/index.ts. */
export interface Plugin {
  name: string;
  /** How much the score counts. */
  weight?: number;
  prepare(pod: Pod, snapshot: Snapshot): PluginRun;
  /** True when the event may help a pod this plugin turned down. */
  mayHelp?(event: ClusterEvent, pod: Pod): boolean;
}

const HIGHEST = 100;

/** Scales scores so that the highest becomes 100; `reverse` makes the lowest the best (helper.DefaultNormalizeScore). */
export function normalise(scores: readonly number[], { reverse = false } = {}): number[] {
  const highest = Math.max(0, ...scores);
  if (highest === 0) return scores.map(() => (reverse ? HIGHEST : 0));
  const scaled = scores.map((score) => Math.trunc((score * HIGHEST) / highest));
  return reverse ? scaled.map((score) => HIGHEST - score) : scaled;
}

/** A node was added, or a part of it changed that `part` names. */
export const nodeChanged = ({ resource, type, object, old }: ClusterEvent, part: (node: NodeInfo["node"]) => unknown): boolean =>
  resource === "nodes" &&
  (type === "ADDED" ||
    (type === "MODIFIED" && JSON.stringify(part(object as NodeInfo["node"])) !== JSON.stringify(part(old as NodeInfo["node"]))));

/** A pod that stood on a node is gone, or over. */
export const podLeft = ({ resource, type, object, old }: ClusterEvent): boolean => {
  if (resource !== "pods" || !(object as Pod).spec?.nodeName) return false;
  return type === "DELETED" ? !isOver(old ?? object) : isOver(object) && old !== undefined && !isOver(old);
};

const isOver = (object: ClusterEvent["object"]): boolean => ["Succeeded", "Failed"].includes((object as Pod).status?.phase ?? "");
