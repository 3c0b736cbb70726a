import { nodeInfo } from "./node-info.ts";
import type { Node, NodeInfo } from "./node-info.ts";
import type { Pod } from "./pod-requests.ts";

/** Nodes and what stands on them, kept from watches; and pods whose binding is under way, as if it had succeeded. */
export class ClusterState {
  readonly #nodes = new Map<string, Node>();
  /** Pods by node, then by uid. */
  readonly #pods = new Map<string, Map<string, Pod>>();
  readonly #assumed = new Set<string>();
  readonly #infos = new Map<string, NodeInfo>();

  /** All nodes, by name. Unchanged ones are the same objects as before. */
  nodes(): NodeInfo[] {
    return [...this.#nodes.values()].map((node) => {
      const { name } = node.metadata;
      const known = this.#infos.get(name);
      if (known) return known;
      const info = nodeInfo(node, [...(this.#pods.get(name)?.values() ?? [])]);
      this.#infos.set(name, info);
      return info;
    });
  }

  setNode(node: Node): void {
    this.#nodes.set(node.metadata.name, node);
    this.#infos.delete(node.metadata.name);
  }

  removeNode(node: Node): void {
    this.#nodes.delete(node.metadata.name);
    this.#infos.delete(node.metadata.name);
  }

  /** A pod as the API has it. Pods that are over take no room. */
  setPod(pod: Pod): void {
    const { uid } = pod.metadata;
    const node = pod.spec?.nodeName;
    if (!node && this.#assumed.has(uid)) return;
    const over = pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
    this.removePod(pod);
    if (node && !over) this.#place(node, pod);
  }

  removePod({ metadata: { uid } }: Pod): void {
    this.#assumed.delete(uid);
    for (const [node, pods] of this.#pods) if (pods.delete(uid)) this.#infos.delete(node);
  }

  /** Counts the pod on the node until the API says so itself, or `removePod` takes it back. */
  assume(pod: Pod, node: string): void {
    this.#assumed.add(pod.metadata.uid);
    this.#place(node, pod);
  }

  isAssumed({ metadata: { uid } }: Pod): boolean {
    return this.#assumed.has(uid);
  }

  #place(node: string, pod: Pod): void {
    const pods = this.#pods.get(node) ?? new Map<string, Pod>();
    this.#pods.set(node, pods.set(pod.metadata.uid, pod));
    this.#infos.delete(node);
  }
}
