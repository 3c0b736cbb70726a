import { existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../system/clock.ts";
import type { Paths } from "../system/paths.ts";
import { publishKubeconfig } from "./practice-kubeconfig.ts";
import {
  clearAbandonedLock,
  endProcess,
  isHeld,
  lastWords,
  practiceFiles,
  type PracticeProcess,
  readSpec,
  servingProcess,
  spawnSimulator,
  unwritable,
} from "./practice-process.ts";
import { ClusterError } from "./problem.ts";
import type { Cluster, ClusterProvider, ClusterSpec, ClusterState } from "./provider.ts";

export interface PracticeOptions {
  paths: Paths;
  clock: Clock;
  /** The simulator's entry file, for a process of its own. */
  entry: string;
}

/** Milliseconds between looks at a starting process, and how long one may take on a busy machine. */
const LOOK_EVERY = 15;
const START_WITHIN = 40_000;

/** The practice cluster: a process of ours that outlives the command, found by its state folder. */
export function practiceProvider({ paths, clock, entry }: PracticeOptions): ClusterProvider {
  const folderOf = (name: string) => join(paths.clusters, name);
  const access = (name: string): Cluster => ({
    provider: "practice",
    name,
    kubeconfig: paths.kubeconfig,
    context: `practice-${name}`,
    namespace: "default",
  });

  const state = async (name: string): Promise<ClusterState> => {
    // One that was killed before it first came up is half made: as good as none.
    if (!existsSync(practiceFiles(folderOf(name)).port)) return "absent";
    const serving = await servingProcess(folderOf(name));
    return serving && !isOutdated(serving) ? "running" : "stopped";
  };

  /** The program was installed anew since the process began: what it has not loaded yet may be gone. */
  const isOutdated = ({ startedAt }: PracticeProcess): boolean =>
    (statSync(entry, { throwIfNoEntry: false })?.ctimeMs ?? 0) > startedAt;

  async function start(name: string, spec?: ClusterSpec): Promise<Cluster> {
    const folder = folderOf(name);
    await endProcess(folder, clock);
    clearAbandonedLock(folder);
    const { log } = practiceFiles(folder);
    const child = await spawnSimulator(entry, folder, spec);
    const deadline = clock.now() + START_WITHIN;
    while (!(await servingProcess(folder))) {
      // Another command may have started it a moment earlier: then ours has ended, and theirs comes up.
      if (child.ended() && !isHeld(folder))
        throw new ClusterError({ code: "cluster-start-failed", log, lastLine: lastWords(folder) });
      if (clock.now() > deadline) throw new ClusterError({ code: "cluster-start-slow", log, seconds: START_WITHIN / 1000 });
      await clock.sleep(LOOK_EVERY);
    }
    await publishKubeconfig(folder, paths.kubeconfig);
    return access(name);
  }

  async function remove(name: string): Promise<void> {
    await endProcess(folderOf(name), clock);
    try {
      rmSync(folderOf(name), { recursive: true, force: true });
    } catch (error) {
      throw unwritable(folderOf(name), error);
    }
  }

  return {
    id: "practice",
    capabilities: new Set(["exec", "nodes>=3", "cluster-admin", "own-cluster"]),
    obstacle: async () => undefined,
    access,
    state,
    describe: async (name) => readSpec(folderOf(name)),
    async create(spec) {
      await remove(spec.name);
      return start(spec.name, spec);
    },
    async ensure(name) {
      const now = await state(name);
      if (now === "absent") throw new ClusterError({ code: "cluster-absent" });
      if (now === "stopped") return start(name);
      await publishKubeconfig(folderOf(name), paths.kubeconfig);
      return access(name);
    },
    stop: (name) => endProcess(folderOf(name), clock),
    delete: remove,
  };
}
