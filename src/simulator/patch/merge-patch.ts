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
    if (value === null) delete target[key];
    else setMember(target, key, mergeValue(own(target, key), value));
  }
  return target;
}

function mergeValue(current: unknown, value: unknown): unknown {
  if (isMap(value)) return mergeInto(isMap(current) ? current : {}, value);
  return isMap(current) ? value : withoutNulls(value);
}

/** Unlike the RFC, upstream's library takes nulls out of the objects in most lists, too. */
const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls);
  return isMap(value) ? mergeInto({}, value) : value;
};
