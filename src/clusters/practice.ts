import { existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { publishKubeconfig } from "./publish-kubeconfig.ts";
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
import type { Surroundings } from "./surroundings.ts";

/** Milliseconds between looks at a starting process, and how long one may take on a busy machine. */
const LOOK_EVERY = 15;
const START_WITHIN = 40_000;

/** The practice cluster: a process of ours that outlives the command, found by its state folder. */
export function practiceProvider({
  paths,
  clock,
  installation,
  speed,
}: Pick<Surroundings, "paths" | "clock" | "installation" | "speed">): ClusterProvider {
  const entry = installation.simulator;
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
    const child = await spawnSimulator(entry, folder, { spec, speed });
    const deadline = clock.now() + START_WITHIN;
    while (!(await servingProcess(folder))) {
      // Another command may have started it a moment earlier: then ours has ended, and theirs comes up.
      if (child.ended() && !isHeld(folder))
        throw new ClusterError({ code: "cluster-start-failed", log, lastLine: lastWords(folder) });
      if (clock.now() > deadline) throw new ClusterError({ code: "cluster-start-slow", log, seconds: START_WITHIN / 1000 });
      await clock.sleep(LOOK_EVERY);
    }
    await publishKubeconfig(practiceFiles(folder).kubeconfig, paths.kubeconfig);
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
    async create({ name, nodes }) {
      await remove(name);
      return start(name, { name, nodes });
    },
    async ensure(name) {
      const now = await state(name);
      if (now === "absent") throw new ClusterError({ code: "cluster-absent" });
      if (now === "stopped") return start(name);
      await publishKubeconfig(practiceFiles(folderOf(name)).kubeconfig, paths.kubeconfig);
      return access(name);
    },
    stop: (name) => endProcess(folderOf(name), clock),
    delete: remove,
  };
}
