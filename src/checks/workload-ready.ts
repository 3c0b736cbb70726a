import type { Deployment, ReplicaSet, StatefulSet } from "kubernetes-types/apps/v1";
import type { Pod } from "kubernetes-types/core/v1";
import { controllerOf, isGoing } from "../kube/objects.ts";
import { defineCheck, fail, pass, type Settling } from "./check.ts";
import type { ClusterView } from "./cluster-view.ts";
import { newestRevision } from "./live.ts";
import { isPodReady, settlingOf, troubleOf } from "./pods.ts";
import { elsewhere } from "./whereabouts.ts";

interface Args {
  kind: "Deployment" | "StatefulSet";
  name: string;
  replicas: number;
  /** No more than that, either. */
  exactly?: boolean;
  /** A repository; with a tag it must be the same one. */
  image?: string;
}

export const workloadReady = defineCheck({
  type: "workload-ready",
  expected: { en: "{kind} {name}: {want} ready", ja: "{kind} {name}: 準備完了 {want} 個" },
  async run({ cluster, namespace }, { kind, name, replicas, exactly = false, image }: Args) {
    const fields = { kind, name, want: replicas, pod: "", trouble: "", look: `kubectl describe ${kind} ${name}` };
    const workload = await cluster.get<Workload>(kind, name, namespace);
    if (!workload) return fail("absent", { ...fields, got: 0, elsewhere: await elsewhere(cluster, kind, name, namespace) });
    if (image !== undefined && !imagesOf(workload).some((one) => isImage(one, image)))
      return fail("image", { ...fields, want: image, got: imagesOf(workload).join(", ") });
    const wished = workload.spec?.replicas ?? 1;
    if (exactly && wished > replicas) return fail("too-many", { ...fields, got: wished });
    const { current, old, observed, settling, refused } = await rolloutOf(workload, cluster, namespace);
    const got = { ...fields, got: current.filter(isPodReady).length };
    if (got.got < replicas) {
      const trouble = await troubleOf(current, cluster, namespace);
      const text = trouble?.text ?? refused;
      const look = trouble ? `kubectl describe pod ${trouble.pod}` : fields.look;
      return fail("too-few", { ...got, pod: trouble?.pod ?? "", trouble: text && `; ${text}`, look }, { settling });
    }
    const count = current.length + old.length;
    if (old.length > 0 || (exactly && count > replicas)) return fail("too-many", { ...got, got: count }, { settling });
    return observed ? pass(got) : fail("too-few", got, { settling: "moments" });
  },
  words: {
    absent: {
      actual: { en: "{kind} {name} not found{elsewhere}", ja: "{kind} {name} が見つかりません{elsewhere}" },
      why: {
        en: "it was not applied yet, or has another name or namespace",
        ja: "まだ適用していないか、名前や namespace が違います",
      },
      try: {
        en: "apply its file, then `kubectl get {kind} -A`",
        ja: "ファイルを適用して、`kubectl get {kind} -A` を見てください",
      },
    },
    "too-few": {
      actual: { en: "{got} of {want}{trouble}", ja: "{want} 個のうち {got} 個{trouble}" },
      why: { en: "fewer are wished for, or the Pods can't become ready", ja: "希望の数が少ないか、Pod の準備ができていません" },
      try: { en: "`{look}`, and read the last event", ja: "`{look}` の最後のイベントを読んでください" },
    },
    "too-many": {
      actual: { en: "{got}, where {want} are wanted", ja: "{want} 個のはずが {got} 個" },
      why: { en: "more are wished for, or old Pods are still going", ja: "希望の数が多いか、古い Pod がまだ残っています" },
      try: { en: "change `replicas` in the file and apply it", ja: "ファイルの `replicas` を直して適用してください" },
    },
    image: {
      actual: { en: "image {got}", ja: "イメージ {got}" },
      why: {
        en: "the Pods run another program, or another version of it",
        ja: "動いているプログラムか、そのバージョンが違います",
      },
      try: { en: "change `image` in the file and apply it", ja: "ファイルの `image` を直して適用してください" },
    },
  },
});

type Workload = Deployment | StatefulSet;

/** How far a workload is with what its spec says. */
export interface Rollout {
  wished: number;
  /** Pods of the newest version that are not going; and those of older ones. */
  current: readonly Pod[];
  old: readonly Pod[];
  /** Its controller has seen the newest spec. */
  observed: boolean;
  /** Undefined when all is done, or nothing moves any more. */
  settling: Settling | undefined;
  /** Why no Pods could be made; empty when that is no trouble. */
  refused: string;
}

/** As `kubectl rollout status` sees it, with the Pods themselves in place of counts that may be behind. */
export async function rolloutOf(workload: Workload, cluster: ClusterView, namespace: string): Promise<Rollout> {
  const { spec, status, metadata } = workload;
  const wished = spec?.replicas ?? 1;
  const pods = await ownPods(workload, cluster, namespace);
  const observed = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
  const moving =
    !observed ||
    (status?.replicas ?? 0) !== wished ||
    (status?.updatedReplicas ?? 0) !== wished ||
    pods.current.length !== wished ||
    pods.old.length > 0;
  const refused = status?.conditions?.find(({ type, status: is }) => type === "ReplicaFailure" && is === "True")?.message ?? "";
  const pending = pods.current.filter((pod) => !isPodReady(pod));
  const stuck = refused !== "" || (pending.length > 0 && settlingOf(pending) === undefined);
  const settling = stuck ? undefined : (settlingOf(pending) ?? (moving ? "moments" : undefined));
  return { wished, ...pods, observed, settling, refused };
}

/** By owner and version; a Deployment's Pods have its ReplicaSets in between. */
async function ownPods(workload: Workload, cluster: ClusterView, namespace: string): Promise<Pick<Rollout, "current" | "old">> {
  const selector = selectorText(workload.spec?.selector?.matchLabels ?? {});
  const pods = await cluster.list<Pod>("Pod", { namespace, selector });
  const living = pods.filter((pod) => !isGoing(pod));
  if (workload.spec && "serviceName" in workload.spec) {
    const revision = (workload as StatefulSet).status?.updateRevision;
    const own = living.filter((pod) => isOwnedBy(pod, workload.metadata?.uid));
    const isCurrent = ({ metadata }: Pod): boolean => metadata?.labels?.["controller-revision-hash"] === revision;
    return { current: own.filter(isCurrent), old: own.filter((pod) => !isCurrent(pod)) };
  }
  const replicaSets = (await cluster.list<ReplicaSet>("ReplicaSet", { namespace, selector })).filter(
    (set) => isOwnedBy(set, workload.metadata?.uid) && !isGoing(set),
  );
  const [newest] = newestRevision(replicaSets);
  const olds = replicaSets.filter(({ metadata }) => metadata?.uid !== newest?.metadata?.uid);
  return {
    current: living.filter((pod) => isOwnedBy(pod, newest?.metadata?.uid)),
    old: living.filter((pod) => olds.some(({ metadata }) => isOwnedBy(pod, metadata?.uid))),
  };
}

const isOwnedBy = (object: Pod | ReplicaSet, uid: string | undefined): boolean =>
  uid !== undefined && controllerOf(object)?.uid === uid;

const selectorText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");

const imagesOf = ({ spec }: Workload): string[] => spec?.template.spec?.containers.map(({ image }) => image ?? "") ?? [];

function isImage(image: string, wanted: string): boolean {
  const repository = (name: string): string => name.replace(/@.*$/, "").replace(/:[^:/]*$/, "");
  return image === wanted || (wanted === repository(wanted) && repository(image) === wanted);
}
