import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { readIfThere, writeAtomically } from "../system/files.ts";
import type { Clock } from "../system/clock.ts";
import type { Paths } from "../system/paths.ts";
import { ClusterError } from "./problem.ts";
import type { Cluster, ClusterProvider, ClusterSpec, ClusterState } from "./provider.ts";

export interface PracticeOptions {
  paths: Paths;
  clock: Clock;
  /** The simulator's entry file, for a process of its own. */
  entry: string;
}

/** Milliseconds between looks at a starting process, and how long one may take. */
const LOOK_EVERY = 15;
const START_WITHIN = 20_000;
const STOP_WITHIN = 5_000;

/** The practice cluster: a process of ours that outlives the command, found by its state folder. */
export function practiceProvider({ paths, clock, entry }: PracticeOptions): ClusterProvider {
  const folderOf = (name: string) => join(paths.clusters, name);
  const clusterOf = (name: string): Cluster => ({
    provider: "practice",
    name,
    kubeconfig: paths.kubeconfig,
    context: `practice-${name}`,
    namespace: "default",
  });

  const state = async (name: string): Promise<ClusterState> => {
    if (!existsSync(join(folderOf(name), "cluster.json"))) return "absent";
    return (await isServing(folderOf(name))) ? "running" : "stopped";
  };

  async function start(name: string, spec?: ClusterSpec): Promise<Cluster> {
    const folder = folderOf(name);
    const log = join(folder, "log");
    const child = await spawnSimulator(entry, folder, log, spec);
    const deadline = clock.now() + START_WITHIN;
    while (!(await isServing(folder))) {
      // Another command may have started it a moment earlier: then ours has ended, and theirs comes up.
      if (child.ended() && !anotherServes(folder)) throw startFailed(name, log);
      if (clock.now() > deadline) throw new ClusterError({ code: "cluster-start-slow", name, log, seconds: START_WITHIN / 1000 });
      await clock.sleep(LOOK_EVERY);
    }
    await publishKubeconfig(folder, paths.kubeconfig);
    return clusterOf(name);
  }

  async function stop(name: string): Promise<void> {
    const running = readProcess(folderOf(name));
    if (!running || !isAlive(running.pid)) return;
    process.kill(running.pid, "SIGTERM");
    const deadline = clock.now() + STOP_WITHIN;
    while (isAlive(running.pid)) {
      if (clock.now() > deadline) process.kill(running.pid, "SIGKILL");
      await clock.sleep(LOOK_EVERY);
    }
  }

  async function remove(name: string): Promise<void> {
    await stop(name);
    rmSync(folderOf(name), { recursive: true, force: true });
  }

  return {
    id: "practice",
    capabilities: new Set(["exec", "nodes≥3", "cluster-admin"]),
    obstacle: async () => undefined,
    state,
    describe: async (name) => {
      const text = readIfThere(join(folderOf(name), "cluster.json"));
      return text === undefined ? undefined : (JSON.parse(text) as { config: ClusterSpec }).config;
    },
    async create(spec) {
      await remove(spec.name);
      return start(spec.name, spec);
    },
    async ensure(name) {
      const now = await state(name);
      if (now === "absent") throw new ClusterError({ code: "cluster-absent", name });
      if (now === "stopped") return start(name);
      if (!existsSync(paths.kubeconfig)) await publishKubeconfig(folderOf(name), paths.kubeconfig);
      return clusterOf(name);
    },
    stop,
    delete: remove,
  };
}

async function spawnSimulator(
  entry: string,
  folder: string,
  log: string,
  spec: ClusterSpec | undefined,
): Promise<{ ended(): boolean }> {
  const { execa } = await import("execa");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const output = openSync(log, "a", 0o600);
    const args = [entry, "--state", folder, ...(spec ? ["--config", JSON.stringify(spec)] : [])];
    // A group of its own, so that Ctrl-C in the learner's terminal does not reach it.
    const child = execa(process.execPath, args, {
      detached: true,
      cleanup: false,
      reject: false,
      stdin: "ignore",
      stdout: output as 1,
      stderr: output as 2,
    });
    closeSync(output);
    child.unref();
    let over = false;
    void child.then(() => (over = true));
    return { ended: () => over };
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new ClusterError({ code: "state-unwritable", folder, reason }, { cause: error });
  }
}

/** Puts the cluster's credentials where kubectl is told to look; what the learner set there for the same cluster stays. */
async function publishKubeconfig(folder: string, target: string): Promise<void> {
  const fresh = readFileSync(join(folder, "admin.kubeconfig"), "utf8");
  const current = readIfThere(target);
  const field = (text: string, name: string) => new RegExp(`^\\s*${name}: (.*)$`, "m").exec(text)?.[1];
  const isSame =
    current !== undefined && field(current, "certificate-authority-data") === field(fresh, "certificate-authority-data");
  const text = isSame ? current.replace(/^(\s*server: ).*$/m, `$1${field(fresh, "server")}`) : fresh;
  if (text !== current) await writeAtomically(target, text, 0o600);
}

function startFailed(name: string, log: string): ClusterError {
  const lines = (readIfThere(log) ?? "").trimEnd().split("\n");
  const said = lines.findLast((line) => /^\w*Error/.test(line)) ?? lines.at(-1) ?? "";
  return new ClusterError({ code: "cluster-start-failed", name, log, lastLine: said });
}

function readProcess(folder: string): { pid: number; port: number } | undefined {
  const text = readIfThere(join(folder, "process.json"));
  return text === undefined ? undefined : (JSON.parse(text) as { pid: number; port: number });
}

/** The process is alive and takes connections. */
async function isServing(folder: string): Promise<boolean> {
  const running = readProcess(folder);
  if (!running || !isAlive(running.pid)) return false;
  return new Promise((resolve) => {
    const socket = connect(running.port, "127.0.0.1");
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
  });
}

function anotherServes(folder: string): boolean {
  const holder = Number(readIfThere(join(folder, "lock")) ?? 0);
  return holder > 0 && isAlive(holder);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
