import { load } from "js-yaml";
import { decodeKubernetesProtobuf } from "../protobuf/decode.ts";
import { findDuplicateFields, findDuplicateKeys } from "../schema/duplicates.ts";
import { jsonProblem } from "./json-syntax.ts";
import { StatusError } from "./status-error.ts";

/** apiserver's limit for request bodies, bytes. */
export const LARGEST_BODY = 3 * 1024 * 1024;

export interface Body {
  value: unknown;
  /** `duplicate field "spec.replicas"`: only looked for when somebody wants to know. */
  duplicates(): string[];
}

/** A request body by its media type: JSON, YAML or Kubernetes protobuf. `kind` is what the URL expects, for messages. */
export function decodeBody(contentType: string | undefined, bytes: Buffer, kind: string): Body {
  const type = (contentType ?? "application/json").split(";")[0]?.trim() || "application/json";
  switch (type) {
    case "application/json":
      return decodeJson(bytes, kind);
    case "application/yaml":
    case "application/apply-patch+yaml":
      return decodeYaml(bytes, kind);
    case "application/vnd.kubernetes.protobuf":
      return { value: decodeKubernetesProtobuf(bytes, kind).object, duplicates: () => [] };
    default:
      throw new StatusError(
        415,
        "UnsupportedMediaType",
        "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf",
      );
  }
}

function decodeJson(bytes: Buffer, kind: string): Body {
  const text = bytes.toString();
  try {
    return { value: JSON.parse(text), duplicates: () => findDuplicateFields(text) };
  } catch {
    throw unrecognised(kind, `couldn't get version/kind; json parse error: ${jsonProblem(text)}`, bytes);
  }
}

function decodeYaml(bytes: Buffer, kind: string): Body {
  try {
    const text = bytes.toString();
    return { value: sortKeys(load(text, { json: true })), duplicates: () => findDuplicateKeys(text) };
  } catch (error) {
    const message = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw unrecognised(kind, `couldn't get version/kind; error converting YAML to JSON: yaml: ${message}`, bytes);
  }
}

/** The server reads YAML by way of JSON with sorted keys, which shows in the order of its complaints. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sortKeys(member)]));
}

const unrecognised = (kind: string, why: string, bytes: Buffer) =>
  StatusError.badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why} (${summary(bytes)})`);

/** apiserver pkg/endpoints/handlers summarizeData, 30 bytes. */
function summary(bytes: Buffer): string {
  if (bytes.length === 0) return "<empty>";
  const cut = bytes.length > 30;
  return bytes[0] === 0x7b
    ? `${bytes.toString("utf8", 0, 30)}${cut ? " ..." : ""}`
    : `${bytes.toString("hex", 0, 30)}${cut ? " ..." : ""}`;
}
