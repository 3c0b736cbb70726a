import type { Leaf } from "../../schema/go-leaves.ts";
import type { GoType } from "../../schema/go-types.ts";
import { goTypeName } from "../go-format.ts";
import { isMap } from "../json-value.ts";

/**
 * What upstream's converter says of the first field whose value is not of the field's Go type; undefined when all fit.
 * Unknown fields, and types that read themselves from JSON (quantities, times, IntOrString), are left to the decoder.
 * After k8s.io/apimachinery pkg/runtime/converter.go fromUnstructured.
 */
export function typeMismatch(value: unknown, type: GoType): string | undefined {
  if (value === null || value === undefined) return undefined;
  switch (type.kind) {
    case "struct":
      if (!isMap(value)) return `cannot restore struct from: ${goKind(value)}`;
      return first([...type.fields.values()], (field) => typeMismatch(value[field.name], field.type));
    case "map":
      if (!isMap(value)) return `cannot restore map from ${goKind(value)}`;
      return first(Object.values(value), (member) => typeMismatch(member, type.element));
    case "list":
      if (!Array.isArray(value)) return `cannot restore slice from ${goKind(value)}`;
      return first(value, (item) => typeMismatch(item, type.element));
    case "leaf":
      return type.struct ? undefined : scalarMismatch(value, type);
  }
}

function scalarMismatch(value: unknown, { type, zero }: Leaf): string | undefined {
  if (type.startsWith("[]")) return typeof value === "string" ? undefined : `cannot restore slice from ${goKind(value)}`;
  if (typeof zero === "number") {
    if (typeof value !== "number") return `unrecognized type: ${type}`;
    return type.startsWith("int") && !Number.isInteger(value) ? `cannot convert float64 to ${type}` : undefined;
  }
  if (typeof value === typeof zero) return undefined;
  if (typeof zero === "boolean") return "unrecognized type: bool";
  return Number.isInteger(value) ? `cannot convert int64 to ${type}` : "unrecognized type: string";
}

function first<T>(items: readonly T[], find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

const goKind = (value: unknown): string => (Array.isArray(value) ? "slice" : isMap(value) ? "map" : goTypeName(value));
