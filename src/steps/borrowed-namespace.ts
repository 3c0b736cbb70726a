import type { Course } from "../course/course.ts";
import { ApiError, unlessForbidden } from "../kube/api-error.ts";
import type { Kube } from "../kube/kube.ts";
import { controllerOf, isGoing, type KubeObject } from "../kube/objects.ts";
import type { Clock } from "../system/clock.ts";
import { carryOut } from "./carry-out.ts";
import { hasOurMark } from "./like-kubectl.ts";
import { planEmpty } from "./plan.ts";

/** What is known of a namespace that the course is to live in. */
export type FoundNamespace =
  | { state: "absent" }
  /** We may not look at the namespace itself, though perhaps into it. */
  | { state: "hidden" }
  | { state: "there"; labels: Readonly<Record<string, string>>; isGoing: boolean };

/** What of a namespace is ours: all of it, or the label on it, or only what the course puts there. */
export interface Claim {
  made: boolean;
  labelled: boolean;
}

const MANAGED_BY = "app.kubernetes.io/managed-by";
const US = "k8s-bootcamp";

/** Milliseconds: how long a namespace may take to come or to go, and between two looks. */
const COMES_WITHIN = 10_000;
const GOES_WITHIN = 90_000;
const PAUSE = 200;

/** The course's namespace, as far as we may see it. @throws ClusterUnreachable */
export async function findNamespace(kube: Kube): Promise<FoundNamespace> {
  const found = await unlessForbidden(kube.get("Namespace", kube.namespace).then((namespace) => namespace ?? "absent"));
  if (found === undefined) return { state: "hidden" };
  if (found === "absent") return { state: "absent" };
  return { state: "there", labels: found.metadata?.labels ?? {}, isGoing: isGoing(found) };
}

/** What is in the namespace and not of the course, as far as we may see it; what every namespace has doesn't count. */
export async function foreignObjects(kube: Kube): Promise<string[]> {
  const lists = await Promise.all(
    kinds.map(async (kind) => (await unlessForbidden(kube.list(kind)))?.map((object) => ({ kind, object })) ?? []),
  );
  return lists
    .flat()
    .filter(({ kind, object }) => !isStandard(kind, object) && controllerOf(object) === undefined && !hasOurMark(object))
    .map(({ kind, object }) => `${kind} ${object.metadata?.name}`);
}

/** What the course would change or delete there, though it has not made it. */
export async function objectsInTheWay(kube: Kube, course: Course): Promise<string[]> {
  const deeds = await planEmpty(kube, course);
  return deeds.filter(({ ours }) => !ours).map(({ kind, name }) => `${kind} ${name}`);
}

/** Makes the namespace, if it isn't there, and labels it, if we may and nobody else has. @throws ApiError when it can't be made */
export async function claimNamespace(kube: Kube, found: FoundNamespace, clock: Clock): Promise<Claim> {
  if (found.state === "absent") {
    const metadata = { name: kube.namespace, labels: { [MANAGED_BY]: US } };
    await kube.create({ apiVersion: "v1", kind: "Namespace", metadata }, { manager: US });
    await untilUsable(kube, clock);
    return { made: true, labelled: true };
  }
  if (found.state === "hidden" || found.labels[MANAGED_BY] !== undefined) return { made: false, labelled: false };
  const isBare = Object.keys(found.labels).length === 0;
  const label = { op: "add", path: `/metadata/labels/${MANAGED_BY.replace("/", "~1")}`, value: US };
  const labels = { op: "add", path: "/metadata/labels", value: {} };
  return { made: false, labelled: await patchNamespace(kube, isBare ? [labels, label] : [label]) };
}

/** Takes out of the namespace what the course has put there, and nothing else. @throws ApiError, ClusterUnreachable */
export async function emptyNamespace(kube: Kube, course: Course, clock: Clock): Promise<void> {
  await carryOut(await planEmpty(kube, course), kube, clock);
}

/** Leaves the namespace as it was before us: without the course's objects, without our label; of our own making, not at all. */
export async function leaveNamespace(kube: Kube, course: Course, clock: Clock, { made, labelled }: Claim): Promise<void> {
  await emptyNamespace(kube, course, clock);
  if (made && (await deleteNamespace(kube))) return untilGone(kube, clock);
  if (labelled) {
    const path = `/metadata/labels/${MANAGED_BY.replace("/", "~1")}`;
    const isOurs = { op: "test", path, value: US };
    await patchNamespace(kube, [isOurs, { op: "remove", path }]);
  }
}

/** Of these a learner would be sorry. */
const kinds = [
  "Pod",
  "Service",
  "ConfigMap",
  "Secret",
  "PersistentVolumeClaim",
  "Deployment",
  "ReplicaSet",
  "StatefulSet",
  "DaemonSet",
  "Job",
  "CronJob",
  "Ingress",
] as const;

/** Made by a cluster's own controllers, or for whoever uses the namespace. */
function isStandard(kind: string, object: KubeObject): boolean {
  const name = object.metadata?.name ?? "";
  if (kind === "ConfigMap") return /^(kube-root-ca|openshift-service-ca|istio-ca-root-cert)(\.crt)?$/.test(name);
  if (kind === "Secret")
    return /^(kubernetes\.io\/(service-account-token|dockercfg|dockerconfigjson)|helm\.sh\/)/.test(String(object["type"]));
  return false;
}

/** False when it may not be changed, or isn't as we thought. */
async function patchNamespace(kube: Kube, operations: readonly object[]): Promise<boolean> {
  try {
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: kube.namespace } };
    await kube.patch(namespace, operations, { manager: US });
    return true;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}

const deleteNamespace = async (kube: Kube): Promise<boolean> =>
  (await unlessForbidden(kube.delete("Namespace", kube.namespace))) === true;

/** Pods are refused before the namespace has its account. Where that may not be looked at, one waits for nothing. */
async function untilUsable(kube: Kube, clock: Clock): Promise<void> {
  const deadline = clock.now() + COMES_WITHIN;
  const account = () => unlessForbidden(kube.get("ServiceAccount", "default").then((found) => found !== undefined));
  while (clock.now() < deadline && (await account()) === false) await clock.sleep(PAUSE);
}

/** What takes longer is left to its end. */
async function untilGone(kube: Kube, clock: Clock): Promise<void> {
  const deadline = clock.now() + GOES_WITHIN;
  while (clock.now() < deadline && (await findNamespace(kube)).state === "there") await clock.sleep(PAUSE);
}
