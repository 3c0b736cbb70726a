import type { KubeObject, ManagedFieldsEntry } from "../../api/object.ts";
import { timestamp } from "../../api/object.ts";
import { completeFields } from "../../schema/fields.ts";
import type { Schema, SchemaIndex } from "../../schema/schema.ts";
import { sameJson } from "../json-value.ts";
import { compare } from "./compare.ts";
import { isEmpty, union } from "./field-set.ts";
import type { Managers, Owner } from "./managers.ts";
import { capUpdaters, decodeManagers, encodeManagers, identifier } from "./managers.ts";
import { mergeType } from "./merge-type.ts";
import type { ResetFields } from "./ownership.ts";
import { conflictsOf, excludeFields, forgetUnknownVersions, stripped, takeOver, withoutResetFields } from "./ownership.ts";

/** Who writes, through which door. */
export interface Writer {
  manager: string;
  apiVersion: string;
  /** `status`, `scale`; empty for the object itself. */
  subresource?: string | undefined;
  /** Milliseconds since the epoch. */
  now: number;
  resetFields?: ResetFields | undefined;
}

export interface Update extends Writer {
  /** Undefined for a create. */
  old: KubeObject | undefined;
  updated: KubeObject;
  schema: Schema;
  index: SchemaIndex;
}

/**
 * metadata.managedFields after a create, update or patch. `updated` is what the writer wants: defaults filled in and
 * written out as Go would (completeFields), but before admission and the kind's strategy had their say. Its own managedFields
 * count, unless it comes through a subresource: absent means "as before", `[]` or `[{}]` means "forget them all". An empty
 * result means there are none. The very entries, or the very list, of `old` come back where nothing changed.
 * After k8s.io/apimachinery pkg/util/managedfields.
 */
export function updateManagedFields(update: Update): readonly ManagedFieldsEntry[] {
  const { old, updated, subresource } = update;
  const before = old?.metadata.managedFields ?? [];
  const managers = subresource ? lenient(before) : managersOf(updated.metadata.managedFields, before);
  // Tracking starts with the object, or with the first apply.
  if (managers.size === 0 && old?.metadata.uid) return before.length === 0 ? before : [];
  trackUpdate(managers, update);
  return encodeManagers(managers, before);
}

/** Gives the fields that changed to the writer, and takes them from the others. */
export function trackUpdate(managers: Managers, { old, updated, schema, index, ...writer }: Update): void {
  const { manager, apiVersion, subresource = "", now, resetFields } = writer;
  forgetUnknownVersions(managers, updated.kind, index, apiVersion);
  const comparison = compare(
    mergeType(schema, index),
    withoutManagers(old ?? zeroValue(schema, index)),
    withoutManagers(updated),
  );
  const { added, modified, removed } = withoutResetFields(comparison, resetFields);
  takeOver(managers, "", conflictsOf(managers, "", { added, modified, removed }), removed);
  const changed = stripped(excludeFields(union(modified, added), resetFields));
  if (!isEmpty(changed)) {
    const self: Owner = {
      manager: manager || "unknown",
      operation: "Update",
      apiVersion,
      subresource,
      time: timestamp(now),
      fields: changed,
    };
    const id = identifier(self);
    const previous = managers.get(id);
    managers.set(id, previous ? { ...self, fields: union(changed, previous.fields) } : self);
  }
  capUpdaters(managers);
}

/**
 * For after admission and the kind's strategy: when all that is new about `next` are times in its managedFields, the write
 * changed nothing, and `live` itself comes back. Else `next` does. After apiserver fieldmanager/equality.go.
 */
export function unlessOnlyTimesChanged(live: KubeObject, next: KubeObject): KubeObject {
  const before = live.metadata.managedFields ?? [];
  const after = next.metadata.managedFields ?? [];
  const isSame =
    before.length === after.length && before.every((entry, at) => sameJson({ ...entry, time: "" }, { ...after[at], time: "" }));
  return isSame && sameJson(withoutManagers(live), withoutManagers(next)) ? live : next;
}

/** The writer's own list when it says something, else the one there is. */
function managersOf(given: readonly ManagedFieldsEntry[] | undefined, before: readonly ManagedFieldsEntry[]): Managers {
  if (given === before || !given) return lenient(before);
  if (isReset(given)) return new Map();
  const entries = given.map((entry, at) => (sameJson(entry, before[at]) ? before[at]! : entry));
  try {
    const managers = decodeManagers(entries, before);
    return managers.size > 0 ? managers : lenient(before);
  } catch {
    return lenient(before);
  }
}

const isReset = (given: readonly ManagedFieldsEntry[]): boolean =>
  given.length === 0 || (given.length === 1 && Object.keys(given[0]!).length === 0);

/** Malformed managedFields are as good as none. */
function lenient(entries: readonly ManagedFieldsEntry[]): Managers {
  try {
    return decodeManagers(entries);
  } catch {
    return new Map();
  }
}

const zeros = new WeakMap<Schema, KubeObject>();

/** An empty Go object: structs are there, and nobody owns `spec` itself for having created an object with one. */
function zeroValue(schema: Schema, index: SchemaIndex): KubeObject {
  let zero = zeros.get(schema);
  if (!zero) zeros.set(schema, (zero = completeFields({} as KubeObject, schema, index)));
  return zero;
}

/** managedFields are not managed themselves. */
export function withoutManagers(object: KubeObject): KubeObject {
  if (!object.metadata?.managedFields) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}
