import type { Operation } from "rfc6902";
import { applyPatch, Pointer } from "rfc6902";
import { StatusError } from "../api/status-error.ts";
import type { JsonMap } from "./json-value.ts";
import { cloneJson, isMap } from "./json-value.ts";
import { cannotUnmarshal, unprocessable } from "./patch-errors.ts";

const MOST_OPERATIONS = 10_000;

/**
 * RFC 6902 on a copy of `live`. 400 for a body that is no list of operations, 413 for too many of them, 422 when one
 * cannot be carried out or a test fails.
 */
export function jsonPatch(live: JsonMap, body: unknown): JsonMap {
  const operations = operationsOf(body);
  if (operations.length > MOST_OPERATIONS) {
    const message = `The allowed maximum operations in a JSON patch is ${MOST_OPERATIONS}, got ${operations.length}`;
    throw new StatusError(413, "RequestEntityTooLarge", `Request entity is too large: ${message}`);
  }
  return operations.reduce(carryOut, cloneJson(live));
}

function operationsOf(body: unknown): Operation[] {
  if (!Array.isArray(body)) throw undecodable(cannotUnmarshal(body, "value of type []handlers.jsonPatchOp"));
  for (const operation of body) {
    if (!isMap(operation)) throw undecodable(cannotUnmarshal(operation, "value of type handlers.jsonPatchOp"));
    for (const field of ["op", "path", "from"]) {
      const value = operation[field];
      if (value === undefined || value === null || typeof value === "string") continue;
      throw undecodable(cannotUnmarshal(value, `struct field jsonPatchOp.${field} of type string`));
    }
  }
  return body as Operation[];
}

const undecodable = (why: string): StatusError => StatusError.badRequest(`error decoding patch: ${why}`);

/** Changes `target`, and answers it unless the operation replaces the whole. */
function carryOut(target: JsonMap, operation: Operation): JsonMap {
  if (operation.op === "replace" && operation.path === "" && isMap(operation.value)) return cloneJson(operation.value);
  try {
    const read = asUpstreamReads(target, operation);
    if (read === "passed" || (read && applyPatch(target, [read])[0] === null)) return target;
  } catch {
    // The library's way of saying that there is no such place: a path through a string, a pointer without a slash.
  }
  throw unprocessable();
}

/**
 * Upstream's library is laxer than the RFC (`replace` may set what is not there; what is not there, or not given, is null)
 * and stricter than ours about indexes of lists. Undefined when an index is none.
 */
function asUpstreamReads(target: JsonMap, operation: Operation): Operation | "passed" | undefined {
  const { op, path } = operation;
  const place = placeOf(target, path);
  const source = op === "copy" || op === "move" ? placeOf(target, operation.from) : undefined;
  if (!exists(place, source !== undefined || op === "add") || (source && !exists(source, false))) return undefined;
  if (op === "add" || op === "replace") return { op: isAbsent(place) ? "add" : op, path, value: operation.value ?? null };
  if (op === "test" && (operation.value ?? null) === null && isAbsent(place)) return "passed";
  if (op === "copy" && isAbsent(source!)) return { op: "add", path, value: null };
  return operation;
}

type Place = ReturnType<Pointer["evaluate"]>;

const placeOf = (target: JsonMap, path: string): Place => Pointer.fromJSON(path).evaluate(target);
const isAbsent = ({ parent, value }: Place): boolean => isMap(parent) && value === undefined;

/** Whether there is a map or list to look into, and, of a list, an index. The whole object has no parent. */
const exists = ({ parent, key }: Place, mayAppend: boolean): boolean =>
  Array.isArray(parent) ? /^\d+$/.test(key) || (mayAppend && key === "-") : parent === null || isMap(parent);
