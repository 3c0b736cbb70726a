import type { Baseline } from "../clusters/current.ts";
import type { Course } from "../course/course.ts";
import type { Step } from "../course/lesson.ts";
import { podState } from "../checks/pods.ts";
import { ApiError, unlessForbidden } from "../kube/api-error.ts";
import type { Kube } from "../kube/kube.ts";
import { controllerOf, isGoing, isSameWish, type KubeObject } from "../kube/objects.ts";
import { type Found, laterThan } from "./baseline.ts";
import { hasOurMark, KUBECTL_APPLY, withLastApplied, withOurMark } from "./like-kubectl.ts";
import { courseObjects, keyOf, type NamedObject, podLabels, wantedObjects } from "./wanted-objects.ts";

/** What has to be done to one object so that a step can begin. */
export interface Deed {
  what: "create" | "change" | "make-anew" | "delete";
  kind: string;
  name: string;
  namespace: string;
  /** The tutor made it; otherwise it is the learner's. Of what is to be created, true. */
  ours: boolean;
  /** As it shall be; absent for a deletion. */
  object?: KubeObject;
}

/**
 * The way to a step's start state: nothing, where the cluster is there already. Objects that no manifest of the course names, and that
 * have none of its labels, are nobody's business here; but with a `baseline`, what came since goes, too.
 */
export async function planStart(kube: Kube, course: Course, step: Step, baseline?: Baseline): Promise<Deed[]> {
  const wanted = await wantedObjects(course, step, kube.namespace);
  const [deletions, needed] = await Promise.all([
    deletionsBut(kube, course, new Set(wanted.map(keyOf)), baseline),
    Promise.all(wanted.map((object) => planObject(kube, object))),
  ]);
  return [...deletions, ...needed.filter((deed) => deed !== undefined)];
}

/** The way to a cluster without anything of the course. */
export const planEmpty = (kube: Kube, course: Course): Promise<Deed[]> => deletionsBut(kube, course, new Set());

/** All of the course's that is there and not among `wanted`. What we may not look at, we have not made. */
async function deletionsBut(kube: Kube, course: Course, wanted: ReadonlySet<string>, baseline?: Baseline): Promise<Deed[]> {
  const known = await courseObjects(course, kube.namespace);
  const unwanted = [...new Map(known.map((object) => [keyOf(object), object])).values()].filter(
    (object) => !wanted.has(keyOf(object)),
  );
  const [extra, strays, later] = await Promise.all([
    Promise.all(
      unwanted.map(async ({ kind, metadata }) => {
        const live = await unlessForbidden(kube.get(kind, metadata.name, metadata.namespace));
        return live && { kind, live };
      }),
    ),
    strayObjects(kube, podLabels(known), wanted),
    baseline ? laterThan(baseline, kube, course) : [],
  ]);
  const besides = later.filter(({ kind, live }) => !wanted.has(keyOf({ ...live, kind } as NamedObject)));
  const all = [...extra.filter((one) => one !== undefined), ...strays, ...besides];
  return [...new Map(all.map((one) => [one.live.metadata?.uid, one])).values()].map(({ kind, live }) => deletionOf(kind, live));
}

const deletionOf = (kind: string, live: KubeObject): Deed => ({
  what: "delete",
  kind,
  name: live.metadata?.name ?? "",
  namespace: live.metadata?.namespace ?? "",
  ours: hasOurMark(live),
});

/** Workloads and Pods that carry the course's labels and belong to nobody: made by hand, of another kind, or left behind. */
async function strayObjects(
  kube: Kube,
  labels: readonly Readonly<Record<string, string>>[],
  wanted: ReadonlySet<string>,
): Promise<Found[]> {
  const kinds = ["Pod", "ReplicaSet", "Deployment", "DaemonSet", "StatefulSet"];
  const found = await Promise.all(
    kinds.map(async (kind) => ((await unlessForbidden(kube.list(kind))) ?? []).map((live) => ({ kind, live }))),
  );
  const isOurs = ({ metadata }: KubeObject): boolean =>
    labels.some((one) => Object.entries(one).every(([key, value]) => metadata?.labels?.[key] === value));
  return found
    .flat()
    .filter(
      ({ kind, live }) =>
        isOurs(live) &&
        !isGoing(live) &&
        controllerOf(live) === undefined &&
        !wanted.has(keyOf({ ...live, kind } as NamedObject)),
    );
}

/** Undefined when the object is there, as it shall be. */
async function planObject(kube: Kube, object: NamedObject): Promise<Deed | undefined> {
  const { kind, metadata } = object;
  const deed = { kind, name: metadata.name, namespace: metadata.namespace };
  const asApplied = withLastApplied(object);
  const live = await kube.get(kind, metadata.name, metadata.namespace);
  if (!live) return { ...deed, what: "create", ours: true, object: withOurMark(asApplied) };
  const ours = hasOurMark(live);
  const anew: Deed = { ...deed, what: "make-anew", ours, object: withOurMark(asApplied) };
  if (isGoing(live)) return anew;
  if (kind === "Pod") return (await isUsablePod(kube, object, live)) ? undefined : anew;
  const replacement = inPlaceOf(live, asApplied);
  const result = await tryReplace(kube, replacement);
  if (!result) return anew;
  return isSameWish(result, live) ? undefined : { ...deed, what: "change", ours, object: replacement };
}

/** A Pod can't be changed: it is as wished, and works, or it is made anew. */
async function isUsablePod(kube: Kube, object: NamedObject, live: KubeObject): Promise<boolean> {
  if (podState(live as never).at === "stuck") return false;
  try {
    const applied = await kube.apply(object, { dryRun: true, force: true, manager: KUBECTL_APPLY });
    return isSameWish(applied, live);
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}

/**
 * The whole object, so that nothing stays of what somebody added; but what the cluster itself keeps on it stays. Without a version:
 * controllers write to it all the time, and their change since we looked is no reason to refuse ours.
 */
function inPlaceOf(live: KubeObject, object: KubeObject): KubeObject {
  const { finalizers, ownerReferences, annotations = {} } = live.metadata ?? {};
  const kept = Object.entries(annotations).filter(([name]) => name.startsWith("deployment.kubernetes.io/"));
  return {
    ...object,
    metadata: {
      ...object.metadata,
      ...(finalizers !== undefined && { finalizers }),
      ...(ownerReferences !== undefined && { ownerReferences }),
      annotations: { ...Object.fromEntries(kept), ...object.metadata?.annotations },
    },
  };
}

/** Undefined when the server doesn't allow that change. */
async function tryReplace(kube: Kube, object: KubeObject): Promise<KubeObject | undefined> {
  try {
    return await kube.replace(object, { dryRun: true, manager: KUBECTL_APPLY });
  } catch (error) {
    if (error instanceof ApiError && error.refusal.status !== 403) return undefined;
    throw error;
  }
}
