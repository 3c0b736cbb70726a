import type { JsonMap } from "../json-value.ts";
import { isMap, setMember } from "../json-value.ts";
import type { FieldSet } from "./field-set.ts";
import { hasElement, isEmpty, below } from "./field-set.ts";
import type { ListType, MapType, MergeType } from "./merge-type.ts";
import { faceOf } from "./merge-type.ts";
import { fieldElement, itemElement } from "./path-element.ts";

/** A value without the paths of a set, after structured-merge-diff typed/remove.go. Null where nothing is left. */
export function removeFields(type: MergeType, value: unknown, set: FieldSet): unknown {
  const face = faceOf(type, value);
  if (face === "map") return removeMembers(type.map!, value, set);
  return face === "list" ? removeItems(type.list!, value, set) : value;
}

function removeMembers(type: MapType, value: unknown, set: FieldSet): unknown {
  if (!isMap(value) || type.atomic) return null;
  const left: JsonMap = {};
  for (const [key, member] of Object.entries(value)) {
    const element = fieldElement(key);
    if (member === undefined || hasElement(set, element)) continue;
    const inside = below(set, element);
    const memberType = type.field(key)?.type ?? type.element?.();
    setMember(left, key, isEmpty(inside) || !memberType ? member : removeFields(memberType, member, inside));
  }
  return Object.keys(left).length > 0 ? left : null;
}

function removeItems(type: ListType, value: unknown, set: FieldSet): unknown {
  if (!Array.isArray(value) || type.atomic) return null;
  const left: unknown[] = [];
  for (const item of value) {
    const element = itemElement(type, item);
    if (typeof element !== "string") left.push(item);
    else if (!hasElement(set, element)) {
      const inside = below(set, element);
      left.push(isEmpty(inside) ? item : removeFields(type.element(), item, inside));
    }
  }
  return left.length > 0 ? left : null;
}

/** The set with every declared field on the way to a path made a member, too. */
export function withNamedFields(type: MergeType | undefined, set: FieldSet): FieldSet {
  const out: FieldSet = {};
  for (const [element, node] of Object.entries(set)) {
    if (element === ".") {
      out[element] = node;
      continue;
    }
    const field = element.startsWith("f:") ? type?.map?.field(element.slice(2)) : undefined;
    const inside = withNamedFields(field?.type ?? elementType(type, element), node);
    out[element] = field && !isEmpty(inside) && !("." in inside) ? { ".": {}, ...inside } : inside;
  }
  return out;
}

const elementType = (type: MergeType | undefined, element: string): MergeType | undefined => {
  if (element.startsWith("f:")) return type?.map?.element?.();
  return element.startsWith("k:") ? type?.list?.element() : undefined;
};
