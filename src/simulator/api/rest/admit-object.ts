import { checkFields, pruneUnknown } from "../../schema/fields.ts";
import type { Endpoint, Registry } from "../registry.ts";
import type { KubeObject } from "../object.ts";
import { StatusError } from "../status-error.ts";
import type { WriteContext } from "./write-context.ts";

/** How a refusal to decode is told: patches have a form of their own. */
export type Refuse = (why: string) => StatusError;

/**
 * From what a client sent to what the server works on: its kind checked, unknown fields reported as asked, dropped, defaults
 * filled in. The result is the server's own copy, in the stored version.
 */
export function admitObject(
  registry: Registry,
  endpoint: Endpoint,
  sent: unknown,
  duplicates: readonly string[],
  context: WriteContext,
  refuse: Refuse = refuseBody(endpoint),
): KubeObject {
  const { info, apiVersion, strategy, schema, conversion } = endpoint;
  if (typeof sent !== "object" || sent === null || Array.isArray(sent)) {
    throw StatusError.badRequest(
      `the object provided is unrecognized (must be of type ${info.kind}): couldn't get version/kind; json parse error: json: cannot unmarshal ${goType(sent)} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
    );
  }
  let object = sent as KubeObject;
  if (context.trusted) {
    object = structuredClone(object);
    object.apiVersion ??= apiVersion;
    object.kind ??= info.kind;
  } else {
    expectKind(registry, endpoint, object);
    const { errors, unknown } = checkFields(object, schema, registry.schemas);
    if (errors[0] !== undefined) throw refuse(errors[0]);
    reportFields([...duplicates, ...unknown], context, refuse);
    object = pruneUnknown(object, schema, registry.schemas) as KubeObject;
    object.apiVersion = apiVersion;
    object.kind = info.kind;
    object.metadata ??= {} as KubeObject["metadata"];
  }
  if (conversion) object = conversion.toStored(object);
  strategy.defaults?.(object);
  return object;
}

const refuseBody =
  ({ info: { kind, version } }: Endpoint): Refuse =>
  (why) =>
    StatusError.badRequest(`${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ${why}`);

function reportFields(problems: readonly string[], { fieldValidation, warn }: WriteContext, refuse: Refuse): void {
  if (problems.length === 0 || fieldValidation === "Ignore") return;
  if (fieldValidation === "Strict") throw refuse(`strict decoding error: ${problems.join(", ")}`);
  problems.forEach(warn);
}

function expectKind(registry: Registry, { info, apiVersion }: Endpoint, object: KubeObject): void {
  const sentVersion = object.apiVersion || apiVersion;
  const sentKind = object.kind || info.kind;
  if (sentVersion === apiVersion && sentKind === info.kind) return;
  const known = registry.forKind(sentVersion, sentKind);
  if (!known) {
    throw StatusError.badRequest(
      `${sentKind} in version "${versionOf(sentVersion)}" cannot be handled as a ${info.kind}: no kind "${sentKind}" is registered for version "${sentVersion}" in scheme "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"`,
    );
  }
  const goPackage = (group: string) => group.split(".")[0] || "core";
  const from = `${versionOf(sentVersion)}.${sentKind}`;
  throw StatusError.badRequest(
    `${sentKind} in version "${versionOf(sentVersion)}" cannot be handled as a ${info.kind}: converting (${from}) to (${goPackage(info.group)}.${info.kind}): unknown conversion`,
  );
}

const versionOf = (apiVersion: string) => apiVersion.split("/").at(-1) as string;

const goType = (value: unknown) =>
  Array.isArray(value) ? "array" : value === null ? "null" : typeof value === "boolean" ? "bool" : typeof value;
