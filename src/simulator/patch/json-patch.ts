import type { Operation } from "rfc6902";
import { applyPatch } from "rfc6902";
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
  const patched = cloneJson(live);
  for (const operation of operations) {
    if (!carriedOut(patched, operation)) throw unprocessable();
  }
  return patched;
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

/** The library answers some impossible operations (a path through a string, a pointer without a slash) by throwing. */
function carriedOut(target: JsonMap, operation: Operation): boolean {
  try {
    return applyPatch(target, [operation])[0] === null;
  } catch {
    return false;
  }
}
