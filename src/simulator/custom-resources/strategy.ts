import { isDeepStrictEqual } from "node:util";
import { StatusError, type FieldError } from "../api/status-error.ts";
import type { KubeObject } from "../api/object.ts";
import type { ResourceStrategy } from "../resources/resource.ts";
import { tableOf } from "./columns.ts";
import { applyDefaults } from "./defaults.ts";
import { type Definition, schemaOf, type Version } from "./definition.ts";
import { jsonPath } from "./json-path.ts";
import { validateValue } from "./validate-value.ts";

/** What a definition says of its kind in one version (apiextensions-apiserver pkg/registry/customresource). */
export function strategyOf(definition: Definition, version: Version): ResourceStrategy {
  const schema = schemaOf(version);
  const { selectableFields = [], subresources } = version;
  const fields = selectableFields.map(({ jsonPath: path }) => [path.replace(/^\./, ""), jsonPath(path)] as const);
  return {
    resource: definition.metadata.name,
    generation: true,
    validatesSubresources: true,
    defaults: (object) => applyDefaults(object, schema),
    prepareForCreate(object) {
      if (definition.metadata.deletionTimestamp) throw terminating(definition);
      if (subresources?.status) delete (object as { status?: unknown }).status;
    },
    validate(object, _context, old) {
      const errors = validateValue(object, schema);
      return old ? errors.filter((error) => !isOldFault(error, object, old, schema)) : errors;
    },
    warnings: ({ metadata: { finalizers = [] } }, old) =>
      finalizers
        .filter((name) => !name.includes("/") && !STANDARD_FINALIZERS.has(name) && !old?.metadata.finalizers?.includes(name))
        .map((name) => `metadata.finalizers: ${JSON.stringify(name)}: ${PREFER_PATH}`),
    cells: tableOf(version.additionalPrinterColumns).cells,
    ...(fields.length > 0 && {
      selectableFields: (object: KubeObject) =>
        Object.fromEntries(fields.map(([path, read]) => [path, textOf(read?.(object)[0])])),
    }),
    ...(subresources?.scale && { scale: scaleOf(subresources.scale) }),
  };
}

/** While its definition goes, objects can still be read, changed and deleted. */
const terminating = ({ spec: { group, names } }: Definition) =>
  new StatusError(405, "MethodNotAllowed", "create not allowed while custom resource definition is terminating", {
    group,
    kind: names.plural,
  });

const STANDARD_FINALIZERS = new Set(["orphan", "foregroundDeletion"]);
const PREFER_PATH =
  "prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers";

/** What was wrong before and is as it was may stay (CRDValidationRatcheting). */
function isOldFault(
  { field, message }: FieldError,
  object: KubeObject,
  old: KubeObject,
  schema: ReturnType<typeof schemaOf>,
): boolean {
  const read = jsonPath(`.${field}`);
  if (!read || !isDeepStrictEqual(read(object), read(old))) return false;
  return validateValue(old, schema).some((error) => error.field === field && error.message === message);
}

function scaleOf(paths: NonNullable<NonNullable<Version["subresources"]>["scale"]>): NonNullable<ResourceStrategy["scale"]> {
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = paths;
  const read = (object: KubeObject, path: string) => jsonPath(path)?.(object)[0];
  const replicasPath = specReplicasPath.split(".").slice(1);
  return {
    replicasPath,
    specReplicas: (object) => Number(read(object, specReplicasPath) ?? 0),
    setSpecReplicas(object, replicas) {
      let target = object as unknown as Record<string, unknown>;
      for (const name of replicasPath.slice(0, -1)) target = (target[name] ??= {}) as Record<string, unknown>;
      target[replicasPath.at(-1) as string] = replicas;
    },
    statusReplicas: (object) => Number(read(object, statusReplicasPath) ?? 0),
    selector: (object) => (labelSelectorPath ? textOf(read(object, labelSelectorPath)) : ""),
  };
}

/** Selectable fields and label selectors are strings, numbers or booleans. */
const textOf = (value: unknown): string =>
  typeof value === "string" ? value : typeof value === "number" || typeof value === "boolean" ? String(value) : "";

/** Turns objects of one version into another: by name alone, or by a webhook, which nobody calls here. */
export function convert(definition: Definition, object: KubeObject, apiVersion: string): KubeObject {
  if (object.apiVersion === apiVersion) return object;
  if (definition.spec.conversion?.strategy === "Webhook") throw StatusError.notModelled("conversion webhooks");
  return { ...object, apiVersion };
}
