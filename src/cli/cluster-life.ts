import { forgetCurrent, readCurrent } from "../clusters/current.ts";
import { ClusterError } from "../clusters/problem.ts";
import { renderData } from "../ui/data.ts";
import { renderFacts } from "../ui/facts.ts";
import type { ClusterStatus } from "../ui/learner-status.ts";
import { providerOf } from "./cluster-access.ts";
import { ExitCode } from "./exit-code.ts";
import type { OutputFlag } from "./output-flag.ts";
import type { Session } from "./session.ts";
import { inTurn } from "./turn.ts";

export async function clusterStatusOf(session: Session): Promise<ClusterStatus> {
  const current = readCurrent(session.paths);
  if (!current) return { state: "absent" };
  const provider = providerOf(session);
  const { name, trial } = current;
  const state = await provider.state(name);
  if (state === "absent") return { state };
  const spec = await provider.describe(name);
  return {
    state,
    provider: provider.id,
    name,
    trial,
    ...(spec && { nodes: spec.nodes.length }),
    kubeconfig: provider.access(name).kubeconfig,
    context: provider.access(name).context,
  };
}

/** Exit code 3 where no cluster runs, so that a script can ask. */
export async function clusterStatus(session: Session, { output }: OutputFlag): Promise<ExitCode> {
  const { messages, theme, self } = session;
  const status = await clusterStatusOf(session);
  if (output) session.print(await renderData(status, output));
  else {
    session.print(renderFacts(messages.cluster.status(status), theme));
    if (status.state !== "running") session.tell(`${theme.faint(messages.labels.try)} ${theme.code(`${self} next`)}`);
  }
  return status.state === "running" ? ExitCode.passed : ExitCode.cannot;
}

/** Ends the process; the objects stay on disk, and the next command that needs the cluster starts it again. */
export async function stopCluster(session: Session): Promise<ExitCode> {
  return inTurn(session, async () => {
    const { name } = currentOrThrow(session);
    const provider = providerOf(session);
    const wasRunning = (await provider.state(name)) === "running";
    await provider.stop(name);
    session.print(`${wasRunning ? session.messages.cluster.stopped : session.messages.cluster.wasStopped}\n`);
    return ExitCode.passed;
  });
}

/** The cluster and all that is in it. As kind has it, there need not be one. */
export async function deleteCluster(session: Session): Promise<ExitCode> {
  const { messages, paths } = session;
  const wasThere = await inTurn(session, async () => {
    const there = readCurrent(paths) !== undefined;
    await removeCluster(session);
    return there;
  });
  session.print(`${wasThere ? messages.cluster.deleted : messages.cluster.none}\n`);
  return ExitCode.passed;
}

/** Deletes the course's cluster, if there is one, and forgets it. Only in turn. */
export async function removeCluster(session: Session): Promise<void> {
  const current = readCurrent(session.paths);
  if (current) await providerOf(session).delete(current.name);
  forgetCurrent(session.paths);
}

function currentOrThrow({ paths }: Session) {
  const current = readCurrent(paths);
  if (!current) throw new ClusterError({ code: "cluster-absent" });
  return current;
}
