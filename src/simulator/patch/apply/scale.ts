import type { ManagedFieldsEntry } from "../../api/object.ts";
import type { FieldSet } from "./field-set.ts";
import { difference, has, insert, isEmpty } from "./field-set.ts";
import type { Managers } from "./managers.ts";
import { decodeManagers, encodeManagers } from "./managers.ts";
import { fieldElement } from "./path-element.ts";

const SCALE_VERSION = "autoscaling/v1";
const SCALE_REPLICAS = ["spec", "replicas"];

/** The main resource a Scale speaks for, as its managedFields see it. */
interface ScaledResource {
  apiVersion: string;
  managedFields: readonly ManagedFieldsEntry[];
  /** Where its replicas are. */
  replicasPath?: readonly string[];
}

/** What a Scale's managedFields are: those of its resource's entries that own the replicas. */
export function scaleManagedFields({
  apiVersion,
  managedFields,
  replicasPath = SCALE_REPLICAS,
}: ScaledResource): readonly ManagedFieldsEntry[] {
  const path = replicasPath.map(fieldElement);
  const managers: Managers = new Map();
  for (const [id, owner] of decodeManagers(managedFields)) {
    if (owner.apiVersion !== apiVersion || !has(owner.fields, path)) continue;
    managers.set(id, { ...owner, apiVersion: SCALE_VERSION, fields: setOf(SCALE_REPLICAS) });
  }
  return encodeManagers(managers, []);
}

/**
 * The resource's managedFields after a write to its Scale, whose own they are now `scaleEntries`. Upstream identifies
 * updaters by version, too, and here by two different ones, so that even a write that changes nothing moves the replicas
 * of an updater to an entry of its own, without a time (managedfields/scalehandler.go ToParent). So do we.
 */
export function scaledManagedFields(
  { apiVersion, managedFields, replicasPath = SCALE_REPLICAS }: ScaledResource,
  scaleEntries: readonly ManagedFieldsEntry[],
): readonly ManagedFieldsEntry[] {
  const path = replicasPath.map(fieldElement);
  const ofScale = decodeManagers(scaleEntries);
  const managers: Managers = new Map();
  for (const [id, owner] of decodeManagers(managedFields)) {
    if (owner.apiVersion !== apiVersion) continue;
    if (!has(owner.fields, path) || ofScale.delete(id)) managers.set(id, owner);
    else {
      const fields = difference(owner.fields, setOf(replicasPath));
      if (!isEmpty(fields)) managers.set(id, { ...owner, fields });
    }
  }
  for (const [id, owner] of ofScale) {
    if (!has(owner.fields, SCALE_REPLICAS.map(fieldElement))) continue;
    managers.set(id, { ...owner, apiVersion, fields: setOf(replicasPath), time: undefined });
  }
  return encodeManagers(managers, managedFields);
}

function setOf(path: readonly string[]): FieldSet {
  const set: FieldSet = {};
  insert(set, path.map(fieldElement));
  return set;
}
