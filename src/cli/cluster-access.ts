import { join } from "node:path";
import { chosenProvider } from "../clusters/choose.ts";
import { readCurrent, type RememberedCluster, rememberCurrent } from "../clusters/current.ts";
import { ClusterError } from "../clusters/problem.ts";
import { CLUSTER_NAME, type Cluster, type ClusterProvider, type ClusterSpec, type Report } from "../clusters/provider.ts";
import type { Step } from "../course/lesson.ts";
import { during } from "../ui/status.ts";
import type { Session } from "./session.ts";
import { CLUSTER_FILE, courseSpec, specOfFile, trialSpec, withNodeImage } from "./cluster-spec.ts";
import { inTurn } from "./turn.ts";

/** The provider of the course's cluster. */
export const providerOf = (session: Session): ClusterProvider => chosenProvider(session);

/** How the course's cluster is reached, whether it is there yet or not. */
export function courseCluster(session: Session): Cluster {
  return providerOf(session).access(readCurrent(session.paths)?.name ?? CLUSTER_NAME);
}

/** The course's cluster, started if it was stopped. @throws ClusterError cluster-absent */
export async function runningCluster(session: Session): Promise<Cluster> {
  const current = readCurrent(session.paths);
  if (!current) throw new ClusterError({ code: "cluster-absent" });
  const provider = providerOf(session);
  if ((await provider.state(current.name)) === "running") return provider.ensure(current.name, silent);
  return inTurn(session, () => started(session, provider, current));
}

/** The cluster, as large as the step needs it; made when there is none yet. Only in turn. */
export async function clusterFor(session: Session, step: Step, workspace: string): Promise<Cluster> {
  const provider = providerOf(session);
  const current = readCurrent(session.paths);
  const isFull = step.start.cluster === "full";
  const state = current ? await provider.state(current.name) : "absent";
  if (!current || state === "absent" || (current.trial && isFull))
    return makeCluster(session, provider, withNodeImage(await specFor(session, step, workspace), session), { trial: !isFull });
  return state === "running" ? provider.ensure(current.name, silent) : started(session, provider, current);
}

/** Makes a cluster in place of the one there was, and remembers it as the course's. Only in turn. */
export async function makeCluster(
  session: Session,
  provider: ClusterProvider,
  spec: ClusterSpec,
  { trial, profile }: Pick<RememberedCluster, "trial" | "profile">,
): Promise<Cluster> {
  const { messages, paths } = session;
  const what = messages.waits.clusterCreate(provider.id, spec.nodes.length);
  const cluster = await withReport(session, what, (report) => provider.create(spec, report));
  const made: RememberedCluster = { name: spec.name, trial, ...(profile && { profile }) };
  await rememberCurrent(paths, provider.id, made);
  if (profile) await (await import("./apply-profile.ts")).applyProfile(cluster, profile);
  const [{ connectKube }, { takeBaseline }] = await Promise.all([import("../kube/kube.ts"), import("../steps/baseline.ts")]);
  await rememberCurrent(paths, provider.id, { ...made, baseline: await takeBaseline(connectKube(cluster)) });
  return cluster;
}

/** For a full cluster what the learner's file says, if it says it completely. */
async function specFor(session: Session, step: Step, workspace: string): Promise<ClusterSpec> {
  if (step.start.cluster !== "full") return trialSpec(session);
  return specOfFile(join(workspace, CLUSTER_FILE)).catch((error: unknown) => {
    if (error instanceof ClusterError) return courseSpec(session);
    throw error;
  });
}

function started(session: Session, provider: ClusterProvider, { name }: RememberedCluster): Promise<Cluster> {
  return withReport(session, session.messages.waits.clusterStart(provider.id), (report) => provider.ensure(name, report));
}

/** Does what takes a provider its time, and shows each of its steps. */
export function withReport<T>(session: Session, what: string, work: (report: Report) => Promise<T>): Promise<T> {
  return during(what, statusOf(session), (show) => work((step) => show(session.messages.clusterStep(step))));
}

const silent: Report = () => {};

export const statusOf = ({ io, clock, theme }: Session) => ({ stderr: io.stderr, clock, theme });
