import { StatusError } from "../api/status-error.ts";
import type { JsonMap } from "./json-value.ts";
import { cloneJson, isMap, own, setMember } from "./json-value.ts";
import { cannotUnmarshal } from "./patch-errors.ts";

/** RFC 7386 on a copy of `live`. 400 for a body that is no object. */
export function mergePatch(live: JsonMap, body: unknown): JsonMap {
  if (!isMap(body)) {
    const why = cannotUnmarshal(body, "value of type map[string]interface {}");
    throw StatusError.badRequest(`error decoding patch: ${why}`);
  }
  return mergeInto(cloneJson(live), body);
}

function mergeInto(target: JsonMap, patch: JsonMap): JsonMap {
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    const current = own(target, key);
    if (value === null) delete target[key];
    else setMember(target, key, isMap(value) ? mergeInto(isMap(current) ? current : {}, value) : withoutNulls(value));
  }
  return target;
}

/** Unlike the RFC, upstream's library takes nulls out of the objects of a list, too. */
const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls);
  return isMap(value) ? mergeInto({}, value) : value;
};
