import { StatusError } from "../../api/status-error.ts";
import { goType } from "../../schema/go-types.ts";
import type { Schema, SchemaIndex } from "../../schema/schema.ts";
import type { JsonMap } from "../json-value.ts";
import { cloneJson, isMap, own, setMember } from "../json-value.ts";
import { cannotUnmarshal, invalidPatch } from "../patch-errors.ts";
import { deletionTarget, DIRECTIVE, orderTarget, plainValue, retainKeys, withoutDirectives } from "./directives.ts";
import { deleteMatching, findByKey, kindOfItems, orderItems, splitByPresence, validateOrder } from "./lists.ts";
import type { PatchNode } from "./patch-meta.ts";
import { patchNode } from "./patch-meta.ts";
import { strategicError } from "./strategic-errors.ts";
import { typeMismatch } from "./type-mismatch.ts";

/**
 * A strategic merge patch on a copy of `live`, after k8s.io/apimachinery pkg/util/strategicpatch. Lists with a merge key are
 * merged by it, lists of primitives become the union; `$patch`, `$retainKeys`, `$setElementOrder/x` and
 * `$deleteFromPrimitiveList/x` work as upstream's. Throws upstream's errors; 422 when the result's types are wrong.
 */
export function strategicMergePatch(live: JsonMap, body: unknown, schema: Schema, index: SchemaIndex): JsonMap {
  if (!isMap(body)) throw StatusError.badRequest(cannotUnmarshal(body, "value of type map[string]interface {}"));
  const patch = cloneJson(body);
  const patched = mergeMap(cloneJson(live), patch, patchNode(schema, index));
  const mismatch = typeMismatch(patched, goType(schema, index));
  if (mismatch) throw invalidPatch("strategic", patch, patched, mismatch);
  return patched;
}

/** Both maps are used up: what was merged with an order directive is taken out of the patch. */
function mergeMap(original: JsonMap, patch: JsonMap, node: PatchNode): JsonMap {
  if (Object.hasOwn(patch, DIRECTIVE)) return mapByDirective(patch);
  retainKeys(original, patch);
  mergeOrderedLists(original, patch, node);
  for (const [key, value] of Object.entries(patch)) {
    const deletion = deletionTarget(key);
    const field = deletion ?? key;
    if (value === null) {
      delete original[field];
      continue;
    }
    const merged = mergeValues(own(original, field), value, node, field, deletion !== undefined);
    if (merged === undefined) delete original[field];
    else setMember(original, field, merged);
  }
  return original;
}

function mapByDirective(patch: JsonMap): JsonMap {
  const directive = patch[DIRECTIVE];
  if (directive === "delete") return {};
  if (directive !== "replace") throw strategicError.unknownDirective(directive, patch);
  delete patch[DIRECTIVE];
  return patch;
}

/** Undefined when nothing is left. */
function mergeValues(current: unknown, value: unknown, node: PatchNode, field: string, isDeletion: boolean): unknown {
  if (isMap(current) && isMap(value)) {
    const { strategy, inside } = node.field(field);
    return strategy === "replace" ? value : mergeMap(current, value, inside);
  }
  if (!Array.isArray(current) || !Array.isArray(value)) return isDeletion ? current : plainValue(value);
  const { strategy, mergeKey, inside } = node.field(field);
  return strategy === "merge" || isDeletion ? mergeList(current, value, mergeKey, inside, isDeletion) : value;
}

/** Lists that the patch gives an order: that order first, then the patch list's own, then the live one. */
function mergeOrderedLists(original: JsonMap, patch: JsonMap, node: PatchNode): void {
  for (const [key, order] of Object.entries(patch)) {
    const field = orderTarget(key);
    if (field === undefined) continue;
    delete patch[key];
    if (!Array.isArray(order)) throw strategicError.wrongType("[]interface {}", order);
    const current = listOrNothing(own(original, field));
    const changes = listOrNothing(own(patch, field));
    const { strategy, mergeKey, inside } = node.field(field);
    validateOrder(changes ?? [], order, mergeKey);
    const merged = mergedList(current, changes, strategy, mergeKey, inside);
    if (!merged) continue;
    const [ordered, others] = splitByPresence(merged, order, mergeKey);
    const kind = kindOfItems(current ?? [], changes ?? []);
    setMember(original, field, orderItems(ordered, others, order, current ?? [], mergeKey, kind));
    delete patch[field];
  }
}

