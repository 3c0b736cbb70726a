import type { PodSpec } from "kubernetes-types/core/v1";
import { admissionPlugins } from "../../src/simulator/admission/index.ts";
import type { Client } from "../../src/simulator/api/client.ts";
import type { EventSubject } from "../../src/simulator/api/events.ts";
import { LocalClient } from "../../src/simulator/api/local-client.ts";
import { Registry } from "../../src/simulator/api/registry.ts";
import { SteppedClock } from "../../src/simulator/clock.ts";
import type { Controller } from "../../src/simulator/controllers/controller.ts";
import { startKubelet } from "../../src/simulator/kubelet/kubelet.ts";
import type { Kubelet, KubeletOptions } from "../../src/simulator/kubelet/kubelet.ts";
import type { Pod } from "../../src/simulator/kubelet/pod.ts";
import { createNetwork } from "../../src/simulator/network/memory-network.ts";
import type { Network } from "../../src/simulator/network/network.ts";
import { images } from "../../src/simulator/programs/index.ts";
import { Random } from "../../src/simulator/random.ts";
import { conversions, strategies } from "../../src/simulator/resources/index.ts";
import { createContainerRuntime } from "../../src/simulator/runtime/runtime.ts";
import { columnsOf, resourceInfos } from "../../src/simulator/schema/resource-info.ts";
import { loadSchemas } from "../../src/simulator/schema/schemas.ts";
import { scheduler } from "../../src/simulator/scheduler/scheduler.ts";
import { Store } from "../../src/simulator/store/store.ts";

export interface NodeRig {
  client: Client;
  clock: SteppedClock;
  network: Network;
  kubelets: Map<string, Kubelet>;
  /** `12.5s Reason object message`, in order, since the last look. */
  events(filter?: string): string[];
  /** A pod with one container `c`, unless the spec says otherwise. */
  pod(name: string, spec?: Partial<PodSpec>, metadata?: object): Promise<Pod>;
  live(name: string): Pod;
  /** Runs a command in container `c`; resolves to what it printed. */
  exec(name: string, ...argv: string[]): Promise<string>;
  /** Moves time on. */
  pass(seconds: number): Promise<void>;
  /** Moves time on until the state is reached; fails after two minutes. */
  until(reached: () => unknown): Promise<void>;
  startKubelet(node: string, more?: Partial<KubeletOptions>): void;
  /** Throws when anything was reported that should not have been. */
  stop(): void;
}

/** Commands in busybox. */
export const sh = (script: string): Partial<PodSpec["containers"][0]> => ({
  image: "busybox:1.36",
  command: ["sh", "-c", script],
});

const ALLOCATABLE = { cpu: "4", memory: "8Gi", pods: "110" };

