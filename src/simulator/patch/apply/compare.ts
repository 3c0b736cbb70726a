import type { JsonMap } from "../json-value.ts";
import { isMap, own, sameJson } from "../json-value.ts";
import type { FieldSet } from "./field-set.ts";
import { insert, NO_FIELDS, sorted } from "./field-set.ts";
import type { ListType, MapType, MergeType } from "./merge-type.ts";
import { faceOf } from "./merge-type.ts";
import type { PathElement } from "./path-element.ts";
import { fieldElement, itemElement } from "./path-element.ts";

/** Which paths the new value added, changed and lost. No path is in two of the sets. */
export interface Comparison {
  added: FieldSet;
  modified: FieldSet;
  removed: FieldSet;
}

const SAME: Comparison = Object.freeze({ added: NO_FIELDS, modified: NO_FIELDS, removed: NO_FIELDS });

/** Compares two values of a type, after structured-merge-diff typed/compare.go. Undefined is a value that is not there. */
export function compare(type: MergeType, before: unknown, after: unknown): Comparison {
  const walk = new Walk();
  walk.compare(type, before, after);
  return walk.result();
}

class Walk {
  #path: PathElement[] = [];
  #added: FieldSet | undefined;
  #modified: FieldSet | undefined;
  #removed: FieldSet | undefined;

  result(): Comparison {
    if (!this.#added && !this.#modified && !this.#removed) return SAME;
    return {
      added: this.#added ? sorted(this.#added) : NO_FIELDS,
      modified: this.#modified ? sorted(this.#modified) : NO_FIELDS,
      removed: this.#removed ? sorted(this.#removed) : NO_FIELDS,
    };
  }

  compare(type: MergeType, before: unknown, after: unknown): void {
    if (before === after) return;
    const oldFace = faceOf(type, before);
    const newFace = faceOf(type, after);
    let isLeaf: boolean;
    if (after === undefined) isLeaf = this.#visit(type, oldFace, before, after);
    else {
      if (before !== undefined && oldFace !== newFace) this.#visit(type, oldFace, before, after);
      isLeaf = this.#visit(type, newFace, before, after);
    }
    if (isLeaf) return;
    if (before === undefined) this.#add();
    else if (after === undefined) this.#remove();
  }

  /** True when the value was taken as one piece. */
  #visit(type: MergeType, face: "map" | "scalar" | "list", before: unknown, after: unknown): boolean {
    if (face === "map") return this.#map(type.map!, before, after);
    if (face === "list") return this.#list(type.list!, before, after);
    return this.#leaf(before, after);
  }

  #leaf(before: unknown, after: unknown): true {
    if (before === undefined) this.#add();
    else if (after === undefined) this.#remove();
    else if (!sameJson(before, after)) insert((this.#modified ??= {}), this.#path);
    return true;
  }

  #add(): void {
    if (this.#path.length > 0) insert((this.#added ??= {}), this.#path);
  }

  #remove(): void {
    if (this.#path.length > 0) insert((this.#removed ??= {}), this.#path);
  }

  #map(type: MapType, before: unknown, after: unknown): boolean {
    const left = isMap(before) ? before : NOTHING;
    const right = isMap(after) ? after : NOTHING;
    if (type.atomic || (Object.keys(left).length === 0 && Object.keys(right).length === 0)) return this.#leaf(before, after);
    for (const key in left) this.#member(type, key, left[key], own(right, key));
    for (const key in right) if (own(left, key) === undefined) this.#member(type, key, undefined, right[key]);
    return false;
  }

  #member(type: MapType, key: string, before: unknown, after: unknown): void {
    if (before === after) return;
    const member = type.field(key)?.type ?? type.element?.();
    if (member) this.#descend(fieldElement(key), member, before, after);
  }

  #list(type: ListType, before: unknown, after: unknown): boolean {
    const left: readonly unknown[] = Array.isArray(before) ? before : [];
    const right: readonly unknown[] = Array.isArray(after) ? after : [];
    if (type.atomic || (left.length === 0 && right.length === 0)) return this.#leaf(before, after);
    if (sameJson(before, after)) return false;
    const oldItems = byElement(type, left);
    const newItems = byElement(type, right);
    for (const [element, items] of oldItems) this.#items(type, element, items, newItems.get(element) ?? []);
    for (const [element, items] of newItems) if (!oldItems.has(element)) this.#items(type, element, [], items);
    return false;
  }

  /** Items with one key each, mostly; of several with the same key only the key is tracked. */
  #items(type: ListType, element: PathElement, before: unknown[], after: unknown[]): void {
    if (before.length <= 1 && after.length <= 1) return this.#descend(element, type.element(), before[0], after[0]);
    if (before.length >= 2 && after.length >= 2) {
      if (!sameJson(before, after)) insert((this.#modified ??= {}), [...this.#path, element]);
    } else if (before.length >= 2) {
      if (after.length > 0) this.#descend(element, type.element(), undefined, after[0]);
      insert((this.#removed ??= {}), [...this.#path, element]);
    } else {
      if (before.length > 0) this.#descend(element, type.element(), before[0], undefined);
      insert((this.#added ??= {}), [...this.#path, element]);
    }
  }

  #descend(element: PathElement, type: MergeType, before: unknown, after: unknown): void {
    this.#path.push(element);
    this.compare(type, before, after);
    this.#path.pop();
  }
}

const NOTHING: JsonMap = Object.freeze({});

/** Items without a key are not tracked. */
function byElement(type: ListType, items: readonly unknown[]): Map<PathElement, unknown[]> {
  const found = new Map<PathElement, unknown[]>();
  for (const item of items) {
    const element = itemElement(type, item);
    if (typeof element !== "string") continue;
    const same = found.get(element);
    if (same) same.push(item);
    else found.set(element, [item]);
  }
  return found;
}
