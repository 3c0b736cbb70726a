import type { FieldsV1 } from "../../api/object.ts";
import { canonicalElement, comparePathElements } from "./path-element.ts";

/**
 * A set of paths, kept in memory just as it is stored: a tree of path elements, in which a node without children is a
 * member, and one with children is a member when it has `.`. The root is no member; an empty root is the empty set. Sets are
 * never changed; what comes out shares with what went in, and is the very same object where nothing changed.
 */
export type FieldSet = FieldsV1;

export const NO_FIELDS: FieldSet = Object.freeze({});

const MEMBER: FieldSet = Object.freeze({});
const SELF = ".";

export const isEmpty = (set: FieldSet): boolean => {
  for (const _ in set) return false;
  return true;
};

/** Whether the path to this node is in the set. */
const isMember = (node: FieldSet): boolean => SELF in node || isEmpty(node);

/** Adds a path to a tree that is being built; neither sorted nor shared yet. */
export function insert(tree: FieldSet, path: readonly string[]): void {
  let node = tree;
  for (let depth = 0; depth < path.length; depth++) {
    const element = path[depth]!;
    const isNew = !Object.hasOwn(node, element);
    const next = isNew ? (node[element] = {}) : node[element]!;
    const isLast = depth === path.length - 1;
    // A childless node on the way is a member that now gets its first child.
    if (isLast ? !isEmpty(next) : !isNew && isEmpty(next)) next[SELF] = MEMBER;
    node = next;
  }
}

/** The tree in the order of FieldsV1. */
export function sorted(tree: FieldSet): FieldSet {
  const out: FieldSet = {};
  if (SELF in tree) out[SELF] = MEMBER;
  for (const element of elementsOf(tree).sort(comparePathElements)) out[element] = sorted(tree[element]!);
  return out;
}

/** Our own spelling and order of a set somebody else wrote. Throws when it is malformed. */
export function canonical(set: FieldSet): FieldSet {
  const out: FieldSet = {};
  for (const [key, node] of Object.entries(set)) {
    if (typeof node !== "object" || node === null || Array.isArray(node)) throw new Error(`not a set: ${key}`);
    const element = key === SELF ? undefined : canonicalElement(key);
    if (element === undefined) continue;
    const children = canonical(node);
    out[element] = SELF in node && !isEmpty(children) ? { [SELF]: MEMBER, ...children } : children;
  }
  return sorted(out);
}

const elementsOf = (tree: FieldSet): string[] => {
  const elements: string[] = [];
  for (const element in tree) if (element !== SELF) elements.push(element);
  return elements;
};

/** Both sets are sorted, and so is what comes out. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmpty(b)) return a;
  if (isEmpty(a)) return b;
  return childrenUnion(a, b);
}

function childrenUnion(a: FieldSet, b: FieldSet): FieldSet {
  let out: FieldSet | undefined;
  let added = false;
  for (const element of elementsOf(b)) {
    const mine = a[element];
    const both = mine ? nodeUnion(mine, b[element]!) : b[element]!;
    if (both === mine) continue;
    out ??= { ...a };
    out[element] = both;
    added ||= !mine;
  }
  if (!out) return a;
  if (!added) return out;
  const ordered: FieldSet = SELF in out ? { [SELF]: MEMBER } : {};
  for (const element of elementsOf(out).sort(comparePathElements)) ordered[element] = out[element]!;
  return ordered;
}

function nodeUnion(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a;
  const isIn = isMember(a) || isMember(b);
  const children = childrenUnion(a, b);
  if (!isIn || SELF in children || isEmpty(children)) return children;
  return { [SELF]: MEMBER, ...children };
}

/** Paths of `a` that are not in `b`. A path of `b` takes nothing below it. */
export const difference = (a: FieldSet, b: FieldSet): FieldSet => subtract(a, b, false) ?? NO_FIELDS;

/** Paths of `a` that are neither in `b` nor below one that is. */
export const differenceBelow = (a: FieldSet, b: FieldSet): FieldSet => subtract(a, b, true) ?? NO_FIELDS;

/** Undefined when no path is left. */
function subtract(a: FieldSet, b: FieldSet, below: boolean): FieldSet | undefined {
  let out: FieldSet | undefined;
  for (const element of elementsOf(b)) {
    const mine = a[element];
    if (!mine) continue;
    const left = subtractNode(mine, b[element]!, below);
    if (left === mine) continue;
    out ??= { ...a };
    if (left) out[element] = left;
    else delete out[element];
  }
  if (!out) return a;
  return isEmpty(out) ? undefined : out;
}

function subtractNode(mine: FieldSet, other: FieldSet, below: boolean): FieldSet | undefined {
  const otherIsMember = isMember(other);
  if (otherIsMember && below) return undefined;
  if (isEmpty(mine)) return otherIsMember ? undefined : mine;
  const left = subtract(mine, other, below);
  if (!left || !(SELF in left)) return left;
  if (otherIsMember) {
    const { [SELF]: _, ...children } = left;
    return isEmpty(children) ? undefined : children;
  }
  return elementsOf(left).length === 0 ? MEMBER : left;
}

/** Paths that are in both. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const out: FieldSet = {};
  for (const element of elementsOf(a)) {
    const other = b[element];
    if (!other) continue;
    const mine = a[element]!;
    const children = intersection(mine, other);
    const isIn = isMember(mine) && isMember(other);
    if (isEmpty(children)) {
      if (isIn) out[element] = MEMBER;
    } else out[element] = isIn ? { [SELF]: MEMBER, ...children } : children;
  }
  return out;
}

/** The paths below an element. */
export const below = (set: FieldSet, element: string): FieldSet => {
  const node = set[element];
  return node && !isEmpty(node) ? node : NO_FIELDS;
};

/** Whether an element of the root is a member itself. */
export const hasElement = (set: FieldSet, element: string): boolean => {
  const node = Object.hasOwn(set, element) ? set[element] : undefined;
  return node !== undefined && isMember(node);
};

export const has = (set: FieldSet, path: readonly string[]): boolean => {
  let node: FieldSet | undefined = set;
  for (const element of path) node = node && Object.hasOwn(node, element) ? node[element] : undefined;
  return node !== undefined && path.length > 0 && isMember(node);
};

/** Every path, a level's members before what is below them. */
export function pathsOf(set: FieldSet, prefix: readonly string[] = []): string[][] {
  const elements = elementsOf(set);
  const members = elements.filter((element) => isMember(set[element]!)).map((element) => [...prefix, element]);
  return [...members, ...elements.flatMap((element) => pathsOf(set[element]!, [...prefix, element]))];
}
