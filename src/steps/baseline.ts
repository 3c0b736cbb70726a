import type { Baseline } from "../clusters/current.ts";
import type { Course } from "../course/course.ts";
import { ApiError } from "../kube/api-error.ts";
import type { Kube } from "../kube/kube.ts";
import type { KubeObject } from "../kube/objects.ts";
import type { Resource } from "../kube/resources.ts";
import { courseObjects } from "./wanted-objects.ts";

/** An object, and the kind it is of: in a list it doesn't say. */
export interface Found {
  kind: string;
  live: KubeObject;
}

/** Kinds that follow others: their objects come and go by themselves. */
const followers: ReadonlySet<string> = new Set(["Event", "Endpoints", "ComponentStatus", "PodMetrics", "NodeMetrics"]);

/** Kinds of whole places, which hold what is nobody's business here. */
const places: ReadonlySet<string> = new Set(["Node", "Namespace"]);

/** What every namespace is given by the cluster, and given again when it is deleted. */
const givens: ReadonlySet<string> = new Set(["ConfigMap/kube-root-ca.crt", "ServiceAccount/default", "Service/kubernetes"]);

/** Notes what is in a new cluster: in the course's namespace, and beside all namespaces. @throws ApiError, ClusterUnreachable */
export async function takeBaseline(kube: Kube): Promise<Baseline> {
  const found = await objectsOf(kube, await kindsOf(kube));
  const names: Record<string, string[]> = {};
  for (const { kind, live } of found) (names[kind] ??= []).push(live.metadata?.name ?? "");
  return names;
}

/**
 * What has come since: in the course's namespace all of it, beside the namespaces only of kinds that the course deals with. Not what
 * belongs to another object, which goes with it, and not what the cluster makes for itself.
 */
export async function laterThan(baseline: Baseline, kube: Kube, course: Course): Promise<Found[]> {
  const dealtWith = new Set((await courseObjects(course, kube.namespace)).map(({ kind }) => kind));
  const kinds = (await kindsOf(kube)).filter(({ kind, namespaced }) => namespaced || dealtWith.has(kind));
  const found = await objectsOf(kube, kinds);
  return found.filter(({ kind, live: { metadata } }) => {
    const name = metadata?.name ?? "";
    const isOwn = givens.has(`${kind}/${name}`) || metadata?.labels?.["kubernetes.io/bootstrapping"] !== undefined;
    return !isOwn && !metadata?.ownerReferences?.length && !baseline[kind]?.includes(name);
  });
}

/** Each kind once, in the version that the server prefers. */
async function kindsOf(kube: Kube): Promise<Resource[]> {
  const all = (await kube.discovery()).filter(({ kind }) => !followers.has(kind) && !places.has(kind));
  const groupOf = ({ apiVersion }: Resource): string => (apiVersion.includes("/") ? apiVersion.replace(/\/.*/, "") : "");
  const keyOf = (one: Resource): string => `${groupOf(one)}/${one.plural}`;
  return [...new Map(all.toReversed().map((one) => [keyOf(one), one])).values()];
}

async function objectsOf(kube: Kube, kinds: readonly Resource[]): Promise<Found[]> {
  const lists = await Promise.all(
    kinds.map(async (resource) =>
      (await kube.list(resource).catch(ifNotListed)).map((live): Found => ({ kind: resource.kind, live })),
    ),
  );
  return lists.flat();
}

/** Kinds that can only be posted, as a question to the server, and those whose server is down. */
function ifNotListed(error: unknown): [] {
  if (error instanceof ApiError && [403, 404, 405, 503].includes(error.refusal.status)) return [];
  throw error;
}
