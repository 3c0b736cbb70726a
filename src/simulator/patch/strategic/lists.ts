import type { JsonMap } from "../json-value.ts";
import { isMap } from "../json-value.ts";
import { goTypeName } from "../go-format.ts";
import { unprocessable } from "../patch-errors.ts";
import { DIRECTIVE } from "./directives.ts";
import { strategicError } from "./strategic-errors.ts";

/** What the items of all lists are; throws when they are not all of one type, or are lists. */
export function kindOfItems(...lists: unknown[][]): "map" | "scalar" {
  const items = lists.flat(1);
  if (items.length === 0) throw strategicError.noElements();
  if (Array.isArray(items[0])) throw unprocessable();
  const type = goTypeName(items[0]);
  if (items.some((item) => goTypeName(item) !== type)) throw strategicError.mixedTypes(lists);
  return isMap(items[0]) ? "map" : "scalar";
}

/** The index of the first item whose key has this value, or -1. */
export const findByKey = (items: readonly unknown[], mergeKey: string, value: unknown): number =>
  items.findIndex((item) => isMap(item) && item[mergeKey] === value);

/** Moves the items that stay to the beginning, and answers how many they are. */
export function deleteMatching(items: JsonMap[], length: number, mergeKey: string, value: unknown): number {
  let left = length;
  for (let at = 0; at < left;) {
    if (items[at]![mergeKey] !== value) at++;
    else items.copyWithin(at, at + 1, left--);
  }
  return left;
}

/** Items that `by` also has, and the others. Without a merge key items are compared themselves. */
export function splitByPresence(items: readonly unknown[], by: readonly unknown[], mergeKey: string): [unknown[], unknown[]] {
  const present: unknown[] = [];
  const absent: unknown[] = [];
  for (const item of items) (position(by, item, mergeKey, true) >= 0 ? present : absent).push(item);
  return [present, absent];
}

/** Refuses an order directive that the items of the patch do not follow. Items with directives of their own are passed over. */
export function validateOrder(patch: readonly unknown[], order: readonly unknown[], mergeKey: string): void {
  if (patch.length === 0 || order.length === 0) return;
  const items = patch.filter((item) => !(isMap(item) && item[DIRECTIVE] === "delete"));
  const isDirective = (item: unknown) => isMap(item) && Object.hasOwn(item, DIRECTIVE);
  let at = 0;
  for (const ordered of order) {
    while (at < items.length && isDirective(items[at])) at++;
    if (at < items.length && keyOf(items[at], mergeKey, true) === keyOf(ordered, mergeKey, true)) at++;
  }
  if (at < items.length) throw strategicError.orderDiffers(patch, order);
}

/**
 * One list of both: `patched` in the order of `patchOrder`, `others` in the order of `liveOrder`, the one woven into the
 * other so that what stood before another item in `liveOrder` still does, where the patch does not say otherwise.
 */
export function orderItems(
  patched: unknown[],
  others: unknown[],
  patchOrder: readonly unknown[],
  liveOrder: readonly unknown[],
  mergeKey: string,
  kind: "map" | "scalar",
): unknown[] {
  const right = sortBy(patched, patchOrder, mergeKey, kind === "map");
  const left = sortBy(others, liveOrder, mergeKey, kind === "map");
  const woven: unknown[] = [];
  while (left.length > 0 && right.length > 0) {
    const l = position(liveOrder, left[0], mergeKey);
    const r = position(liveOrder, right[0], mergeKey);
    woven.push(l >= 0 && r >= 0 && l < r ? left.shift() : right.shift());
  }
  return [...woven, ...left, ...right];
}

/** Stable; an item that the order does not know goes to the front. Maps must have the key even where there is nothing to sort. */
function sortBy(items: readonly unknown[], order: readonly unknown[], mergeKey: string, areMaps: boolean): unknown[] {
  if (areMaps) for (const item of [...items, ...order]) keyOf(item, mergeKey, true, true);
  const sorted: { item: unknown; place: number }[] = [];
  for (const item of items) {
    const place = position(order, item, mergeKey);
    let at = sorted.length;
    while (at > 0 && (place < 0 || sorted[at - 1]!.place < 0 || place < sorted[at - 1]!.place)) at--;
    sorted.splice(at, 0, { item, place });
  }
  return sorted.map(({ item }) => item);
}

const position = (items: readonly unknown[], item: unknown, mergeKey: string, strict = false): number => {
  const wanted = keyOf(item, mergeKey, strict);
  return items.findIndex((other) => keyOf(other, mergeKey, strict) === wanted);
};

/** The value that identifies an item. `strict` refuses an item without one. */
function keyOf(item: unknown, mergeKey: string, strict: boolean, isMapItem = mergeKey !== ""): unknown {
  if (!isMapItem) return item;
  if (!isMap(item)) {
    if (strict) throw strategicError.wrongType("map[string]interface {}", item);
    return undefined;
  }
  if (strict && !Object.hasOwn(item, mergeKey)) throw strategicError.noMergeKey(item, mergeKey);
  return item[mergeKey];
}
