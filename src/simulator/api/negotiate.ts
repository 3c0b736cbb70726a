import { StatusError } from "./status-error.ts";

/** How an answer is to be written. */
export interface Representation {
  format: "json" | "yaml";
  /** The object is turned into a table or cut down to its metadata first. */
  as?: "Table" | "PartialObjectMetadata" | "PartialObjectMetadataList";
  /** meta.k8s.io version of `as`. */
  version?: string;
}

const ACCEPTED = "application/json, application/yaml, application/vnd.kubernetes.protobuf";

/** The first range of an Accept header that we can serve; answers may always be JSON where protobuf is only preferred. */
export function negotiate(accept: string | undefined): Representation {
  if (!accept) return { format: "json" };
  let transformed = false;
  for (const range of accept.split(",")) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
    const format = formatOf(type);
    if (!format) continue;
    const { as, g, v } = Object.fromEntries(parameters.map((parameter) => parameter.split("=", 2) as [string, string]));
    if (!as) return { format };
    if (g === "meta.k8s.io" && (v === "v1" || v === "v1beta1") && isTransform(as)) return { format, as, version: v };
    transformed = true;
  }
  if (transformed) throw new StatusError(406, "NotAcceptable", `only the following media types are accepted: ${ACCEPTED}`);
  // Protobuf alone cannot be served; every client that asks for it reads JSON as well.
  if (accept.includes("application/vnd.kubernetes.protobuf")) return { format: "json" };
  throw new StatusError(406, "NotAcceptable", `406: Not Acceptable\n\nAvailable representations: ${ACCEPTED}`, {});
}

const formatOf = (type: string): Representation["format"] | undefined =>
  type === "application/json" || type === "*/*" || type === "application/*"
    ? "json"
    : type === "application/yaml"
      ? "yaml"
      : undefined;

const isTransform = (as: string): as is NonNullable<Representation["as"]> =>
  as === "Table" || as === "PartialObjectMetadata" || as === "PartialObjectMetadataList";
