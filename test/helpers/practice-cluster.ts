import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock as simulatorClock } from "../../src/simulator/clock.ts";
import { nodeNames } from "../../src/simulator/cluster/cluster-config.ts";
import { createIdentity } from "../../src/simulator/cluster/identity.ts";
import { kubeconfigText } from "../../src/simulator/cluster/kubeconfig.ts";
import { startSimulator } from "../../src/simulator/simulator.ts";
import type { Clock } from "../../src/system/clock.ts";
import { type ExecResult, type Staying, systemExec, systemStay } from "../../src/system/exec.ts";
import { kubectlBinary } from "./kubectl.ts";

export interface PracticeClusterOptions {
  /** One is a control plane alone; of more, the first is the control plane. */
  nodes?: number;
  /** How many times as fast the cluster's clock runs. */
  speed?: number;
  /** Of the kubectl that `kubectl()` runs. */
  minor?: string;
}

/** A practice cluster in this process, and a real kubectl that knows it alone. */
export interface PracticeCluster extends AsyncDisposable {
  kubeconfig: string;
  context: string;
  /** Time at the cluster's pace, for what waits on it. */
  clock: Clock;
  kubectl(args: readonly string[], cwd?: string): Promise<ExecResult>;
  /** The same for a kubectl that stays. */
  stay(args: readonly string[], cwd?: string): Promise<Staying>;
  /** What went wrong inside the simulator and no client was told of. */
  reports: readonly unknown[];
}

export async function startPracticeCluster({
  nodes = 4,
  speed = 20,
  minor = "1.34",
}: PracticeClusterOptions = {}): Promise<PracticeCluster> {
  const name = "bootcamp";
  const context = `practice-${name}`;
  const roles = Array.from({ length: nodes }, (_, index) => (index === 0 ? ("control-plane" as const) : ("worker" as const)));
  const names = nodeNames(name, roles);
  const clock = simulatorClock(speed);
  const config = { name, nodes: roles.map((role, index) => ({ name: names[index]!, role })) };
  const identity = await createIdentity(config, 1, "secret", clock.now());
  const reports: unknown[] = [];
  const simulator = await startSimulator({ identity, clock, report: (error) => void reports.push(error) });
  const folder = await mkdtemp(join(tmpdir(), "practice-"));
  const kubeconfig = join(folder, "kubeconfig");
  const { certificate, key } = identity.pki.admin;
  const server = `https://127.0.0.1:${simulator.port}`;
  await writeFile(kubeconfig, kubeconfigText({ context, server, ca: identity.pki.ca, certificate, key, namespace: "default" }));
  const binary = await kubectlBinary(minor);
  const env = { KUBECONFIG: kubeconfig, HOME: folder, PATH: process.env["PATH"] };
  return {
    kubeconfig,
    context,
    clock: fast(speed),
    reports,
    kubectl: (args, cwd = folder) => systemExec(binary, args, { cwd, env }),
    stay: (args, cwd = folder) => systemStay(binary, args, { cwd, env }),
    async [Symbol.asyncDispose]() {
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Waiting for a cluster that is faster than the wall clock takes as much less. */
function fast(speed: number): Clock {
  return {
    now: () => performance.now() * speed,
    sleep: (milliseconds) => new Promise((resolve) => void setTimeout(resolve, milliseconds / speed)),
  };
}
