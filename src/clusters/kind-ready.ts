import type { KindCommands } from "./kind-commands.ts";
import { askInside, type NodeContainer } from "./kind-nodes.ts";
import { ClusterError } from "./problem.ts";
import type { Surroundings } from "./surroundings.ts";

/** Milliseconds: how long nodes may take on a busy machine, and between two looks. */
const READY_WITHIN = 300_000;
const LOOK_EVERY = 500;

const CONDITION = '.status.conditions[?(@.type=="Ready")]';
const STATES = `{range .items[*]}{.metadata.name}{"\\t"}{${CONDITION}.status}{"\\t"}{${CONDITION}.lastHeartbeatTime}{"\\n"}{end}`;

/**
 * Waits until every node says that it is Ready. A node that did not run has to say so anew, since `since`: what it said last still stands
 * there.
 * @throws ClusterError nodes-unready
 */
export async function untilNodesReady(
  commands: KindCommands,
  nodes: readonly NodeContainer[],
  since: number,
  { clock, signal }: Pick<Surroundings, "clock" | "signal">,
): Promise<void> {
  const controlPlane = nodes.find(({ name }) => name.endsWith("-control-plane"))?.name ?? "";
  // Heartbeats are told in whole seconds.
  const from = Math.floor(since / 1000) * 1000;
  const deadline = clock.now() + READY_WITHIN;
  for (;;) {
    const answer = (await askInside(commands, controlPlane, ["get", "nodes", `--output=jsonpath=${STATES}`], signal)) ?? "";
    const states = new Map(answer.split("\n").map((line) => [line.split("\t")[0], line.split("\t").slice(1)]));
    const isReady = ({ name, running }: NodeContainer): boolean => {
      const [status, heartbeat = ""] = states.get(name) ?? [];
      return status === "True" && (running || Date.parse(heartbeat) >= from);
    };
    const waitingFor = nodes.filter((node) => !isReady(node)).map(({ name }) => name);
    if (waitingFor.length === 0) return;
    signal.throwIfAborted();
    if (clock.now() > deadline)
      throw new ClusterError({ code: "nodes-unready", nodes: waitingFor, seconds: READY_WITHIN / 1000 });
    await clock.sleep(LOOK_EVERY, signal);
  }
}
