import { existsSync } from "node:fs";
import { kindCommands } from "./kind-commands.ts";
import { clearAway, createKind } from "./kind-create.ts";
import { examineMachine, obstacleOf, refuseWhatCannotStart } from "./kind-machine.ts";
import { nodeContainers, type NodeContainer } from "./kind-nodes.ts";
import { untilNodesReady } from "./kind-ready.ts";
import { forgetRecord, kindFiles, readRecord } from "./kind-record.ts";
import { ClusterError } from "./problem.ts";
import type { Cluster, ClusterProvider, ClusterState, Report } from "./provider.ts";
import { publishKubeconfig } from "./publish-kubeconfig.ts";
import type { Surroundings } from "./surroundings.ts";

/** Milliseconds a node's container may take to end with all that runs in it, and all of them to begin. */
const MOVED_WITHIN = 180_000;

/**
 * The real thing: nodes are containers that the `kind` program makes with Docker. Only containers that we made are ours; a cluster of
 * the same name that somebody else made is left alone.
 */
export function kindProvider(surroundings: Surroundings): ClusterProvider {
  const { paths, clock, signal, toTheEnd } = surroundings;
  const commands = kindCommands(surroundings);
  const filesOf = (name: string) => kindFiles(paths, name);
  const access = (name: string): Cluster => ({
    provider: "kind",
    name,
    kubeconfig: paths.kubeconfig,
    context: `kind-${name}`,
    namespace: "default",
  });

  /** What Docker said last; each question costs a process. Forgotten as soon as we change something. */
  let listed: Promise<NodeContainer[]> | undefined;

  /** Containers of the cluster that we made, in the order to start them in; none while it is half made. */
  async function ownNodes(name: string): Promise<NodeContainer[]> {
    const ids = readRecord(filesOf(name))?.containers;
    // Without a record there is none of ours, and Docker need not be asked, nor be there.
    if (!ids) return [];
    const found = await (listed ??= nodeContainers(commands, name));
    return ids.flatMap((id) => found.find((node) => node.id === id) ?? []);
  }

  const stateOf = (nodes: readonly NodeContainer[]): ClusterState => {
    if (nodes.length === 0) return "absent";
    return nodes.every(({ running }) => running) ? "running" : "stopped";
  };

  async function start(nodes: readonly NodeContainer[], report: Report): Promise<void> {
    report({ code: "nodes" });
    listed = undefined;
    const since = clock.now();
    await commands.docker(["start", ...nodes.map(({ id }) => id)], { signal, timeout: MOVED_WITHIN });
    report({ code: "ready" });
    await untilNodesReady(commands, nodes, since, { clock, signal });
  }

  /** Deletes our cluster, whole or half made, or what is left of it. @throws ClusterError kind-name-taken */
  async function remove(name: string, report: Report): Promise<void> {
    const files = filesOf(name);
    const record = readRecord(files);
    if (!record) return;
    listed = undefined;
    const found = await nodeContainers(commands, name);
    const isOurs = !record.containers || found.some(({ id }) => record.containers?.includes(id));
    if (isOurs) await clearAway(commands, files, name, report);
    else forgetRecord(files);
  }

  async function publish(name: string): Promise<Cluster> {
    const { kubeconfig } = filesOf(name);
    if (!existsSync(kubeconfig)) await commands.kind(["export", "kubeconfig", "--name", name, "--kubeconfig", kubeconfig]);
    await publishKubeconfig(kubeconfig, paths.kubeconfig);
    return access(name);
  }

  return {
    id: "kind",
    capabilities: new Set(["exec", "real-images", "nodes>=3", "cluster-admin", "own-cluster"]),
    obstacle: () => obstacleOf(commands),
    examine: () => examineMachine(commands),
    access,
    state: async (name) => stateOf(await ownNodes(name)),
    describe: async (name) => readRecord(filesOf(name))?.spec,
    create: (spec, report) =>
      toTheEnd(async () => {
        const { name } = spec;
        listed = undefined;
        await refuseWhatCannotStart(commands, spec);
        await remove(name, report);
        if ((await nodeContainers(commands, name)).length > 0) throw new ClusterError({ code: "kind-name-taken", name });
        signal.throwIfAborted();
        await createKind(commands, filesOf(name), spec, report, { clock, signal });
        return publish(name);
      }),
    async ensure(name, report) {
      const nodes = await ownNodes(name);
      if (stateOf(nodes) === "absent") throw new ClusterError({ code: "cluster-absent" });
      if (stateOf(nodes) === "stopped") await start(nodes, report);
      return publish(name);
    },
    async stop(name) {
      const running = (await ownNodes(name)).filter((node) => node.running);
      // All at once: given several, docker stops one after the other.
      await Promise.all(running.map(({ id }) => commands.docker(["stop", id], { timeout: MOVED_WITHIN })));
      listed = undefined;
    },
    delete: (name) => toTheEnd(() => remove(name, () => {})),
    async load(name, images, report) {
      for (const image of images) {
        report({ code: "load-image", image });
        await commands.docker(["image", "inspect", image]).catch(() => {
          throw new ClusterError({ code: "image-not-here", image });
        });
        await commands.kind(["load", "docker-image", image, "--name", name], { signal, apart: true });
      }
    },
  };
}
