import type { EventRecorder } from "../api/events.ts";
import type { Clock } from "../clock.ts";
import { Backoff } from "./backoff.ts";
import { goDuration } from "./go-duration.ts";
import { fieldPathOf } from "./pod.ts";
import type { Pod, PodContainer } from "./pod.ts";
import { PullError } from "./runtime.ts";
import type { ContainerRuntime, PulledImage } from "./runtime.ts";

/** A container's image is not there; `reason` becomes the waiting reason, the message goes with it. */
export class ImageError extends Error {
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Brings images onto the node, one at a time, with back-off (pkg/kubelet/images/image_manager.go). */
export class ImageManager {
  readonly #runtime: ContainerRuntime;
  readonly #clock: Clock;
  readonly #events: EventRecorder;
  readonly #backoff: Backoff;
  readonly #pulled: () => void;
  /** Why the last pull of a pod's image failed. */
  readonly #causes = new Map<string, string>();
  #queue: Promise<unknown> = Promise.resolve();

  /** `pulled` is called when the node got an image. */
  constructor(runtime: ContainerRuntime, clock: Clock, events: EventRecorder, pulled: () => void) {
    this.#runtime = runtime;
    this.#clock = clock;
    this.#events = events;
    this.#backoff = new Backoff(clock);
    this.#pulled = pulled;
  }

  /** The image of a container, pulled if its policy says so. Throws an ImageError; events tell the rest. */
  async ensure(pod: Pod, container: PodContainer, aboutToPull: () => void): Promise<PulledImage> {
    const { image = "", imagePullPolicy = "IfNotPresent" } = container.container;
    const tell = (type: "Normal" | "Warning", reason: string, message: string) =>
      this.#events.event({ object: pod, fieldPath: fieldPathOf(container) }, type, reason, message);
    const invalid = invalidName(image);
    if (invalid) {
      const message = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format${invalid}`;
      tell("Warning", "InspectFailed", message);
      throw new ImageError("InvalidImageName", message);
    }
    const present = this.#runtime.hasImage(image) ? this.#runtime.image(image) : undefined;
    if (present && imagePullPolicy !== "Always") {
      tell("Normal", "Pulled", `Container image "${image}" already present on machine`);
      return present;
    }
    if (imagePullPolicy === "Never") {
      const message = `Container image "${image}" is not present with pull policy of Never`;
      tell("Warning", "ErrImageNeverPull", message);
      throw new ImageError("ErrImageNeverPull", message);
    }
    const key = `${pod.metadata.uid}_${image}`;
    if (this.#backoff.left(key) > 0) {
      const message = `Back-off pulling image "${image}"`;
      tell("Normal", "BackOff", message);
      throw new ImageError("ImagePullBackOff", `${message}: ErrImagePull: ${this.#causes.get(key)}`);
    }
    aboutToPull();
    return this.#pull(image, key, tell);
  }

  /** How long to wait before another try makes sense, ms. */
  wait(pod: Pod, image: string): number {
    return this.#backoff.left(`${pod.metadata.uid}_${image}`);
  }

  forget({ metadata: { uid } }: Pod): void {
    this.#backoff.forget(uid);
    for (const key of this.#causes.keys()) if (key.startsWith(uid)) this.#causes.delete(key);
  }

  async #pull(image: string, key: string, tell: (type: "Normal" | "Warning", reason: string, message: string) => void) {
    const asked = this.#clock.now();
    tell("Normal", "Pulling", `Pulling image "${image}"`);
    const turn = this.#queue.then(async () => {
      const started = this.#clock.now();
      const pulled = await this.#runtime.pull(image);
      return { pulled, took: this.#clock.now() - started };
    });
    // Its failure is told below, and is nothing to the pull that comes after it.
    this.#queue = turn.catch(() => undefined);
    try {
      const { pulled, took } = await turn;
      const all = this.#clock.now() - asked;
      const times = `${goDuration(took)} (${goDuration(all)} including waiting)`;
      tell("Normal", "Pulled", `Successfully pulled image "${image}" in ${times}. Image size: ${pulled.image.size} bytes.`);
      this.#backoff.forget(key);
      this.#pulled();
      return pulled;
    } catch (error) {
      if (!(error instanceof PullError)) throw error;
      tell("Warning", "Failed", `Failed to pull image "${image}": ${error.message}`);
      const now = this.#clock.now();
      this.#causes.set(key, error.message);
      this.#backoff.next(key, now);
      throw new ImageError(error.reason, error.message);
    }
  }
}

/** Undefined for a good name, else what the parser adds to "invalid reference format" (distribution/reference). */
function invalidName(image: string): string | undefined {
  const name = image.replace(/@.*$/, "").replace(/:[\w][\w.-]*$/, "");
  const path = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
  const domain = "(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::\\d+)?/)?";
  if (new RegExp(`^${domain}${path}(?:/${path})*$`).test(name)) return undefined;
  return new RegExp(`^${domain}${path}(?:/${path})*$`).test(name.toLowerCase())
    ? `: repository name (${name}) must be lowercase`
    : "";
}
