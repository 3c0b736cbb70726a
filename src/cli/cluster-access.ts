import { readCurrent, rememberCurrent } from "../clusters/current.ts";
import type { Cluster, ClusterProvider, ClusterSpec } from "../clusters/provider.ts";
import type { Step } from "../course/lesson.ts";
import { during } from "../ui/status.ts";
import type { Session } from "./session.ts";

/** Our cluster's name: node names begin with it, as on kind. */
export const CLUSTER_NAME = "bootcamp";

/** The provider of the course's cluster. */
export async function currentProvider({ paths, clock, installation }: Session): Promise<ClusterProvider> {
  const { practiceProvider } = await import("../clusters/practice.ts");
  return practiceProvider({ paths, clock, entry: installation.simulator });
}

/** The cluster running, as large as the step needs it; made when there is none yet. */
export async function clusterFor(session: Session, step: Step): Promise<Cluster> {
  const { paths, messages } = session;
  const provider = await currentProvider(session);
  const current = readCurrent(paths);
  const state = current ? await provider.state(current.name) : "absent";
  const tooSmall = current?.trial === true && step.start.cluster === "full";
  if (state === "absent" || tooSmall) return makeCluster(session, provider, await specFor(session, step), step.start.cluster !== "full");
  if (state === "running") return provider.ensure(current!.name);
  return during(messages.waits.clusterStart, statusOf(session), () => provider.ensure(current!.name));
}

/** Makes a cluster in place of the one there was, and remembers it as the course's. */
export async function makeCluster(session: Session, provider: ClusterProvider, spec: ClusterSpec, trial: boolean): Promise<Cluster> {
  const { messages, paths } = session;
  const cluster = await during(messages.waits.clusterCreate(spec.nodes.length), statusOf(session), () => provider.create(spec));
  await rememberCurrent(paths, { provider: provider.id, name: spec.name, trial });
  return cluster;
}

async function specFor(session: Session, step: Step): Promise<ClusterSpec> {
  if (step.start.cluster !== "full") return { name: CLUSTER_NAME, nodes: [{ role: "control-plane" }] };
  return { name: CLUSTER_NAME, nodes: [{ role: "control-plane" }, { role: "worker" }, { role: "worker" }, { role: "worker" }] };
}

export const statusOf = ({ io, clock, theme }: Session) => ({ stderr: io.stderr, clock, theme });
