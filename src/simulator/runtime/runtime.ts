import type { Clock } from "../clock.ts";
import { sleep } from "../clock.ts";
import type { ContainerRuntime, PulledImage } from "../kubelet/runtime.ts";
import type { Network } from "../network/network.ts";
import type { Image } from "../programs/program.ts";
import type { Random } from "../random.ts";
import { fullName, parseImageReference } from "./image-reference.ts";
import { Machine } from "./machine.ts";
import { Registry } from "./registry.ts";
import { PodSandbox } from "./sandbox.ts";

/** What a pull takes: the registry's answer, then the bytes, 200 MB/s; never so long that a learner wonders. */
const PULL = { answer: 200, perMegabyte: 5, longest: 1_500 };

/**
 * A node's container runtime. `images` is what the registries have; `preloaded` names those that are on the node already, as
 * in a kind node's image.
 */
export function createContainerRuntime(options: {
  clock: Clock;
  random: Random;
  network: Network;
  images: readonly Image[];
  nodeName: string;
  preloaded?: readonly string[];
  /** When the node's machine started, ms; now, unless told. */
  bootedAt?: number;
}): ContainerRuntime {
  const { clock, random, images } = options;
  const registry = new Registry(images);
  const machine = new Machine(options);
  /** By each name it can be found with. */
  const present = new Map<string, PulledImage>();
  const pulls = new Map<string, Promise<PulledImage>>();
  const keep = (pulled: PulledImage) => {
    present.set(pulled.name, pulled);
    present.set(pulled.imageID, pulled);
    return pulled;
  };
  for (const name of options.preloaded ?? []) keep(registry.find(registry.reference(name)));

  const lookUp = (name: string): PulledImage | undefined => {
    const reference = parseImageReference(name);
    return "error" in reference ? undefined : present.get(fullName(reference));
  };

  const pull = async (name: string): Promise<PulledImage> => {
    const reference = registry.reference(name);
    const jitter = 0.8 + 0.4 * random.next();
    await sleep(clock, PULL.answer * jitter);
    const pulled = registry.find(reference);
    if (!present.has(pulled.imageID)) {
      const rest = PULL.longest - PULL.answer;
      await sleep(clock, Math.min((pulled.image.size / 1e6) * PULL.perMegabyte, rest) * jitter);
    }
    return keep(pulled);
  };

  return {
    machine,
    hasImage: (name) => lookUp(name) !== undefined,
    image: lookUp,
    pull(name) {
      const running = pulls.get(name) ?? pull(name).finally(() => pulls.delete(name));
      pulls.set(name, running);
      return running;
    },
    images() {
      const names = new Map<string, string[]>();
      for (const [name, { imageID }] of present) names.set(imageID, [...(names.get(imageID) ?? []), name]);
      return [...names].map(([imageID, all]) => ({
        names: [imageID, ...all.filter((name) => name !== imageID)],
        sizeBytes: present.get(imageID)!.image.size,
      }));
    },
    sandbox: (sandbox) => new PodSandbox(sandbox, { ...options, machine }),
  };
}
