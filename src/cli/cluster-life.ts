import { chosenId, makingProviders, type ProviderId, providerNamed } from "../clusters/choose.ts";
import { forgetAll, forgetCluster, readCurrent, readRemembered } from "../clusters/current.ts";
import { ClusterError } from "../clusters/problem.ts";
import type { Borrowed } from "../clusters/provider.ts";
import { renderData } from "../ui/data.ts";
import { renderFacts } from "../ui/facts.ts";
import type { ClusterStatus } from "../ui/learner-status.ts";
import { wordsOf } from "../ui/problem.ts";
import { canAsk, confirm } from "./ask.ts";
import { leaveBorrowed } from "./borrowed-cluster.ts";
import { providerOf, runningCluster, withReport } from "./cluster-access.ts";
import { switchTo } from "./cluster-use.ts";
import { ExitCode } from "./exit-code.ts";
import type { OutputFlag } from "./output-flag.ts";
import type { Session } from "./session.ts";
import { inTurn } from "./turn.ts";
import { UsageError } from "./usage-error.ts";

export async function clusterStatusOf(session: Session): Promise<ClusterStatus> {
  const current = readCurrent(session.paths);
  if (!current) return { state: "absent" };
  const provider = providerOf(session);
  const { name, trial } = current;
  const { state, trouble } = await provider.state(name).then(
    (known) => ({ state: known, trouble: undefined }),
    (error: unknown) => ({ state: "stopped" as const, trouble: troubleOf(error, session) }),
  );
  if (state === "absent") return { state };
  const spec = await provider.describe(name);
  return {
    state,
    ...(trouble !== undefined && { trouble }),
    provider: provider.id,
    name,
    trial,
    ...(spec && { nodes: spec.nodes.length }),
    kubeconfig: provider.access(name).kubeconfig,
    context: provider.access(name).context,
  };
}

/** Why nobody can say how the cluster is: what it runs on doesn't answer. */
function troubleOf(error: unknown, { messages }: Session): string {
  if (error instanceof ClusterError) return wordsOf(error.problem, messages).what;
  throw error;
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

/** Brings images of this machine onto the nodes, where nodes take any. */
export async function loadImages(session: Session, images: readonly string[]): Promise<ExitCode> {
  const { messages } = session;
  const provider = providerOf(session);
  const { name } = await runningCluster(session);
  if (!provider.load) session.print(`${messages.cluster.loadsNone(provider.id)}\n`);
  else {
    await withReport(session, messages.waits.imagesLoad(images), (report) => provider.load!(name, images, report));
    session.print(`${messages.cluster.loaded(images)}\n`);
  }
  return ExitCode.passed;
}

export interface DeleteFlags {
  yes?: boolean;
}

/** The cluster and all that is in it. As kind has it, there need not be one. Of one that somebody else made, only what is ours. */
export async function deleteCluster(session: Session, flags: DeleteFlags): Promise<ExitCode> {
  const { messages, paths } = session;
  const current = readCurrent(paths);
  const provider = providerOf(session);
  const borrowed = current && provider.borrowed?.(current.name);
  if (current && borrowed) return leaveCluster(session, provider.access(current.name).namespace, borrowed, flags);
  const wasThere = await inTurn(session, async () => {
    const there = readCurrent(paths) !== undefined;
    await removeCluster(session);
    return there;
  });
  session.print(`${wasThere ? messages.cluster.deleted : messages.cluster.none}\n`);
  return ExitCode.passed;
}

/** What others have there stays, so one is asked; the course goes home. */
async function leaveCluster(
  session: Session,
  namespace: string,
  { made }: Borrowed,
  { yes = false }: DeleteFlags,
): Promise<ExitCode> {
  const { messages } = session;
  session.tell(messages.context.willLeave(namespace, made));
  if (!yes && !canAsk(session)) throw new UsageError({ code: "yes-missing", command: "cluster delete" });
  if (!yes && !(await confirm(session, messages.ask.sure))) return ExitCode.notYet;
  await inTurn(session, async () => {
    await removeCluster(session);
    session.print(`${messages.context.left(namespace)}\n`);
    await switchTo(session, makingProviders[0]);
  });
  return ExitCode.passed;
}

/** Deletes the course's cluster, if there is one, and forgets it. Only in turn. */
export async function removeCluster(session: Session): Promise<void> {
  const current = readCurrent(session.paths);
  const provider = providerOf(session);
  if (current) {
    await leaveBorrowed(session, provider, current.name);
    await provider.delete(current.name);
  }
  await forgetCluster(session.paths, chosenId(session));
}

/** The same for the cluster of every provider. Only in turn. */
export async function removeEveryCluster(session: Session): Promise<void> {
  for (const [id, { name }] of Object.entries(readRemembered(session.paths).clusters)) {
    const provider = providerNamed(id as ProviderId, session);
    await leaveBorrowed(session, provider, name);
    await provider.delete(name);
  }
  forgetAll(session.paths);
}

function currentOrThrow({ paths }: Session) {
  const current = readCurrent(paths);
  if (!current) throw new ClusterError({ code: "cluster-absent" });
  return current;
}
