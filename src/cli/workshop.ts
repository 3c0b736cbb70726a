import type { Cluster } from "../clusters/provider.ts";
import type { Course } from "../course/course.ts";
import type { Step } from "../course/lesson.ts";
import type { Workshop } from "../steps/actions.ts";
import { courseCluster, runningCluster } from "./cluster-access.ts";
import { clusterEnv } from "./cluster-env.ts";
import type { Session } from "./session.ts";

/** Milliseconds after which a kubectl of ours is given up. */
const KUBECTL_WITHIN = 60_000;

/** Where a step is done, with a cluster that runs; a step that needs none starts one only when a check asks for it. */
export async function workshopFor(session: Session, course: Course, step: Step, workspace: string): Promise<Workshop> {
  if (step.start.cluster !== "none") return workshopAt(session, course, await runningCluster(session), workspace);
  return workshopAt(session, course, courseCluster(session), workspace, () => runningCluster(session));
}

/** The same on a cluster at hand; `start` is called before the first request to it. */
export function workshopAt(
  session: Session,
  course: Course,
  cluster: Cluster,
  workspace: string,
  start?: () => Promise<unknown>,
): Workshop {
  const { clock, language } = session;
  const { kubeconfig, context, namespace } = cluster;
  const target = { kubeconfig, context };
  const connect = async (): ReturnType<Workshop["kube"]> => {
    await start?.();
    return (await import("../kube/kube.ts")).connectKube({ ...target, namespace });
  };
  let connection: ReturnType<Workshop["kube"]> | undefined;
  return {
    course,
    language,
    target,
    namespace,
    kube: () => (connection ??= connect()),
    kubectl: runKubectl(session, cluster, workspace),
    workspace,
    clock,
  };
}

/** kubectl as the learner's shell would run it after `env`: never with a kubeconfig of the user's own. */
function runKubectl({ exec, env, paths }: Session, cluster: Cluster, cwd: string): Workshop["kubectl"] {
  return (args) => exec("kubectl", args, { cwd, env: clusterEnv({ env, paths }, cluster), timeout: KUBECTL_WITHIN });
}
