import type { SchemaIndex } from "../../schema/schema.ts";
import type { Comparison } from "./compare.ts";
import type { FieldSet } from "./field-set.ts";
import { difference, differenceBelow, insert, intersection, isEmpty, union } from "./field-set.ts";
import { fieldElement } from "./path-element.ts";
import type { Managers } from "./managers.ts";

/** Fields that a writer's strategy puts back to what they were, so that nobody comes to own them: `[["status"]]`. */
export type ResetFields = readonly (readonly string[])[];

/** A writer's comparison without the fields it cannot write. */
export function withoutResetFields(comparison: Comparison, resetFields: ResetFields | undefined): Comparison {
  if (!resetFields || resetFields.length === 0) return comparison;
  const { added, modified, removed } = comparison;
  return {
    added: excludeFields(added, resetFields),
    modified: excludeFields(modified, resetFields),
    removed: excludeFields(removed, resetFields),
  };
}

export const excludeFields = (fields: FieldSet, paths: ResetFields | undefined): FieldSet =>
  paths && paths.length > 0 ? differenceBelow(fields, setOf(paths)) : fields;

const sets = new WeakMap<ResetFields, FieldSet>();

function setOf(paths: ResetFields): FieldSet {
  let set = sets.get(paths);
  if (!set) {
    set = {};
    for (const path of paths) insert(set, path.map(fieldElement));
    sets.set(paths, set);
  }
  return set;
}

/** The fields of each other manager that this write changes or adds: what a forced write takes away, and others conflict over. */
export function conflictsOf(managers: Managers, self: string, { added, modified }: Comparison): Map<string, FieldSet> {
  const changed = union(modified, added);
  const conflicts = new Map<string, FieldSet>();
  if (isEmpty(changed)) return conflicts;
  for (const [id, { fields }] of managers) {
    if (id === self) continue;
    const taken = intersection(fields, changed);
    if (!isEmpty(taken)) conflicts.set(id, taken);
  }
  return conflicts;
}

/** Takes from every other manager what this write took over or removed. Managers that own nothing any more go. */
export function takeOver(managers: Managers, self: string, conflicts: Map<string, FieldSet>, removed: FieldSet): void {
  for (const [id, owner] of managers) {
    if (id === self) continue;
    const lost = conflicts.get(id);
    const kept = difference(lost ? difference(owner.fields, lost) : owner.fields, removed);
    if (kept !== owner.fields) managers.set(id, { ...owner, fields: kept });
  }
  for (const [id, { fields }] of managers) if (isEmpty(fields)) managers.delete(id);
}

/** Entries written in a version of the kind that is not served are forgotten. */
export function forgetUnknownVersions(managers: Managers, kind: string, index: SchemaIndex, served: string): void {
  for (const [id, { apiVersion }] of managers) {
    if (apiVersion === served) continue;
    const [version, group = ""] = apiVersion.split("/").reverse();
    if (!index.forKind({ group, version: version!, kind })) managers.delete(id);
  }
}

/** Never tracked (managedfields/internal/stripmeta.go): `metadata` itself and what the server alone writes in it. */
export const stripped = (fields: FieldSet): FieldSet => difference(fields, setOf(STRIPPED));

const STRIPPED: ResetFields = [
  ["apiVersion"],
  ["kind"],
  ["metadata"],
  ...[
    "name",
    "namespace",
    "creationTimestamp",
    "selfLink",
    "uid",
    "clusterName",
    "generation",
    "managedFields",
    "resourceVersion",
  ].map((field) => ["metadata", field]),
];
