import { isMap } from "../json-value.ts";
import type { FieldSet } from "./field-set.ts";
import { insert, sorted } from "./field-set.ts";
import type { ListType, MapType, MergeType } from "./merge-type.ts";
import { faceOf } from "./merge-type.ts";
import type { PathElement } from "./path-element.ts";
import { fieldElement, itemElement } from "./path-element.ts";

/** Every leaf and list item of a value, after structured-merge-diff typed/tofieldset.go: what an applied object claims. */
export function fieldsOf(type: MergeType, value: unknown): FieldSet {
  const fields: FieldSet = {};
  collect(type, value, [], fields);
  return sorted(fields);
}

function collect(type: MergeType, value: unknown, path: PathElement[], into: FieldSet): void {
  const face = faceOf(type, value);
  if (face === "scalar" || (face === "map" ? type.map!.atomic : type.list!.atomic)) claim(path, into);
  else if (face === "map") collectMembers(type.map!, value, path, into);
  else collectItems(type.list!, value, path, into);
}

function collectMembers(type: MapType, value: unknown, path: PathElement[], into: FieldSet): void {
  if (!isMap(value)) return;
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const field = type.field(key);
    const below = [...path, fieldElement(key)];
    const memberType = field?.type ?? type.element?.();
    if (!memberType) continue;
    collect(memberType, member, below, into);
    if (!field || member === null || (isMap(member) && Object.keys(member).length === 0)) claim(below, into);
  }
}

function collectItems(type: ListType, value: unknown, path: PathElement[], into: FieldSet): void {
  if (!Array.isArray(value)) return;
  const elements = value.map((item) => itemElement(type, item));
  for (const [at, element] of elements.entries()) {
    if (typeof element !== "string") continue;
    const below = [...path, element];
    // Of items that share a key only the key is claimed.
    if (elements.indexOf(element) === elements.lastIndexOf(element)) collect(type.element(), value[at], below, into);
    claim(below, into);
  }
}

function claim(path: readonly PathElement[], into: FieldSet): void {
  if (path.length > 0) insert(into, path);
}
