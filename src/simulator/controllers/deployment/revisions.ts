import type { PodTemplateSpec } from "kubernetes-types/core/v1";
import { isDeepStrictEqual } from "node:util";
import { controllerOf, controllerReference, keyOf } from "../../api/object.ts";
import { podTemplateHash } from "../../protobuf/template-hash.ts";
import { isAlreadyExists, isNamespaceTerminating, messageOf, unlessGone } from "../refusals.ts";
import type { ReplicaSet } from "../replicas.ts";
import { REVISION, replicasAnnotations, revisedAnnotations, revisionOf } from "./annotations.ts";
import type { Deployment } from "./quantities.ts";
import { byAge, newSetReplicas, specReplicas } from "./quantities.ts";
import type { Rollout } from "./rollout.ts";
import { allSets, newCondition, progressDeadline, progressing, saveStatus, statusWith } from "./rollout.ts";

const TEMPLATE_HASH = "pod-template-hash";

/** Parts the sets in the one of the current template, the oldest if several are, and the others. */
export function partSets(deployment: Deployment, sets: readonly ReplicaSet[]): Pick<Rollout, "newSet" | "oldSets"> {
  const sorted = sets.toSorted(byAge);
  const newSet = sorted.find((set) => sameTemplate(set, deployment));
  return { newSet, oldSets: sorted.filter((set) => set !== newSet) };
}

const sameTemplate = (set: ReplicaSet, deployment: Deployment) =>
  isDeepStrictEqual(withoutHash(set.spec?.template), withoutHash(deployment.spec?.template));

function withoutHash(template: PodTemplateSpec | undefined) {
  const { [TEMPLATE_HASH]: _, ...labels } = template?.metadata?.labels ?? {};
  return { ...template, metadata: { ...template?.metadata, labels } };
}

/**
 * Brings the annotations of the current template's ReplicaSet up to date, and the Deployment's revision with them. Makes the
 * set when there is none and `create` is given (deployment/sync.go getNewReplicaSet).
 */
export async function syncRevision(rollout: Rollout, { create }: { create: boolean }): Promise<void> {
  const revision = Math.max(0, ...rollout.oldSets.map(revisionOf)) + 1;
  if (rollout.newSet) await updateNewSet(rollout, rollout.newSet, revision);
  else if (create) await createNewSet(rollout, revision);
}

async function updateNewSet(rollout: Rollout, set: ReplicaSet, revision: number): Promise<void> {
  const { context, deployment } = rollout;
  const annotations = revisedAnnotations(deployment, set.metadata.annotations, revision);
  const { minReadySeconds = 0 } = deployment.spec ?? {};
  const { minReadySeconds: current = 0, ...spec } = set.spec as NonNullable<ReplicaSet["spec"]>;
  if (minReadySeconds !== current || !isDeepStrictEqual(annotations, { ...set.metadata.annotations })) {
    rollout.newSet = await context.client.update<ReplicaSet>("replicasets.apps", {
      ...set,
      metadata: { ...set.metadata, annotations },
      spec: { ...spec, ...(minReadySeconds && { minReadySeconds }) },
    });
    return;
  }
  const news = progressing(rollout)
    ? undefined
    : (["FoundNewReplicaSet", `Found new replica set "${set.metadata.name}"`] as const);
  await saveRevision(rollout, annotations[REVISION] ?? String(revision), news);
}

/** Writes the Deployment's revision, and the news as its Progressing condition; nothing when there is nothing new. */
async function saveRevision(rollout: Rollout, revision: string, news: readonly [reason: string, message: string] | undefined) {
  const { metadata, status = {} } = rollout.deployment;
  const tell = news && progressDeadline(rollout) !== undefined;
  if (!tell && metadata.annotations?.[REVISION] === revision) return;
  const next = tell ? statusWith(rollout, newCondition(rollout, "Progressing", "True", ...news)) : status;
  await saveStatus(rollout, next, { [REVISION]: revision });
}

