import { StatusError } from "../api/status-error.ts";
import { goJson, goTypeName, goValue } from "./go-format.ts";
import type { JsonMap } from "./json-value.ts";

export type PatchType = "json" | "merge" | "strategic";

/** 422 in the words the API server has for every patch that cannot be carried out; the reason itself is not told. */
export const unprocessable = (): StatusError =>
  new StatusError(422, "Invalid", "the server rejected our request due to an error in our request", {});

/** What upstream returns as a plain Go error: code 500, no reason. */
export const plainError = (message: string): StatusError => new StatusError(500, "", message);

/**
 * 422: the patched object is not one of its kind. `why` is the decoder's word for it. Of a strategic patch the patch is
 * shown, of the others the patched object (k8s.io/apiserver pkg/endpoints/handlers/patch.go).
 */
export function invalidPatch(type: PatchType, patch: unknown, patched: JsonMap, why: string): StatusError {
  const value = type === "strategic" ? goValue(patch) : goJson(patched);
  const message = `Invalid value: ${JSON.stringify(value)}: ${why}`;
  return new StatusError(422, "Invalid", ` "" is invalid: patch: ${message}`, {
    causes: [{ reason: "FieldValueInvalid", message, field: "patch" }],
  });
}

/** encoding/json's words for a value that does not fit; `target` is what it should have fitted, `value of type int32`. */
export const cannotUnmarshal = (value: unknown, target: string): string =>
  `json: cannot unmarshal ${jsonKind(value)} into Go ${target}`;

const jsonKind = (value: unknown): string => {
  const type = goTypeName(value);
  if (type.startsWith("[]")) return "array";
  if (type.startsWith("map")) return "object";
  return type === "int64" || type === "float64" ? "number" : type;
};