const mergedList = (
  current: unknown[] | undefined,
  changes: unknown[] | undefined,
  strategy: string,
  mergeKey: string,
  inside: PatchNode,
): unknown[] | undefined => {
  if (!changes) return current;
  if (!current) return withoutDirectives(changes) as unknown[];
  return strategy === "merge" ? mergeList(current, changes, mergeKey, inside, false) : changes;
};

function mergeList(original: unknown[], patch: unknown[], mergeKey: string, inside: PatchNode, isDeletion: boolean): unknown[] {
  if (original.length === 0 && patch.length === 0) return original;
  if (kindOfItems(original, patch) !== "map") {
    if (isDeletion) return original.filter((item) => !patch.includes(item));
    const union = withoutDuplicates([...original, ...patch]);
    return orderItems(...splitByPresence(union, patch, ""), patch, original, "", "scalar");
  }
  if (!mergeKey) throw strategicError.noKeyDeclared(inside.kind);
  const { length, changes, replaced } = followDirectives(original as JsonMap[], patch as JsonMap[], mergeKey);
  if (replaced) return orderItems(...splitByPresence(replaced, [], mergeKey), [], replaced, mergeKey, "map");
  const merged = mergeByKey(original as JsonMap[], length, changes, mergeKey, inside);
  const kept = original.slice(0, length);
  return orderItems(...splitByPresence(merged, changes, mergeKey), changes, kept, mergeKey, "map");
}

/** Upstream's way of taking duplicates out moves the last item into the gap; the order that follows from it is visible. */
function withoutDuplicates(items: unknown[]): unknown[] {
  for (let i = 0; i < items.length; i++) {
    for (let j = i + 1; j < items.length;) {
      if (items[i] !== items[j]) j++;
      else {
        const last = items.pop();
        if (j < items.length) items[j] = last;
      }
    }
  }
  return items;
}

/** What is left of a list once the directives in the patch are followed. */
interface Directed {
  /** How many items of the original are left; they stand at its beginning. */
  length: number;
  /** The items of the patch without directives. */
  changes: JsonMap[];
  /** The new list, when an item says `$patch: replace`. */
  replaced?: JsonMap[];
}

/** Items that say `$patch: delete` take away, one that says `$patch: replace` takes away everything. */
function followDirectives(original: JsonMap[], patch: JsonMap[], mergeKey: string): Directed {
  const changes: JsonMap[] = [];
  let length = original.length;
  let replace = false;
  for (const item of patch) {
    const directive = item[DIRECTIVE];
    if (!Object.hasOwn(item, DIRECTIVE)) changes.push(item);
    else if (directive === "replace") replace = true;
    else if (directive === "merge") throw strategicError.mergeInList();
    else if (directive !== "delete") throw strategicError.unknownDirective(directive, item);
    else if (!Object.hasOwn(item, mergeKey)) throw strategicError.noMergeKey(item, mergeKey);
    else length = deleteMatching(original, length, mergeKey, item[mergeKey]);
  }
  return { length, changes, ...(replace && { replaced: changes }) };
}

/**
 * New items go where deleted ones stood, and so take part in the live order that a `$setElementOrder` list is woven with:
 * upstream's lists share their memory, and the order of a list after an apply that renames an item hangs on it.
 */
function mergeByKey(original: JsonMap[], length: number, changes: JsonMap[], mergeKey: string, inside: PatchNode): JsonMap[] {
  const merged = original.slice(0, length);
  for (const change of changes) {
    if (!Object.hasOwn(change, mergeKey)) throw strategicError.noMergeKey(change, mergeKey);
    const at = findByKey(merged, mergeKey, change[mergeKey]);
    if (at >= 0) merged[at] = mergeMap(merged[at]!, change, inside);
    else {
      if (merged.length < original.length) original[merged.length] = change;
      merged.push(change);
    }
  }
  return merged;
}

const listOrNothing = (value: unknown): unknown[] | undefined => {
  if (value !== undefined && !Array.isArray(value)) throw strategicError.wrongType("[]interface {}", value);
  return value;
};
