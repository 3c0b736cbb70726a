import type { Random } from "../random.ts";
import type { NodeInfo } from "./node-info.ts";
import { withPod } from "./node-info.ts";
import type { Plugin, PluginRun, Rejection, Snapshot } from "./plugin.ts";
import { plugins } from "./plugins/index.ts";
import type { Pod } from "./pod-requests.ts";

/** Why no node was found. */
export interface Diagnosis {
  nodeCount: number;
  /** A plugin turned the pod down before it saw a node; its words. */
  reject?: string;
  rejections: ReadonlyMap<string, Rejection>;
  /** Plugins that said no: changes they care about bring the pod back. */
  plugins: ReadonlySet<string>;
}

export interface Evaluation {
  feasible: readonly NodeInfo[];
  diagnosis: Diagnosis;
  /** Chooses among the feasible nodes: the highest weighted score, chance between equals. */
  best: (random: Random) => NodeInfo;
}

/** A pod that waits for a node on which others make room for it. */
export interface Nomination {
  pod: Pod;
  node: string;
}

/**
 * Runs the plugins over all nodes. Room that was nominated for pods of the same or a higher priority counts as taken, but a
 * node must fit without them as well: they may never come (schedule_one.go, RunFilterPluginsWithNominatedPods).
 */
export function evaluate(pod: Pod, snapshot: Snapshot, nominations: readonly Nomination[] = []): Evaluation {
  const before = nominations.filter((one) => priorityOf(one.pod) >= priorityOf(pod) && one.pod.metadata.uid !== pod.metadata.uid);
  const alone = evaluateOnce(pod, snapshot);
  if (before.length === 0) return alone;
  const nodes = snapshot.nodes.map((info) =>
    before.filter(({ node }) => node === info.name).reduce((node, one) => withPod(node, one.pod), info),
  );
  const together = evaluateOnce(pod, { ...snapshot, nodes });
  const names = new Set(together.feasible.map(({ name }) => name));
  return {
    ...alone,
    feasible: alone.feasible.filter(({ name }) => names.has(name)),
    diagnosis: {
      ...alone.diagnosis,
      rejections: new Map([...alone.diagnosis.rejections, ...together.diagnosis.rejections]),
      plugins: new Set([...alone.diagnosis.plugins, ...together.diagnosis.plugins]),
    },
    best: (random) =>
      best(
        alone.runs,
        alone.feasible.filter(({ name }) => names.has(name)),
        random,
      ),
  };
}

export const priorityOf = (pod: Pod): number => pod.spec?.priority ?? 0;

type Run = readonly [Plugin, PluginRun];

function evaluateOnce(pod: Pod, snapshot: Snapshot): Evaluation & { runs: readonly Run[] } {
  const runs: Run[] = [];
  const nodeCount = snapshot.nodes.length;
  const rejections = new Map<string, Rejection>();
  const saidNo = new Set<string>();
  for (const plugin of plugins) {
    const run = plugin.prepare(pod, snapshot);
    if (run.reject !== undefined) {
      const diagnosis = { nodeCount, reject: run.reject, rejections, plugins: new Set([plugin.name]) };
      return { runs, feasible: [], diagnosis, best: nothing };
    }
    runs.push([plugin, run]);
  }
  const feasible = snapshot.nodes.filter((node) => {
    const no = firstRejection(runs, node);
    if (!no) return true;
    rejections.set(node.name, no.rejection);
    saidNo.add(no.plugin);
    return false;
  });
  const diagnosis = { nodeCount, rejections, plugins: saidNo };
  return { runs, feasible, diagnosis, best: (random) => best(runs, feasible, random) };
}

const nothing = (): never => {
  throw new Error("there is no node to choose");
};

/** Nodes a plugin left out by name count as turned down by it, without a look at them. */
function firstRejection(runs: readonly Run[], node: NodeInfo): { plugin: string; rejection: Rejection } | undefined {
  const closed = runs.find(([, { only }]) => only && !only.has(node.name));
  if (closed) {
    const rejection: Rejection = { reasons: [`node(s) didn't satisfy plugin(s) [${closed[0].name}]`], unresolvable: true };
    return { plugin: closed[0].name, rejection };
  }
  for (const [plugin, run] of runs) {
    const rejection = run.filter?.(node);
    if (rejection) return { plugin: plugin.name, rejection };
  }
  return undefined;
}

function best(runs: readonly Run[], nodes: readonly NodeInfo[], random: Random): NodeInfo {
  if (nodes.length === 1) return nodes[0] as NodeInfo;
  const totals = nodes.map(() => 0);
  for (const [{ weight = 0 }, run] of runs) {
    for (const [index, score] of (run.score?.(nodes) ?? []).entries()) totals[index] = (totals[index] ?? 0) + weight * score;
  }
  const highest = Math.max(...totals);
  const winners = nodes.filter((_, index) => totals[index] === highest);
  return winners[random.integer(winners.length)] as NodeInfo;
}
