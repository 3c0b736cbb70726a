import { isDeepStrictEqual } from "node:util";
import { keyOf } from "../api/object.ts";
import { StatusError } from "../api/status-error.ts";
import type { NodeContext } from "./node-context.ts";
import type { Pod, PodStatus } from "./pod.ts";

/** Writes one pod's status, one write at a time, and only what is new (pkg/kubelet/status). */
export class StatusWriter {
  readonly #node: NodeContext;
  readonly #status: (pod: Pod) => PodStatus;
  #writing: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  /** `status` works the current status out for the pod as the API has it. */
  constructor(node: NodeContext, status: (pod: Pod) => PodStatus) {
    this.#node = node;
    this.#status = status;
  }

  /** Resolves when the API knows what is the case now. */
  async publish(pod: Pod): Promise<void> {
    this.#again = true;
    this.#writing ??= this.#run(pod).finally(() => (this.#writing = undefined));
    await this.#writing;
  }

  /** No more writes. */
  stop(): void {
    this.#stopped = true;
  }

  async #run(pod: Pod): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      const live = this.#node.client.get<Pod>("pods", keyOf(pod));
      if (!live || live.metadata.uid !== pod.metadata.uid) return;
      const status = this.#status(live);
      if (isDeepStrictEqual(live.status, status)) continue;
      try {
        await this.#node.client.updateStatus("pods", { ...live, status } as Pod);
      } catch (error) {
        if (!(error instanceof StatusError) || (error.code !== 409 && error.code !== 404)) throw error;
        this.#again = error.code === 409;
      }
    }
  }
}
