import type { NodeCondition } from "kubernetes-types/core/v1";
import type { Client } from "../api/client.ts";
import { timestamp } from "../api/object.ts";
import type { Clock, Timer } from "../clock.ts";
import type { Node } from "../scheduler/node-info.ts";
import type { ContainerRuntime } from "./runtime.ts";

/** A status in which nothing changed is written again after this long, ms (nodeStatusReportFrequency). */
const HEARTBEAT = 5 * 60_000;
/** No more images than this are shown (nodeStatusMaxImages). */
const MOST_IMAGES = 50;

const CONDITIONS = [
  ["MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"],
  ["DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"],
  ["PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"],
  ["Ready", "True", "KubeletReady", "kubelet is posting ready status"],
] as const;

interface Options {
  client: Client;
  clock: Clock;
  runtime: ContainerRuntime;
  nodeName: string;
  report(error: unknown): void;
}

/** Keeps conditions and images of the node's object (pkg/kubelet/nodestatus). */
export class NodeStatus {
  readonly #options: Options;
  #timer: Timer | undefined;
  #writing: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Writes the status now, and then every five minutes. */
  report(): Promise<void> {
    this.#timer?.cancel();
    if (this.#stopped) return this.#writing;
    this.#timer = this.#options.clock.setTimeout(() => void this.report(), HEARTBEAT);
    this.#writing = this.#writing.then(() => this.#write()).catch((error: unknown) => this.#options.report(error));
    return this.#writing;
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  async #write(): Promise<void> {
    const { client, nodeName } = this.#options;
    const live = client.get<Node>("nodes", { name: nodeName });
    if (live)
      await client.patch<Node>(
        "nodes",
        { namespace: "", name: nodeName },
        { status: this.#status(live) },
        { subresource: "status" },
      );
  }

  #status({ status }: Node): Pick<NonNullable<Node["status"]>, "conditions" | "images"> {
    const { clock, runtime } = this.#options;
    const now = timestamp(clock.now()) as never;
    const conditions = CONDITIONS.map(([type, value, reason, message]): NodeCondition => {
      const before = status?.conditions?.find((condition) => condition.type === type);
      const lastTransitionTime = before?.status === value && before.lastTransitionTime ? before.lastTransitionTime : now;
      return { type, status: value, lastHeartbeatTime: now, lastTransitionTime, reason, message };
    });
    const others = (status?.conditions ?? []).filter(({ type }) => !conditions.some((condition) => condition.type === type));
    const images = runtime.images().map(({ names, sizeBytes }) => ({ names: [...names], sizeBytes }));
    return {
      conditions: [...others, ...conditions],
      images: images.sort((a, b) => b.sizeBytes - a.sizeBytes).slice(0, MOST_IMAGES),
    };
  }
}
