import { SteppedClock } from "../../src/simulator/clock.ts";
import type { ContainerSpec, RunningContainer } from "../../src/simulator/kubelet/runtime.ts";
import { createNetwork } from "../../src/simulator/network/memory-network.ts";
import { images } from "../../src/simulator/programs/index.ts";
import type { Image } from "../../src/simulator/programs/program.ts";
import { Random } from "../../src/simulator/random.ts";
import { createContainerRuntime } from "../../src/simulator/runtime/runtime.ts";

/** A node with its runtime, a network, and time that a test steps. */
export function createNode(options: { images?: readonly Image[] } = {}) {
  const clock = new SteppedClock();
  const network = createNetwork({ clock });
  const random = new Random(1);
  const runtime = createContainerRuntime({ clock, random, network, images: options.images ?? images, nodeName: "worker" });
  const pull = async (name: string) => {
    const pulled = runtime.pull(name);
    // It may fail while time is still being stepped; the caller is given the failure all the same.
    pulled.catch(() => {});
    await clock.step(5_000);
    return pulled;
  };
  const pod = (ip = "10.244.0.5", hostname = "pod") =>
    runtime.sandbox({ hostname, ip, resolvConf: "nameserver 10.96.0.10\n", hosts: `127.0.0.1\tlocalhost\n${ip}\t${hostname}\n` });
  const run = async (name: string, spec: Partial<ContainerSpec> = {}, sandbox = pod()): Promise<RunningContainer> =>
    sandbox.start({ name: "c", image: await pull(name), env: {}, mounts: [], tty: false, stdin: false, ...spec });
  return { clock, network, runtime, pull, pod, run };
}

export const logText = (container: RunningContainer): string =>
  container.log
    .lines()
    .map(({ text }) => text)
    .join("\n");
