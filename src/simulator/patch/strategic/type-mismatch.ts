import type { Schema, SchemaIndex } from "../../schema/schema.ts";
import { goType } from "../go-format.ts";
import type { JsonMap } from "../json-value.ts";
import { isMap } from "../json-value.ts";

/**
 * What upstream's converter says of the first field whose value is not of the field's type; undefined when all fit.
 * Unknown fields, and types that read themselves from JSON (quantities, times, IntOrString), are left to the decoder.
 * After k8s.io/apimachinery pkg/runtime/converter.go fromUnstructured.
 */
export function typeMismatch(value: unknown, schema: Schema, index: SchemaIndex): string | undefined {
  if (value === null || value === undefined) return undefined;
  const { type, format, properties, additionalProperties, items } = index.resolve(schema);
  switch (type) {
    case "object":
      if (!isMap(value))
        return properties ? `cannot restore struct from: ${goKind(value)}` : `cannot restore map from ${goKind(value)}`;
      return inMembers(
        value,
        (key) => properties?.[key] ?? (isMap(additionalProperties) ? additionalProperties : undefined),
        index,
      );
    case "array":
      if (!Array.isArray(value)) return `cannot restore slice from ${goKind(value)}`;
      return items && first(value, (item) => typeMismatch(item, items, index));
    case "integer":
      if (typeof value !== "number") return `unrecognized type: ${format ?? "int64"}`;
      return Number.isInteger(value) ? undefined : `cannot convert float64 to ${format ?? "int64"}`;
    case "number":
      return typeof value === "number" ? undefined : "unrecognized type: float64";
    case "boolean":
      return typeof value === "boolean" ? undefined : "unrecognized type: bool";
    case "string":
      if (format || typeof value === "string") return undefined;
      return Number.isInteger(value) ? "cannot convert int64 to string" : "unrecognized type: string";
    default:
      return undefined;
  }
}

const inMembers = (value: JsonMap, schemaOf: (key: string) => Schema | undefined, index: SchemaIndex): string | undefined =>
  first(Object.entries(value), ([key, member]) => {
    const schema = schemaOf(key);
    return schema && typeMismatch(member, schema, index);
  });

function first<T>(items: readonly T[], find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

const goKind = (value: unknown): string => (Array.isArray(value) ? "slice" : isMap(value) ? "map" : goType(value));
