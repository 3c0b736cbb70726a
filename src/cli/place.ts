import type { Place } from "../checks/run.ts";
import type { Cluster } from "../clusters/provider.ts";
import type { Course } from "../course/course.ts";
import type { Step } from "../course/lesson.ts";
import { courseCluster, runningCluster } from "./cluster-access.ts";
import { clusterEnv } from "./cluster-env.ts";
import type { Session } from "./session.ts";

/** Milliseconds after which a kubectl of ours is given up. */
const KUBECTL_WITHIN = 60_000;

/** Where a step is done, for checks. A step that needs no cluster starts none until a check asks for it. */
export async function placeOf(session: Session, course: Course, step: Step, workspace: string): Promise<Place> {
  const cluster = await clusterOf(session, step);
  const { kubeconfig, context, namespace } = cluster;
  const target = { kubeconfig, context };
  let connection: ReturnType<Place["kube"]> | undefined;
  const connect = async (): ReturnType<Place["kube"]> => {
    await runningCluster(session);
    return (await import("../kube/kube.ts")).connectKube({ ...target, namespace });
  };
  return {
    course,
    target,
    namespace,
    kube: () => (connection ??= connect()),
    kubectl: runKubectl(session, cluster, workspace),
    workspace,
    clock: session.clock,
  };
}

/** kubectl as the learner's shell would run it after `env`: never with a kubeconfig of the user's own. */
export function runKubectl({ exec, env, paths }: Session, cluster: Cluster, cwd: string): Place["kubectl"] {
  return (args) => exec("kubectl", args, { cwd, env: { ...env, ...clusterEnv({ paths }, cluster) }, timeout: KUBECTL_WITHIN });
}

function clusterOf(session: Session, step: Step): Promise<Cluster> {
  return step.start.cluster === "none" ? courseCluster(session) : runningCluster(session);
}
