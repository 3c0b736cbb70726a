import type { JsonMap } from "../json-value.ts";
import { isMap, setMember } from "../json-value.ts";
import { strategicError } from "./strategic-errors.ts";

/** In a map of the patch: how that map is meant, `delete`, `replace` or `merge`. */
export const DIRECTIVE = "$patch";
const RETAIN_KEYS = "$retainKeys";
const DELETE_FROM_LIST = "$deleteFromPrimitiveList";
const SET_ELEMENT_ORDER = "$setElementOrder";

/** The field a `$deleteFromPrimitiveList/field` speaks of; undefined for any other key. */
export const deletionTarget = (key: string): string | undefined => target(key, DELETE_FROM_LIST, strategicError.badPrimitiveList);

/** The field a `$setElementOrder/field` speaks of; undefined for any other key. */
export const orderTarget = (key: string): string | undefined => target(key, SET_ELEMENT_ORDER, strategicError.badElementOrder);

function target(key: string, directive: string, malformed: () => Error): string | undefined {
  if (!key.startsWith(directive)) return undefined;
  const slash = key.indexOf("/");
  if (key.slice(0, slash) !== directive) throw malformed();
  return key.slice(slash + 1);
}

/** `$retainKeys`: fields of the original that the list does not name are cleared. Takes the directive out of the patch. */
export function retainKeys(original: JsonMap, patch: JsonMap): void {
  if (!Object.hasOwn(patch, RETAIN_KEYS)) return;
  const retained = patch[RETAIN_KEYS];
  delete patch[RETAIN_KEYS];
  if (!Array.isArray(retained)) throw strategicError.badRetainKeys();
  for (const [key, value] of Object.entries(patch)) {
    if (value === null || key.startsWith(DELETE_FROM_LIST) || key.startsWith(SET_ELEMENT_ORDER)) continue;
    if (!retained.includes(key)) throw strategicError.badRetainKeys();
  }
  for (const key of Object.keys(original)) if (!retained.includes(key)) delete original[key];
}

/**
 * A value of the patch that there is nothing to merge with, without nulls and whatever carries a directive. Undefined when
 * the value itself is such. Changes the maps of the patch, as upstream does: a message that shows the patch shows it so.
 */
export function plainValue(value: unknown): unknown {
  discardNulls(value);
  return withoutDirectives(value);
}

function discardNulls(value: unknown): void {
  if (Array.isArray(value)) value.forEach(discardNulls);
  if (!isMap(value)) return;
  for (const [key, member] of Object.entries(value)) {
    if (member === null) delete value[key];
    else discardNulls(member);
  }
}

/** The same, nulls and all. */
export function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined);
  if (!isMap(value)) return value;
  if (Object.hasOwn(value, DIRECTIVE)) return undefined;
  for (const [key, member] of Object.entries(value)) {
    const plain = withoutDirectives(member);
    if (plain === undefined) delete value[key];
    else setMember(value, key, plain);
  }
  return value;
}
