import type { Namespace as NamespaceType, NamespaceCondition, NamespaceStatus } from "kubernetes-types/core/v1";
import { isDeepStrictEqual } from "node:util";
import { keyOf, type KubeObject, type Live, timestamp } from "../api/object.ts";
import type { Controller, ControllerContext } from "./controller.ts";
import { objectKey, queueKey, workQueue } from "./controller.ts";
import { isNotFound, messageOf } from "./refusals.ts";

export type Namespace = Live<NamespaceType>;

const FINALIZER = "kubernetes";

/** Milliseconds between looks at a namespace that still holds something. */
const NEXT_LOOK = 1000;

interface Remains {
  /** Objects left, by resource as the messages write it: `configmaps.`, `deployments.apps`. */
  resources: Map<string, number>;
  /** Objects each finalizer holds. */
  finalizers: Map<string, number>;
  errors: unknown[];
}

/** Empties a namespace that is being deleted, pods first, then lets it go (pkg/controller/namespace/deletion). */
export const namespaceController: Controller = (context) => {
  const { client } = context;
  const queue = workQueue(context, async (key) => {
    const namespace = client.get<Namespace>("namespaces", objectKey(key));
    if (!namespace?.metadata.deletionTimestamp || !namespace.spec?.finalizers?.includes(FINALIZER)) return;
    const remains: Remains = { resources: new Map(), finalizers: new Map(), errors: [] };
    const namespaced = context.resources().filter((resource) => resource.namespaced);
    await empty(context, namespace, ["pods"], remains);
    if (remains.resources.size === 0) {
      await empty(
        context,
        namespace,
        namespaced.map(({ name }) => name),
        remains,
      );
    }
    await writeConditions(context, namespace, remains);
    if (remains.resources.size > 0 || remains.errors.length > 0) return queue.addAfter(key, NEXT_LOOK);
    const live = client.get<Namespace>("namespaces", objectKey(key));
    if (!live) return;
    const finalizers = (live.spec?.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER);
    await client.update<Namespace>("namespaces", { ...live, spec: { ...live.spec, finalizers } }, { subresource: "finalize" });
  });
  const stop = client.watch<Namespace>("namespaces", ({ object }) => {
    if (object.metadata.deletionTimestamp) queue.add(queueKey(object));
  });
  return () => [stop, queue.stop].forEach((end) => end());
};

/** Deletes what there is and counts what stays. */
async function empty(
  { client }: ControllerContext,
  { metadata }: Namespace,
  resources: readonly string[],
  remains: Remains,
): Promise<void> {
  const add = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const resource of resources) {
    for (const object of client.list<KubeObject>(resource, { namespace: metadata.name })) {
      if (!object.metadata.deletionTimestamp) {
        await client.delete(resource, keyOf(object), { propagationPolicy: "Background" }).catch((error) => {
          if (!isNotFound(error)) remains.errors.push(error);
        });
      }
    }
    for (const object of client.list<KubeObject>(resource, { namespace: metadata.name })) {
      add(remains.resources, resource.includes(".") ? resource : `${resource}.`);
      for (const finalizer of object.metadata.finalizers ?? []) add(remains.finalizers, finalizer);
    }
  }
}

async function writeConditions({ client, clock }: ControllerContext, namespace: Namespace, remains: Remains): Promise<void> {
  const now = timestamp(clock.now());
  const current = namespace.status?.conditions ?? [];
  const wanted = conditionsOf(remains);
  const conditions = wanted.map((condition): NamespaceCondition => {
    const before = current.find(({ type }) => type === condition.type);
    const same =
      before?.status === condition.status && before.reason === condition.reason && before.message === condition.message;
    return same
      ? before
      : {
          type: condition.type,
          status: condition.status,
          lastTransitionTime: now,
          reason: condition.reason,
          message: condition.message,
        };
  });
  const status: NamespaceStatus = { ...namespace.status, conditions };
  if (!isDeepStrictEqual(status, namespace.status)) await client.updateStatus<Namespace>("namespaces", { ...namespace, status });
}

function conditionsOf({ resources, finalizers, errors }: Remains) {
  const listed = (counts: Map<string, number>, verb: string) =>
    [...counts]
      .map(([name, count]) => `${name} ${verb} ${count} resource instances`)
      .sort()
      .join(", ");
  const condition = (type: string, bad: string | undefined, badReason: string, goodReason: string, good: string) => ({
    type,
    status: bad === undefined ? "False" : "True",
    reason: bad === undefined ? goodReason : badReason,
    message: bad ?? good,
  });
  const failed =
    errors.length > 0
      ? `Failed to delete all resource types, ${errors.length} remaining: ${errors.map(messageOf).join(", ")}`
      : undefined;
  const left = resources.size > 0 ? `Some resources are remaining: ${listed(resources, "has")}` : undefined;
  const held =
    finalizers.size > 0 ? `Some content in the namespace has finalizers remaining: ${listed(finalizers, "in")}` : undefined;
  return [
    condition("NamespaceDeletionDiscoveryFailure", undefined, "", "ResourcesDiscovered", "All resources successfully discovered"),
    condition(
      "NamespaceDeletionGroupVersionParsingFailure",
      undefined,
      "",
      "ParsedGroupVersions",
      "All legacy kube types successfully parsed",
    ),
    condition(
      "NamespaceDeletionContentFailure",
      failed,
      "ContentDeletionFailed",
      "ContentDeleted",
      "All content successfully deleted, may be waiting on finalization",
    ),
    condition("NamespaceContentRemaining", left, "SomeResourcesRemain", "ContentRemoved", "All content successfully removed"),
    condition(
      "NamespaceFinalizersRemaining",
      held,
      "SomeFinalizersRemain",
      "ContentHasNoFinalizers",
      "All content-preserving finalizers finished",
    ),
  ];
}
