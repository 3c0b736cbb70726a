import { admit, type AdmissionRequest } from "../admission.ts";
import type { DeleteOptions } from "../client.ts";
import { timestamp, type KubeObject, type ObjectKey } from "../object.ts";
import type { Endpoint, Registry } from "../registry.ts";
import { StatusError } from "../status-error.ts";
import type { WriteContext } from "./write-context.ts";

/** Finalizers that the garbage collector works off (metav1.FinalizerOrphanDependents, FinalizerDeleteDependents). */
const ORPHAN = "orphan";
const FOREGROUND = "foregroundDeletion";

export interface Deleted {
  /** The object's last version, or its version while it waits for grace or finalizers. */
  object: KubeObject;
  /** It is out of the store. */
  gone: boolean;
}

/** Deletes, or starts to (registry/generic Store.Delete): grace and finalizers leave the object there with a deletionTimestamp. */
export async function deleteObject(
  registry: Registry,
  endpoint: Endpoint,
  key: ObjectKey,
  options: DeleteOptions,
  context: Pick<WriteContext, "user" | "dryRun" | "warn">,
): Promise<Deleted> {
  const { store } = registry;
  const found = store.get(endpoint.storage, key);
  if (!found) throw StatusError.notFound(endpoint.resource, key.name);
  const request: AdmissionRequest = {
    operation: "DELETE",
    endpoint,
    subresource: "",
    ...key,
    old: found,
    user: context.user,
    dryRun: context.dryRun,
    warn: context.warn,
  };
  await admit(registry, request);
  const live = store.get(endpoint.storage, key);
  if (!live) throw StatusError.notFound(endpoint.resource, key.name);
  checkPreconditions(endpoint, live, options);

  const next = marked(registry, endpoint, live, options);
  if (context.dryRun) return { object: next ?? live, gone: next === undefined };
  if (next === undefined) return { object: remove(registry, endpoint, live), gone: true };
  if (next === live) return { object: live, gone: false };
  const last = finishDeletion(registry, endpoint, next);
  return last ? { object: last, gone: true } : { object: store.replace(endpoint.storage, next, live), gone: false };
}

/** Takes an object out of the store when its deletion was asked for and nothing holds it any longer. */
export function finishDeletion(registry: Registry, endpoint: Endpoint, next: KubeObject): KubeObject | undefined {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = next.metadata;
  if (!deletionTimestamp || deletionGracePeriodSeconds || finalizers?.length) return undefined;
  if (endpoint.strategy.holds?.(next)) return undefined;
  return remove(registry, endpoint, next);
}

function remove(registry: Registry, endpoint: Endpoint, object: KubeObject): KubeObject {
  const last = registry.store.remove(endpoint.storage, object);
  endpoint.strategy.afterDelete?.(last);
  return last;
}

/** The object with its deletion noted; undefined when it may go at once; the live object when nothing changes. */
function marked(registry: Registry, { strategy }: Endpoint, live: KubeObject, options: DeleteOptions): KubeObject | undefined {
  const finalizers = finalizersAfter(live, options);
  const grace = strategy.gracePeriodSeconds ? Math.max(0, options.gracePeriodSeconds ?? strategy.gracePeriodSeconds(live)) : 0;
  const effective = strategy.gracePeriodSeconds && strategy.gracePeriodSeconds(live) === 0 ? 0 : grace;
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = live.metadata;
  const held = finalizers.length > 0 || strategy.holds?.(live);
  if (deletionTimestamp) {
    if (effective === 0 && !held) return undefined;
    if (effective >= deletionGracePeriodSeconds) return live;
    // A later delete may only shorten the wait.
    const started = Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000;
    return withMeta(live, { deletionTimestamp: timestamp(started + effective * 1000), deletionGracePeriodSeconds: effective });
  }
  if (effective === 0 && !held) return undefined;
  const next = withMeta(live, {
    deletionTimestamp: timestamp(registry.clock.now() + effective * 1000),
    deletionGracePeriodSeconds: effective,
    ...(live.metadata.generation !== undefined && { generation: live.metadata.generation + 1 }),
    ...(finalizers.length > 0 && { finalizers }),
  });
  return strategy.markDeleted?.(next) ?? next;
}

const withMeta = (object: KubeObject, meta: Partial<KubeObject["metadata"]>): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, ...meta },
});

/** Orphan and foreground deletion leave a finalizer for the garbage collector; background leaves none. */
function finalizersAfter(live: KubeObject, { propagationPolicy }: DeleteOptions): string[] {
  const finalizers = live.metadata.finalizers ?? [];
  if (propagationPolicy === undefined) return finalizers;
  const others = finalizers.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND);
  return propagationPolicy === "Orphan"
    ? [...others, ORPHAN]
    : propagationPolicy === "Foreground"
      ? [...others, FOREGROUND]
      : others;
}

function checkPreconditions({ info, resource }: Endpoint, live: KubeObject, { preconditions }: DeleteOptions): void {
  const refuse = (what: string, want: string, have: string) => {
    const cause = `the ${what} in the precondition (${want}) does not match the ${what} in record (${have}). The object might have been ${what === "UID" ? "deleted and then recreated" : "modified"}`;
    throw StatusError.conflict({ group: resource.group, resource: info.kind }, live.metadata.name, cause);
  };
  const { uid, resourceVersion } = live.metadata;
  if (preconditions?.uid && preconditions.uid !== uid) refuse("UID", preconditions.uid, uid);
  if (preconditions?.resourceVersion && preconditions.resourceVersion !== resourceVersion) {
    refuse("ResourceVersion", preconditions.resourceVersion, resourceVersion);
  }
}
