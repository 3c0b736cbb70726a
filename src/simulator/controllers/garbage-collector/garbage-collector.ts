import { isDeepStrictEqual } from "node:util";
import type { WatchEvent } from "../../api/client.ts";
import { keyOf, type KubeObject, type OwnerReference } from "../../api/object.ts";
import type { Controller } from "../controller.ts";
import { workQueue } from "../controller.ts";
import { unlessGone } from "../refusals.ts";
import { fromPlace, ownerGraph, placeOf } from "./owner-graph.ts";

const ORPHAN = "orphan";
const FOREGROUND = "foregroundDeletion";

/** How an owner stands, as one of its dependents sees it. */
type OwnerState = "solid" | "gone" | "waiting for its dependents" | "unknown";

const isEnding = ({ metadata }: KubeObject, finalizer: string) =>
  metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes(finalizer) === true;

/**
 * Deletes what its owners left behind, and works off the finalizers of foreground and orphan deletion
 * (pkg/controller/garbagecollector). An owner is known by its uid: another object of the same name is not it.
 */
export const garbageCollector: Controller = (context) => {
  const { client, events } = context;

  const queue = workQueue(context, async (place) => {
    const object = at(place);
    if (!object) return;
    const { resource } = fromPlace(place);
    if (isEnding(object, ORPHAN)) await orphanDependents(resource, object);
    else if (isEnding(object, FOREGROUND)) await finishForeground(resource, object);
    else if (!object.metadata.deletionTimestamp) await collect(resource, object);
  });
  const graph = ownerGraph(context);

  function at(place: string): KubeObject | undefined {
    const { resource, key } = fromPlace(place);
    return client.get(resource, key);
  }

  function onChange(resource: string, { type, object, old }: WatchEvent): void {
    const owners = (one: KubeObject | undefined) => one?.metadata.ownerReferences ?? [];
    if (type === "DELETED") {
      graph.dependentsOf(object.metadata.uid).forEach(queue.add);
      wakeOwners(object, owners(object));
      return;
    }
    const lost = owners(old).filter((before) => !owners(object).some((after) => isDeepStrictEqual(after, before)));
    wakeOwners(object, lost);
    const ending = [ORPHAN, FOREGROUND].some((finalizer) => isEnding(object, finalizer));
    if (ending || (owners(object).length > 0 && !isDeepStrictEqual(owners(object), owners(old)))) {
      queue.add(placeOf(resource, keyOf(object)));
    }
    if (isEnding(object, FOREGROUND) && !(old && isEnding(old, FOREGROUND))) {
      graph.dependentsOf(object.metadata.uid).forEach(queue.add);
    }
  }

  /** An owner that waits for its dependents looks again. */
  function wakeOwners(dependent: KubeObject, references: readonly OwnerReference[]): void {
    for (const reference of references) {
      const place = graph.ownerPlace(reference, dependent);
      if (place) queue.add(place);
    }
  }

  function stateOf(reference: OwnerReference, dependent: KubeObject): OwnerState {
    const place = graph.ownerPlace(reference, dependent);
    if (!place) return "unknown";
    const owner = at(place);
    if (owner?.metadata.uid !== reference.uid) return "gone";
    return isEnding(owner, FOREGROUND) ? "waiting for its dependents" : "solid";
  }

  /** Deletes an object when none of its owners is left, or drops its references to those that are gone. */
  async function collect(resource: string, item: KubeObject): Promise<void> {
    const owners = (item.metadata.ownerReferences ?? []).map((reference) => ({ reference, state: stateOf(reference, item) }));
    const inState = (...states: OwnerState[]) =>
      owners.filter(({ state }) => states.includes(state)).map(({ reference }) => reference);
    const lost = inState("gone", "waiting for its dependents");
    if (lost.length === 0 || inState("unknown").length > 0) return;
    if (inState("solid").length > 0) return await dropOwners(resource, item, lost);
    inState("gone").forEach((reference) => warnOfOtherNamespace(item, reference));
    const dependents = graph.dependentsOf(item.metadata.uid).flatMap((place) => at(place) ?? []);
    const inForeground = inState("waiting for its dependents").length > 0 && dependents.length > 0;
    if (inForeground && dependents.some((dependent) => isEnding(dependent, FOREGROUND))) await unblockOwners(resource, item);
    await unlessGone(
      client.delete(resource, keyOf(item), {
        propagationPolicy: policyFor(item, inForeground),
        preconditions: { uid: item.metadata.uid },
      }),
    );
  }

  /** An owner in another namespace counts as missing; the dependent is told before it goes. */
  function warnOfOtherNamespace(item: KubeObject, reference: OwnerReference): void {
    const { apiVersion, kind, name, uid } = reference;
    const resource = graph.resourceOf(reference);
    if (!resource?.namespaced || !client.list(resource.name).some((other) => other.metadata.uid === uid)) return;
    const { namespace } = item.metadata;
    const message = `ownerRef [${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}] does not exist in namespace "${namespace}"`;
    events.event({ object: item }, "Warning", "OwnerRefInvalidNamespace", message);
  }

  async function orphanDependents(resource: string, owner: KubeObject): Promise<void> {
    for (const place of graph.dependentsOf(owner.metadata.uid)) {
      const dependent = at(place);
      const references = dependent?.metadata.ownerReferences?.filter(({ uid }) => uid === owner.metadata.uid) ?? [];
      if (dependent) await dropOwners(fromPlace(place).resource, dependent, references);
    }
    await dropFinalizer(resource, owner, ORPHAN);
  }

  /** The owner goes once no dependent that blocks it is left. */
  async function finishForeground(resource: string, owner: KubeObject): Promise<void> {
    const blocks = ({ uid, blockOwnerDeletion }: OwnerReference) => uid === owner.metadata.uid && blockOwnerDeletion === true;
    const blocked = graph.dependentsOf(owner.metadata.uid).some((place) => at(place)?.metadata.ownerReferences?.some(blocks));
    if (!blocked) await dropFinalizer(resource, owner, FOREGROUND);
  }

  /** Two objects that own each other would wait for ever. */
  const unblockOwners = (resource: string, item: KubeObject) =>
    setOwners(
      resource,
      item,
      (item.metadata.ownerReferences ?? []).map((reference) => ({ ...reference, blockOwnerDeletion: false })),
    );

  const dropOwners = (resource: string, item: KubeObject, lost: readonly OwnerReference[]) =>
    setOwners(resource, item, item.metadata.ownerReferences?.filter(({ uid }) => !lost.some((one) => one.uid === uid)) ?? []);

  async function setOwners(resource: string, item: KubeObject, owners: OwnerReference[]): Promise<void> {
    const ownerReferences = owners.length > 0 ? owners : null;
    await unlessGone(client.patch(resource, keyOf(item), { metadata: { uid: item.metadata.uid, ownerReferences } }));
  }

  async function dropFinalizer(resource: string, item: KubeObject, finalizer: string): Promise<void> {
    const left = item.metadata.finalizers?.filter((other) => other !== finalizer) ?? [];
    const { resourceVersion } = item.metadata;
    const finalizers = left.length > 0 ? left : null;
    await unlessGone(client.patch(resource, keyOf(item), { metadata: { resourceVersion, finalizers } }));
  }

  graph.follow(onChange);
  return () => [graph.stop, queue.stop].forEach((stop) => stop());
};

function policyFor({ metadata: { finalizers = [] } }: KubeObject, inForeground: boolean) {
  if (inForeground || finalizers.includes(FOREGROUND)) return "Foreground";
  return finalizers.includes(ORPHAN) ? "Orphan" : "Background";
}
