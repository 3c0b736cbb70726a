import type { JsonMap } from "../json-value.ts";
import { isMap, own, setMember } from "../json-value.ts";
import type { ListType, MapType, MergeType } from "./merge-type.ts";
import { faceOf } from "./merge-type.ts";
import { itemElement } from "./path-element.ts";

/**
 * An applied value merged into the live one, after structured-merge-diff typed/merge.go. Undefined is a value that is not
 * there. The result shares parts with both.
 */
export function merge(type: MergeType, live: unknown, applied: unknown): unknown {
  if (applied === undefined || live === applied) return live;
  if (live === undefined) return applied;
  const face = faceOf(type, applied);
  if (face === "map") return mergeMaps(type.map!, live, applied);
  if (face === "list") return mergeLists(type.list!, live, applied);
  return applied;
}

function mergeMaps(type: MapType, live: unknown, applied: unknown): unknown {
  const left = isMap(live) ? live : {};
  const right = isMap(applied) ? applied : {};
  if (type.atomic || (Object.keys(left).length === 0 && Object.keys(right).length === 0)) return applied;
  const merged: JsonMap = { ...left };
  for (const key of Object.keys(right)) {
    const memberType = type.field(key)?.type ?? type.element?.();
    if (memberType) setMember(merged, key, merge(memberType, own(left, key), right[key]));
  }
  return merged;
}

/** Items keep the live order, but those that are applied stand in the order they are applied in. */
function mergeLists(type: ListType, live: unknown, applied: unknown): unknown {
  const left: readonly unknown[] = Array.isArray(live) ? live : [];
  const right: readonly unknown[] = Array.isArray(applied) ? applied : [];
  if (type.atomic || (left.length === 0 && right.length === 0)) return applied;
  const liveElements = left.map((item) => itemElement(type, item));
  const appliedElements = right.map((item) => itemElement(type, item));
  const shared = appliedElements.filter((element) => liveElements.includes(element));
  const done = new Set<unknown>();
  const merged: unknown[] = [];
  const take = (at: number) => {
    const element = appliedElements[at]!;
    done.add(element);
    if (element === shared[0]) shared.shift();
    merged.push(merge(type.element(), theOnly(left, liveElements, element), right[at]));
  };
  for (let l = 0, r = 0; l < left.length || r < right.length;) {
    const element = liveElements[l];
    if (l < left.length && r < right.length) {
      if (element === appliedElements[r]) {
        take(r++);
        l++;
        continue;
      }
      if (appliedElements.includes(element!) && shared.length > 0 && shared[0] !== element) {
        l++;
        continue;
      }
    }
    if (l < left.length) {
      if (!appliedElements.includes(element!)) {
        merged.push(left[l++]);
        continue;
      }
      if (done.has(element)) l++;
    }
    if (r < right.length) take(r++);
  }
  return merged;
}

/** A live item to merge with; items that share a key are replaced by the applied one. */
const theOnly = (items: readonly unknown[], elements: readonly unknown[], element: unknown): unknown => {
  const at = elements.indexOf(element);
  return at === elements.lastIndexOf(element) ? items[at] : null;
};
