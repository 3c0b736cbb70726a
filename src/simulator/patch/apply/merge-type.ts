import type { Schema, SchemaIndex } from "../../schema/schema.ts";
import { isMap } from "../json-value.ts";

/**
 * How values of a type merge and who owns what in them, as structured-merge-diff sees an OpenAPI schema. More than one of
 * the three is set where a value may be anything.
 */
export interface MergeType {
  scalar?: Scalar;
  list?: ListType;
  map?: MapType;
}

export type Scalar = "numeric" | "string" | "boolean" | "untyped";

export interface ListType {
  /** One value, owned as a whole. Otherwise items are told apart by `keys`, or by themselves when there are none. */
  atomic: boolean;
  keys: readonly string[];
  element(): MergeType;
}

export interface MapType {
  atomic: boolean;
  /** The declared fields. */
  field(name: string): FieldType | undefined;
  /** The type of members that are not declared; undefined where none may be. */
  element: (() => MergeType) | undefined;
}

interface FieldType {
  type: MergeType;
  default: unknown;
}

const types = new WeakMap<SchemaIndex, WeakMap<Schema, MergeType>>();

/**
 * The merge type of a schema, after k8s.io/kube-openapi pkg/schemaconv. Made once for each schema. `open` is for the inside:
 * that some schema around this one preserves unknown fields.
 */
export function mergeType(schema: Schema, index: SchemaIndex, open = false): MergeType {
  let known = types.get(index);
  if (!known) types.set(index, (known = new WeakMap()));
  let type = known.get(schema);
  if (!type) known.set(schema, (type = convert(schema, index, open)));
  return type;
}

const untypedElement = (): MergeType => untyped;
/** Anything, as one piece. */
const untyped: MergeType = {
  scalar: "untyped",
  list: { atomic: true, keys: [], element: untypedElement },
  map: { atomic: true, field: () => undefined, element: untypedElement },
};

const deducedElement = (): MergeType => deduced;
/** Anything, maps field by field. */
const deduced: MergeType = {
  scalar: "untyped",
  list: { atomic: true, keys: [], element: untypedElement },
  map: { atomic: false, field: () => undefined, element: deducedElement },
};

function convert(schema: Schema, index: SchemaIndex, around: boolean): MergeType {
  const name = referenceOf(schema);
  if (name.endsWith(".Quantity")) return { scalar: "untyped" };
  if (name.endsWith(".RawExtension")) return untyped;
  const resolved = index.resolve(schema);
  const open = resolved["x-kubernetes-preserve-unknown-fields"] === true || (around && name === "");
  switch (resolved.type) {
    case "object":
      return { map: mapType(resolved, index, open) };
    case "array":
      return { list: listType(resolved, index, open) };
    case "integer":
    case "number":
      return { scalar: "numeric" };
    case "boolean":
      return { scalar: "boolean" };
    case "string":
      return { scalar: resolved.format && resolved.format !== "byte" ? "untyped" : "string" };
  }
  if (resolved.oneOf || resolved["x-kubernetes-int-or-string"] || resolved.format === "int-or-string")
    return { scalar: "untyped" };
  return { scalar: "untyped", list: listType(resolved, index, open), map: mapType(resolved, index, open) };
}

const referenceOf = ({ $ref, allOf }: Schema): string => $ref ?? (allOf?.length === 1 ? (allOf[0]!.$ref ?? "") : "");

function mapType(schema: Schema, index: SchemaIndex, open: boolean): MapType {
  const { properties, additionalProperties } = schema;
  const fields = new Map<string, FieldType>();
  const elementSchema = isMap(additionalProperties) ? (additionalProperties as Schema) : undefined;
  const isOpen = additionalProperties === undefined && (open || !properties);
  return {
    atomic: schema["x-kubernetes-map-type"] === "atomic",
    field(name) {
      const property = properties && Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (!property) return undefined;
      let field = fields.get(name);
      if (!field) fields.set(name, (field = { type: mergeType(property, index, open), default: property.default }));
      return field;
    },
    element: elementSchema
      ? () => mergeType(elementSchema, index, open)
      : additionalProperties === true || isOpen
        ? deducedElement
        : undefined,
  };
}

function listType(schema: Schema, index: SchemaIndex, open: boolean): ListType {
  const { items } = schema;
  return { ...relationship(schema), element: items ? () => mergeType(items, index, open) : untypedElement };
}

function relationship(schema: Schema): { atomic: boolean; keys: readonly string[] } {
  const listKind = schema["x-kubernetes-list-type"];
  if (listKind === "map") return { atomic: false, keys: schema["x-kubernetes-list-map-keys"] ?? [] };
  if (listKind) return { atomic: listKind === "atomic", keys: [] };
  const strategies = schema["x-kubernetes-patch-strategy"]?.split(",") ?? [];
  const mergeKey = schema["x-kubernetes-patch-merge-key"];
  return strategies.includes("merge") ? { atomic: false, keys: mergeKey ? [mergeKey] : [] } : { atomic: true, keys: [] };
}

/** Which of the type's faces a value shows; null and misfits show the first there is. */
export function faceOf(type: MergeType, value: unknown): "map" | "scalar" | "list" {
  if (Array.isArray(value)) {
    if (type.list) return "list";
  } else if (isMap(value)) {
    if (type.map) return "map";
  } else if (value !== null && value !== undefined && type.scalar) return "scalar";
  return type.map ? "map" : type.scalar ? "scalar" : "list";
}
