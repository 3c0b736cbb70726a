import type { KubeObject, ManagedFieldsEntry } from "../../api/object.ts";
import { timestamp } from "../../api/object.ts";
import { StatusError } from "../../api/status-error.ts";
import type { Schema, SchemaIndex } from "../../schema/schema.ts";
import type { JsonMap } from "../json-value.ts";
import { cloneJson, isMap, sameJson } from "../json-value.ts";
import { cannotUnmarshal, plainError } from "../patch-errors.ts";
import { compare } from "./compare.ts";
import { conflictError } from "./conflict.ts";
import type { FieldSet } from "./field-set.ts";
import { difference, isEmpty, NO_FIELDS, union } from "./field-set.ts";
import { fieldsOf } from "./fields-of.ts";
import { MIGRATING_MANAGER, syncLastApplied, unchangedSinceLastApplied } from "./last-applied.ts";
import type { Managers, Owner } from "./managers.ts";
import { decodeManagers, encodeManagers, identifier } from "./managers.ts";
import { merge } from "./merge.ts";
import { mergeType } from "./merge-type.ts";
import { conflictsOf, excludeFields, forgetUnknownVersions, stripped, takeOver, withoutResetFields } from "./ownership.ts";
import { prune } from "./prune.ts";
import type { Writer } from "./update-managed-fields.ts";
import { trackUpdate, withoutManagers } from "./update-managed-fields.ts";
import { invalidity } from "./validate.ts";

export interface Apply extends Writer {
  /** Undefined when the apply creates the object. */
  live: KubeObject | undefined;
  /** The applied configuration, parsed. */
  patch: unknown;
  kind: string;
  schema: Schema;
  index: SchemaIndex;
  /** Take conflicting fields from their managers. */
  force: boolean;
}

export interface Applied {
  /**
   * The merged object with its managedFields set, the caller's own to change; when nothing changed at all, `live` itself.
   * Not decoded yet (applied nulls are still there), and without defaults.
   */
  object: KubeObject;
  managedFields: readonly ManagedFieldsEntry[];
}

/**
 * Server-side apply, after structured-merge-diff merge/update.go and k8s.io/apimachinery pkg/util/managedfields. Throws 400
 * for a patch of another kind or with managedFields, 409 with a cause for every conflict, and upstream's code 500 for a
 * patch that is not of its type (`failed to create typed patch object (ns/web; apps/v1, Kind=Deployment): …`).
 */
export function applyPatch(apply: Apply): Applied {
  const { live, schema, index, manager, apiVersion, subresource = "", now, resetFields } = apply;
  const patch = checkedPatch(apply);
  const before = live?.metadata.managedFields ?? [];
  const managers = decodeLive(before);
  if (managers.size === 0 && live) {
    trackUpdate(managers, { ...apply, old: undefined, updated: live, manager: "before-first-apply" });
  }
  forgetUnknownVersions(managers, apply.kind, index, apiVersion);

  const type = mergeType(schema, index);
  const plainLive = live && withoutManagers(live);
  const self: Owner = {
    manager,
    operation: "Apply",
    apiVersion,
    subresource,
    time: undefined,
    fields: excludeFields(fieldsOf(type, patch), resetFields),
  };
  const id = identifier(self);
  const last = managers.get(id);
  managers.set(id, { ...self, time: last?.time });
  const merged = merge(type, plainLive, patch);
  const owned = [...managers.values()].map(({ fields }) => fields).reduce(union, NO_FIELDS);
  const pruned = last ? prune(type, merged, last.fields, owned) : merged;

  const comparison = plainLive && withoutResetFields(compare(type, plainLive, pruned), resetFields);
  if (comparison) {
    const conflicts = conflictsOf(managers, id, comparison);
    if (!apply.force)
      refuse(conflicts, managers, manager === MIGRATING_MANAGER ? unchangedSinceLastApplied(type, plainLive) : NO_FIELDS);
    takeOver(managers, id, conflicts, comparison.removed);
  }

  const isSame = sameJson(plainLive, pruned);
  const fields = stripped(self.fields);
  if (isEmpty(fields)) managers.delete(id);
  else if (last && isSame && sameJson(fields, last.fields)) managers.set(id, last);
  else managers.set(id, { ...self, fields, time: isSame ? last?.time : timestamp(now) });

  const managedFields = encodeManagers(managers, before);
  const object = cloneJson(pruned) as KubeObject;
  if (manager === MIGRATING_MANAGER) syncLastApplied(object, patch);
  if (live && managedFields === before && sameJson(object, plainLive)) return { object: live, managedFields };
  if (managedFields.length > 0) object.metadata.managedFields = [...managedFields];
  return { object, managedFields };
}

function checkedPatch({ patch, kind, apiVersion, schema, index }: Apply): JsonMap {
  if (!isMap(patch)) {
    const why = cannotUnmarshal(patch, "value of type map[string]interface {}");
    throw StatusError.badRequest(`error decoding patch: error unmarshaling JSON: while decoding JSON: ${why}`);
  }
  const type = typeName(patch.apiVersion, patch.kind);
  if (type !== typeName(apiVersion, kind)) throw StatusError.badRequest(`invalid object type: ${type}`);
  const metadata = isMap(patch.metadata) ? patch.metadata : {};
  if (Array.isArray(metadata.managedFields)) throw StatusError.badRequest("metadata.managedFields must be nil");
  const problem = invalidity(mergeType(schema, index), patch);
  if (problem === undefined) return patch;
  const [namespace, name] = [metadata.namespace, metadata.name].map((part) => (typeof part === "string" ? part : ""));
  throw plainError(`failed to create typed patch object (${namespace}/${name}; ${type}): ${problem}`);
}

/** As Go prints a GroupVersionKind: the core group is an empty one. */
const typeName = (apiVersion: unknown, kind: unknown): string => {
  const version = typeof apiVersion === "string" ? apiVersion : "";
  return `${version.includes("/") ? version : `/${version}`}, Kind=${typeof kind === "string" ? kind : ""}`;
};

function decodeLive(entries: readonly ManagedFieldsEntry[]): Managers {
  try {
    return decodeManagers(entries);
  } catch (error) {
    throw plainError(`failed to decode managed fields: ${(error as Error).message}`);
  }
}

function refuse(conflicts: ReadonlyMap<string, FieldSet>, managers: Managers, allowed: FieldSet): void {
  const refused = [...conflicts]
    .map(([id, fields]) => [id, difference(fields, allowed)] as const)
    .filter(([, fields]) => !isEmpty(fields));
  if (refused.length > 0) throw conflictError(managers, new Map(refused));
}
