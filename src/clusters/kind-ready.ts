import type { KindCommands } from "./kind-commands.ts";
import { askInside } from "./kind-nodes.ts";
import { ClusterError } from "./problem.ts";
import type { Surroundings } from "./surroundings.ts";

/** Milliseconds: how long nodes may take on a busy machine, and between two looks. */
const READY_WITHIN = 300_000;
const LOOK_EVERY = 500;

const READY = '{range .items[*]}{.metadata.name}{"\\t"}{.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}';
const RENEWED = '{range .items[*]}{.metadata.name}{"\\t"}{.spec.renewTime}{"\\n"}{end}';

/**
 * Waits until every node says that it is Ready, and has said so since `since`: what stopped nodes said last is still written there.
 * @throws ClusterError nodes-unready
 */
export async function untilNodesReady(
  commands: KindCommands,
  nodes: readonly string[],
  since: number,
  { clock, signal }: Pick<Surroundings, "clock" | "signal">,
): Promise<void> {
  const controlPlane = nodes.find((node) => node.endsWith("-control-plane")) ?? nodes[0] ?? "";
  const ask = async (...args: string[]): Promise<Map<string, string>> => {
    const answer = (await askInside(commands, controlPlane, ["get", ...args], signal)) ?? "";
    return new Map(answer.split("\n").map((line) => line.split("\t") as [string, string]));
  };
  const deadline = clock.now() + READY_WITHIN;
  for (;;) {
    const states = await ask("nodes", `--output=jsonpath=${READY}`);
    const beats = await ask("leases", "--namespace=kube-node-lease", `--output=jsonpath=${RENEWED}`);
    const isReady = (node: string): boolean => states.get(node) === "True" && Date.parse(beats.get(node) ?? "") >= since;
    const waitingFor = nodes.filter((node) => !isReady(node));
    if (waitingFor.length === 0) return;
    signal.throwIfAborted();
    if (clock.now() > deadline)
      throw new ClusterError({ code: "nodes-unready", nodes: waitingFor, seconds: READY_WITHIN / 1000 });
    await clock.sleep(LOOK_EVERY, signal);
  }
}
