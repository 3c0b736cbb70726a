import type { JsonMap } from "../json-value.ts";
import { isMap, own } from "../json-value.ts";
import { byCodeUnits } from "../go-format.ts";
import type { ListType } from "./merge-type.ts";

/**
 * One step of a path, in the words of FieldsV1: `f:name` a field, `k:{"name":"c"}` the list item with these keys, `v:"x"` the
 * member of a set, `i:0` an index.
 */
export type PathElement = string;

export const fieldElement = (name: string): PathElement => `f:${name}`;

/** The path element of a list's item; a string of the form `{ problem }` when the item has none. */
export function itemElement(list: ListType, item: unknown): PathElement | { problem: string } {
  if (list.keys.length > 0) return keyedElement(list, item);
  if (isMap(item)) return { problem: "associative list without keys has an element that's a map type" };
  if (Array.isArray(item)) return { problem: "not supported: associative list with lists as elements" };
  if (item === null || item === undefined) {
    return { problem: "associative list without keys has an element that's an explicit null" };
  }
  return `v:${JSON.stringify(item)}`;
}

function keyedElement(list: ListType, item: unknown): PathElement | { problem: string } {
  if (item === null || item === undefined) return { problem: "associative list with keys may not have a null element" };
  if (!isMap(item)) return { problem: "associative list with keys may not have non-map elements" };
  const fields: string[] = [];
  for (const key of sortedKeys(list.keys)) {
    const value = own(item, key) ?? list.element().map?.field(key)?.default;
    // An item without one of its keys is another item than one that has it.
    if (value !== undefined) fields.push(`${JSON.stringify(key)}:${JSON.stringify(value)}`);
  }
  if (fields.length > 0) return `k:{${fields.join(",")}}`;
  const keys = `[${list.keys.map((key) => JSON.stringify(key)).join(" ")}]`;
  return {
    problem: `associative list with keys has an element that omits all key fields ${keys} (and doesn't have default values for any key fields)`,
  };
}

const sorted = new WeakMap<readonly string[], readonly string[]>();
const sortedKeys = (keys: readonly string[]): readonly string[] => {
  let known = sorted.get(keys);
  if (!known) sorted.set(keys, (known = keys.toSorted(byCodeUnits)));
  return known;
};

/** The order of path elements in FieldsV1: fields, keys, values, indexes; numbers by value. */
export function comparePathElements(a: PathElement, b: PathElement): number {
  if (a[0] === "f" && b[0] === "f") return byCodeUnits(a, b);
  if (a[0] !== b[0]) return "fkvi".indexOf(a[0]!) - "fkvi".indexOf(b[0]!);
  if (a[0] === "i") return Number(a.slice(2)) - Number(b.slice(2));
  if (!NOT_AS_TEXT.test(a) && !NOT_AS_TEXT.test(b)) return byCodeUnits(a, b);
  const [left, right] = [contentOf(a), contentOf(b)];
  if (a[0] === "v") return compareScalars(left, right);
  const [leftKeys, rightKeys] = [Object.entries(left as JsonMap), Object.entries(right as JsonMap)];
  for (let i = 0; i < leftKeys.length && i < rightKeys.length; i++) {
    const difference = byCodeUnits(leftKeys[i]![0], rightKeys[i]![0]) || compareScalars(leftKeys[i]![1], rightKeys[i]![1]);
    if (difference) return difference;
  }
  return leftKeys.length - rightKeys.length;
}

/** Numbers, and characters that are less than the quote which ends a string or are written otherwise, need reading. */
const NOT_AS_TEXT = /[:,]-?\d|[ !\\]/;

/** Numbers before strings before booleans. */
function compareScalars(a: unknown, b: unknown): number {
  if (typeof a !== typeof b) return SCALAR_ORDER.indexOf(typeof a) - SCALAR_ORDER.indexOf(typeof b);
  return typeof a === "string" ? byCodeUnits(a, b as string) : Number(a) - Number(b);
}

const SCALAR_ORDER: readonly string[] = ["number", "string", "boolean"];

const contentOf = (element: PathElement): unknown => JSON.parse(element.slice(2));

/** As messages print it: `.spec`, `[name="c"]`, `[="x"]`, `[0]`. */
export function showPathElement(element: PathElement): string {
  if (element[0] === "f") return `.${element.slice(2)}`;
  if (element[0] === "i") return `[${element.slice(2)}]`;
  const content = contentOf(element);
  if (!isMap(content)) return `[=${JSON.stringify(content)}]`;
  return `[${Object.entries(content)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(",")}]`;
}

export const showPath = (path: readonly PathElement[]): string => path.map(showPathElement).join("");

/** The element in our own spelling (keys sorted, no blanks); undefined for a kind not known; throws when malformed. */
export function canonicalElement(element: string): PathElement | undefined {
  if (element.length < 2) throw new Error("key must be 2 characters long:");
  if (element[1] !== ":") throw new Error(`missing colon: ${element}`);
  switch (element[0]) {
    case "f":
      return element;
    case "i":
      return `i:${Number.parseInt(element.slice(2), 10)}`;
    case "v":
      return `v:${JSON.stringify(contentOf(element))}`;
    case "k": {
      const content = Object.entries(contentOf(element) as JsonMap).toSorted(([a], [b]) => byCodeUnits(a, b));
      return `k:${JSON.stringify(Object.fromEntries(content))}`;
    }
    default:
      return undefined;
  }
}
