import type { NodeCondition } from "kubernetes-types/core/v1";
import type { Client } from "../api/client.ts";
import { timestamp } from "../api/object.ts";
import type { Clock, Timer } from "../clock.ts";
import type { Node } from "../scheduler/node-info.ts";
import type { ContainerRuntime } from "./runtime.ts";

/** A status that did not change is written again after this long. */
const HEARTBEAT = 5 * 60_000;
/** No more images than this are shown (nodeStatusMaxImages). */
const MOST_IMAGES = 50;

/** What a node is made of: labels, taints, podCIDR, capacity, allocatable, nodeInfo. The kubelet adds the rest. */
export type NodeTemplate = Pick<Node, "spec" | "status"> & { metadata: Pick<Node["metadata"], "labels" | "annotations"> };

export interface NodeStatusOptions {
  client: Client;
  clock: Clock;
  runtime: ContainerRuntime;
  nodeName: string;
  nodeIP: string;
  template: NodeTemplate;
}

const CONDITIONS = [
  ["MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"],
  ["DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"],
  ["PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"],
  ["Ready", "True", "KubeletReady", "kubelet is posting ready status"],
] as const;

/** Registers the node if it is not there, and keeps its status (pkg/kubelet/nodestatus). `report` also when images came. */
export class NodeStatus {
  readonly #options: NodeStatusOptions;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: NodeStatusOptions) {
    this.#options = options;
  }

  async register(): Promise<void> {
    const { client, nodeName, template } = this.#options;
    if (!client.get<Node>("nodes", { name: nodeName })) {
      const { metadata, spec } = template;
      await client.create<Node>("nodes", {
        metadata: { ...metadata, name: nodeName },
        ...(spec && { spec }),
        status: this.#status(undefined),
      });
    }
    await this.report();
  }

  async report(): Promise<void> {
    const { client, clock, nodeName } = this.#options;
    this.#timer?.cancel();
    const live = client.get<Node>("nodes", { name: nodeName });
    if (this.#stopped) return;
    if (live) await client.updateStatus<Node>("nodes", { ...live, status: this.#status(live) });
    this.#timer = clock.setTimeout(() => void this.report().catch(() => undefined), HEARTBEAT);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #status(live: Node | undefined): NonNullable<Node["status"]> {
    const { clock, runtime, nodeName, nodeIP, template } = this.#options;
    const now = timestamp(clock.now()) as never;
    const conditions = CONDITIONS.map(([type, status, reason, message]): NodeCondition => {
      const before = live?.status?.conditions?.find((condition) => condition.type === type);
      const lastTransitionTime = before?.status === status && before.lastTransitionTime ? before.lastTransitionTime : now;
      return { type, status, lastHeartbeatTime: now, lastTransitionTime, reason, message };
    });
    const others = (live?.status?.conditions ?? []).filter(
      ({ type }) => !conditions.some((condition) => condition.type === type),
    );
    const images = runtime.images().map(({ names, sizeBytes }) => ({ names: [...names], sizeBytes }));
    const { capacity = {}, allocatable = capacity } = template.status ?? {};
    return {
      ...template.status,
      capacity,
      allocatable,
      conditions: [...others, ...conditions],
      addresses: [
        { type: "InternalIP", address: nodeIP },
        { type: "Hostname", address: nodeName },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      images: images.sort((a, b) => b.sizeBytes - a.sizeBytes).slice(0, MOST_IMAGES),
    };
  }
}
