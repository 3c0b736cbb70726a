import type { CustomResourceColumnDefinition, CustomResourceSubresourceScale } from "kubernetes-types/apiextensions/v1";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { below } from "./defaults.ts";
import type { ValueSchema } from "./definition.ts";
import { jsonPath } from "./json-path.ts";
import { validateValue } from "./validate-value.ts";

const TYPES = ["array", "boolean", "integer", "number", "object", "string"];
const COLUMN_TYPES = ["boolean", "date", "integer", "number", "string"];

/** Whether a schema has rules in CEL anywhere. */
export const usesRules = (schema: ValueSchema): boolean =>
  Boolean(schema["x-kubernetes-validations"]?.length) || below(schema).some(usesRules);

/** A schema has to be structural: every node says what it is (apiextensions-apiserver pkg/apiserver/schema/validation.go). */
export function validateStructure(schema: ValueSchema, field: string): FieldError[] {
  const { type } = schema;
  const root = type
    ? type === "object"
      ? []
      : [fieldError.invalid(`${field}.type`, type, "must be object at the root")]
    : [fieldError.required(`${field}.type`, "must not be empty at the root")];
  return [...root, ...validateBelow(schema, field)];
}

function validateNode(schema: ValueSchema, field: string, place: string): FieldError[] {
  const { type } = schema;
  const isFree = schema["x-kubernetes-int-or-string"] || schema["x-kubernetes-preserve-unknown-fields"];
  return [
    ...(type || isFree ? [] : [fieldError.required(`${field}.type`, `must not be empty for specified ${place}`)]),
    ...(type && !TYPES.includes(type) ? [fieldError.notSupported(`${field}.type`, type, TYPES)] : []),
    ...validateDefault(schema, field),
    ...validateBelow(schema, field),
  ];
}

function validateBelow({ type, properties = {}, items, additionalProperties }: ValueSchema, field: string): FieldError[] {
  return [
    ...(type === "array" && !items ? [fieldError.required(`${field}.items`, "must be specified")] : []),
    ...Object.entries(properties).flatMap(([name, property]) =>
      validateNode(property, `${field}.properties[${name}]`, "object fields"),
    ),
    ...(items ? validateNode(items, `${field}.items`, "array items") : []),
    ...(typeof additionalProperties === "object"
      ? validateNode(additionalProperties, `${field}.additionalProperties`, "object fields")
      : []),
  ];
}

/** A default has to be a value of its schema. */
const validateDefault = (schema: ValueSchema, field: string): FieldError[] =>
  schema.default === undefined ? [] : validateValue(schema.default, schema, `${field}.default`);

export const validateColumns = (columns: readonly CustomResourceColumnDefinition[] = [], field: string): FieldError[] =>
  columns.flatMap(({ name, type, jsonPath: path }, index) => {
    const column = `${field}[${index}]`;
    const types = `must be one of ${COLUMN_TYPES.join(",")}`;
    return [
      ...(name ? [] : [fieldError.required(`${column}.name`)]),
      ...(type ? [] : [fieldError.required(`${column}.type`, types)]),
      ...(type && !COLUMN_TYPES.includes(type) ? [fieldError.invalid(`${column}.type`, type, types)] : []),
      ...(path ? [] : [fieldError.required(`${column}.jsonPath`)]),
      ...(path && !jsonPath(path) ? [fieldError.invalid(`${column}.jsonPath`, path, "must be a simple json path")] : []),
    ];
  });

export function validateScale(scale: CustomResourceSubresourceScale | undefined, field: string): FieldError[] {
  if (!scale) return [];
  const path = (name: "specReplicasPath" | "statusReplicasPath", root: string) => {
    const value = scale[name];
    if (!value) return [fieldError.required(`${field}.${name}`)];
    return value.startsWith(root)
      ? []
      : [fieldError.invalid(`${field}.${name}`, value, `should be a json path under ${root.slice(0, -1)}`)];
  };
  return [...path("specReplicasPath", ".spec."), ...path("statusReplicasPath", ".status.")];
}
