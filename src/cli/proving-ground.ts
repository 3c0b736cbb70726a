import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { providerNamed, type makingProviders } from "../clusters/choose.ts";
import type { Cluster, ClusterProvider, ClusterSpec } from "../clusters/provider.ts";
import type { Need } from "../course/lesson.ts";
import type { Kube } from "../kube/kube.ts";
import type { Workshop } from "../steps/actions.ts";
import type { Clock } from "../system/clock.ts";
import { systemStay } from "../system/exec.ts";
import { statePaths } from "../system/paths.ts";
import { withReport } from "./cluster-access.ts";
import { clusterEnv } from "./cluster-env.ts";
import { CLUSTER_FILE, courseSpec, specOfFile, trialSpec, withNodeImage } from "./cluster-spec.ts";
import type { Session } from "./session.ts";

/** Where a whole course is tried out: state, workspace and cluster of its own, all thrown away at the end. */
export interface ProvingGround {
  workshop: Workshop;
  /** What steps may need of this kind of cluster. */
  granted: ReadonlySet<Need>;
  remove(): Promise<void>;
}

/** On kind the learner's own cluster stays: this one has another name. */
const NAME = "course-test";

/** Milliseconds after which a kubectl is given up. */
const KUBECTL_WITHIN = 180_000;

/** `speed`: how many times as fast time passes, where that is ours to say; what is skipped then is waiting, never work. */
export async function openProvingGround(
  session: Session,
  id: (typeof makingProviders)[number],
  speed: number,
): Promise<ProvingGround> {
  const folder = await mkdtemp(join(tmpdir(), "k8s-bootcamp-course-"));
  const workspace = join(folder, "workspace");
  await mkdir(workspace);
  const paths = statePaths({ K8S_BOOTCAMP_HOME: join(folder, "state") });
  const pace = id === "practice" ? speed : 1;
  const provider = providerNamed(id, { ...session, paths, ...(pace !== 1 && { speed: pace }) });
  let made: { cluster: Cluster; is: "trial" | "full" | "own"; kube: Promise<Kube> | undefined } | undefined;
  const at = (): Cluster => made?.cluster ?? provider.access(NAME);
  const env = () => clusterEnv({ env: session.env, paths }, at());
  const workshop: Workshop = {
    course: await session.course(at().namespace),
    language: "en",
    workspace,
    namespace: at().namespace,
    get target() {
      const { kubeconfig, context } = at();
      return { kubeconfig, context };
    },
    clock: faster(session.clock, pace),
    async kube() {
      if (!made) await this.cluster?.("trial");
      const { kubeconfig, context, namespace } = at();
      return (made!.kube ??= import("../kube/kube.ts").then(({ connectKube }) =>
        connectKube({ kubeconfig, context, namespace }),
      ));
    },
    kubectl: (args) => session.exec("kubectl", args, { cwd: workspace, env: env(), timeout: KUBECTL_WITHIN }),
    stay: (args) => systemStay("kubectl", args, { cwd: workspace, env: env() }),
    async cluster(what) {
      if (what !== "create" && made?.is === what) return;
      const spec = await specOf(session, what, workspace);
      const cluster = await make(session, provider, spec);
      made = { cluster, is: what === "create" ? isOf(spec) : what, kube: undefined };
    },
  };
  return {
    workshop,
    granted: provider.capabilities,
    async remove() {
      if ((await provider.state(NAME)) !== "absent") await provider.delete(NAME);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function make(session: Session, provider: ClusterProvider, spec: ClusterSpec): Promise<Cluster> {
  const what = session.messages.waits.clusterCreate(provider.id, spec.nodes.length);
  return withReport(session, what, (report) => provider.create({ ...spec, name: NAME }, report));
}

async function specOf(session: Session, what: "create" | "trial" | "full", workspace: string): Promise<ClusterSpec> {
  if (what === "create") return withNodeImage(await specOfFile(join(workspace, CLUSTER_FILE)), session);
  return withNodeImage(await (what === "trial" ? trialSpec(session) : courseSpec(session)), session);
}

/** A cluster as a learner's file has it may be as good as the course's own. */
const isOf = ({ nodes }: ClusterSpec): "full" | "own" => (nodes.length === 4 ? "full" : "own");

const faster = (clock: Clock, speed: number): Clock => ({
  now: () => clock.now() * speed,
  sleep: (milliseconds, signal) => clock.sleep(milliseconds / speed, signal),
});