/** Scheduler and kubelets over the API, with busybox and echo-server on every node, on a clock that stands still. */
export async function startNodes({
  nodes = ["a"],
  controllers = [],
  files,
}: {
  nodes?: readonly string[];
  controllers?: readonly Controller[];
  /** The disk of each node. */
  files?: Map<string, Buffer>;
} = {}): Promise<NodeRig> {
  const clock = new SteppedClock();
  const start = clock.now();
  const random = new Random(3);
  const registry = new Registry({
    store: new Store(),
    schemas: loadSchemas(),
    clock,
    random,
    infos: resourceInfos(),
    strategies,
    columns: (group, version, resource) => columnsOf({ group, version, resource }),
    conversions,
    admission: admissionPlugins,
  });
  const client = new LocalClient(registry, "test");
  const network = createNetwork({ clock });
  const errors: unknown[] = [];
  let lines: string[] = [];
  const event = ({ object }: EventSubject, _: string, reason: string, message: string) =>
    void lines.push(`${(clock.now() - start) / 1000}s ${reason} ${object.metadata.name} ${message}`);
  const context = {
    client,
    clock,
    random,
    events: { event },
    rootCA: "-----BEGIN CERTIFICATE-----",
    resources: () => [],
    report: (error: unknown) => void errors.push(error),
  };
  for (const name of ["default", "kube-system", "kube-node-lease"]) await client.create("namespaces", { metadata: { name } });
  for (const namespace of ["default", "kube-system"]) {
    await client.create("serviceaccounts", { metadata: { name: "default", namespace } });
    await client.create("configmaps", { metadata: { name: "kube-root-ca.crt", namespace }, data: { "ca.crt": "CA" } } as never);
  }
  for (const name of nodes) {
    const node = { metadata: { name, labels: { "kubernetes.io/hostname": name } } };
    await client.create("nodes", node as never);
    await client.patch(
      "nodes",
      { namespace: "", name },
      { status: { allocatable: ALLOCATABLE, capacity: ALLOCATABLE } },
      { subresource: "status" },
    );
    // New nodes are tainted not-ready; here nobody else would take it away.
    await client.patch("nodes", { namespace: "", name }, { spec: { taints: null } });
  }
  const stops = [scheduler, ...controllers].map((controller) => controller(context));
  const kubelets = new Map<string, Kubelet>();
  const live = (name: string) => client.get<Pod>("pods", { namespace: "default", name }) as Pod;
  const rig: NodeRig = {
    client,
    clock,
    network,
    kubelets,
    events(filter = "") {
      const seen = lines.filter((line) => line.includes(filter));
      lines = [];
      return seen;
    },
    pod: (name, spec = {}, metadata = {}) => {
      const containers = spec.containers ?? [{ name: "c", image: "kicbase/echo-server:1.0" }];
      return client.create<Pod>("pods", { metadata: { name, namespace: "default", ...metadata }, spec: { ...spec, containers } });
    },
    live,
    async exec(name, ...argv) {
      let printed = "";
      const print = (chunk: Uint8Array) => void (printed += Buffer.from(chunk).toString());
      const kubelet = kubelets.get(live(name).spec?.nodeName ?? "");
      await kubelet?.exec({ namespace: "default", name }, "c", argv, { stdout: print, stderr: print, tty: false });
      return printed;
    },
    async pass(seconds) {
      for (let left = seconds * 1000; left > 0; left -= 250) await clock.step(Math.min(250, left));
    },
    async until(reached) {
      for (let tries = 0; tries < 480; tries++) {
        if (reached()) return;
        await clock.step(250);
      }
      throw new Error(`two minutes passed, and it was not so: ${reached.toString()}`);
    },
    startKubelet(nodeName, more = {}) {
      const index = nodes.indexOf(nodeName);
      const runtime = createContainerRuntime({
        clock,
        random,
        network,
        images,
        nodeName,
        preloaded: ["busybox:1.36", "kicbase/echo-server:1.0"],
      });
      const own = { network, runtime, nodeName, nodeIP: `172.18.0.${index + 2}`, podCIDR: `10.244.${index}.0/24` };
      const cluster = { clusterDNS: "10.96.0.10", clusterDomain: "cluster.local" };
      const issueToken = () => ({ token: `token-${clock.now()}`, expires: clock.now() + 3_607_000 });
      kubelets.set(nodeName, startKubelet({ ...context, ...own, ...cluster, issueToken, ...more }));
    },
    stop() {
      for (const stop of stops) stop();
      for (const kubelet of kubelets.values()) kubelet.stop();
      if (errors.length > 0) throw new AggregateError(errors, `reported: ${errors.join("; ")}`);
    },
  };
  await loadShell();
  for (const name of nodes) rig.startKubelet(name, files && { files });
  await rig.pass(1);
  rig.events();
  return rig;
}

/** The shell is loaded when it is first used, which takes real time, and this clock would not wait for it. */
async function loadShell(): Promise<void> {
  const clock = new SteppedClock();
  const network = createNetwork({ clock });
  const runtime = createContainerRuntime({
    clock,
    random: new Random(1),
    network,
    images,
    nodeName: "none",
    preloaded: ["busybox:1.36"],
  });
  const image = runtime.image("busybox:1.36");
  if (!image) throw new Error("there is no busybox");
  const sandbox = runtime.sandbox({ hostname: "none", ip: "10.0.0.1", resolvConf: "", hosts: "" });
  const command = ["sh", "-c", "cat /dev/null | cat"];
  await (
    await sandbox.start({ name: "c", image, command, env: {}, mounts: [], tty: false, stdin: false })
  ).exited;
}