async function createNewSet(rollout: Rollout, revision: number): Promise<void> {
  const { context, deployment } = rollout;
  const draft = draftSet(rollout, revision);
  const { name } = draft.metadata;
  const { replicas } = draft.spec;
  try {
    rollout.newSet = await context.client.create<ReplicaSet>("replicasets.apps", draft);
  } catch (error) {
    if (!isAlreadyExists(error)) return await refuse(rollout, name, error);
    rollout.newSet = await existingSet(rollout, name, error);
    return await saveRevision(rollout, String(revision), undefined);
  }
  if (replicas > 0) {
    const message = `Scaled up replica set ${name} from 0 to ${replicas}`;
    context.events.event({ object: deployment }, "Normal", "ScalingReplicaSet", message);
  }
  await saveRevision(rollout, String(revision), ["NewReplicaSetCreated", `Created new replica set "${name}"`]);
}

/** The set of that name if it is this Deployment's and of the same template, made a moment ago. */
async function existingSet(rollout: Rollout, name: string, error: unknown): Promise<ReplicaSet> {
  const { context, deployment } = rollout;
  const found = context.client.get<ReplicaSet>("replicasets.apps", { namespace: deployment.metadata.namespace ?? "", name });
  if (found && controllerOf(found)?.uid === deployment.metadata.uid && sameTemplate(found, deployment)) return found;
  // Another template hashed to the same name: count on, so that the next try gets another hash.
  if (found) await saveStatus(rollout, { ...deployment.status, collisionCount: (deployment.status?.collisionCount ?? 0) + 1 });
  throw error;
}

function draftSet(rollout: Rollout, revision: number) {
  const { deployment } = rollout;
  const { name, namespace } = deployment.metadata;
  const { template, selector, minReadySeconds } = deployment.spec as NonNullable<Deployment["spec"]>;
  const hash = podTemplateHash(template, deployment.status?.collisionCount);
  const labels = { ...template.metadata?.labels, [TEMPLATE_HASH]: hash };
  return {
    metadata: {
      name: `${name}-${hash}`,
      namespace: namespace ?? "",
      labels,
      annotations: { ...revisedAnnotations(deployment, {}, revision), ...replicasAnnotations(deployment) },
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas: newSetReplicas(deployment, allSets(rollout), 0),
      ...(minReadySeconds && { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [TEMPLATE_HASH]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

async function refuse(rollout: Rollout, name: string, error: unknown): Promise<never> {
  if (!isNamespaceTerminating(error)) {
    const message = `Failed to create new replica set "${name}": ${messageOf(error)}`;
    const { context, deployment } = rollout;
    if (progressDeadline(rollout) !== undefined) {
      await saveStatus(
        rollout,
        statusWith(rollout, newCondition(rollout, "Progressing", "False", "ReplicaSetCreateError", message)),
      );
    }
    context.events.event({ object: deployment }, "Warning", "ReplicaSetCreateError", message);
  }
  throw error;
}

/** Deletes the oldest ReplicaSets without pods beyond revisionHistoryLimit. */
export async function cleanUpHistory({ context, deployment, oldSets }: Rollout): Promise<void> {
  const limit = deployment.spec?.revisionHistoryLimit;
  if (limit === undefined || limit === 2_147_483_647) return;
  const kept = oldSets.filter(({ metadata }) => !metadata.deletionTimestamp);
  const byRevision = kept.toSorted((a, b) => revisionOf(a) - revisionOf(b) || byAge(a, b));
  for (const set of byRevision.slice(0, Math.max(0, kept.length - limit))) {
    const observed = (set.status?.observedGeneration ?? 0) >= (set.metadata.generation ?? 0);
    if (specReplicas(set) > 0 || (set.status?.replicas ?? 0) > 0 || !observed) continue;
    await unlessGone(context.client.delete("replicasets.apps", keyOf(set)));
  }
}
