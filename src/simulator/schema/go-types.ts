import { dataLines } from "../data/data-file.ts";
import type { Leaf } from "./go-leaves.ts";
import {
  anythingLeaf,
  boolLeaf,
  bytesLeaf,
  floatLeaf,
  integerLeaf,
  intOrStringLeaf,
  microsecondsLeaf,
  quantityLeaf,
  secondsLeaf,
  stringLeaf,
} from "./go-leaves.ts";
import type { Schema, SchemaIndex } from "./schema.ts";
import { recordedName } from "./schemas.ts";

/**
 * How the server's decoder sees a schema: the Go type it reads JSON into and writes it from. In custom resources, which are not decoded
 * into Go types, `type` is empty: only the names of fields are looked at, and values stay as they are, whatever they are.
 */
export type GoType = GoStruct | GoList | GoMap | Leaf;

export interface GoStruct {
  kind: "struct";
  /** `v1.DeploymentSpec` */
  type: string;
  /** `DeploymentSpec` */
  name: string;
  /** In the order of the Go struct, which is the order on the wire. */
  fields: ReadonlyMap<string, GoField>;
  /** Keeps fields it does not know (custom resources with `x-kubernetes-preserve-unknown-fields`). */
  open?: boolean;
}

interface GoList {
  kind: "list";
  type: string;
  element: GoType;
}

interface GoMap {
  kind: "map";
  type: string;
  element: GoType;
}

export interface GoField {
  name: string;
  type: GoType;
  /** Nil unless set, so that an explicit zero survives. */
  pointer: boolean;
  omitEmpty: boolean;
  omitZero: boolean;
}

const compiled = new WeakMap<Schema, GoType>();

/** The Go type of a schema node. Compiled when first asked for, and then kept. */
export function goType(schema: Schema, index: SchemaIndex): GoType {
  const known = compiled.get(schema);
  if (known) return known;
  const type = compile(schema, index);
  compiled.set(schema, type);
  return type;
}

function compile(schema: Schema, index: SchemaIndex): GoType {
  const reference = schema.$ref ?? (schema.allOf?.length === 1 ? schema.allOf[0]!.$ref : undefined);
  if (reference !== undefined) return goType(index.resolve({ $ref: reference }), index);
  const definition = recordedName(schema);
  if (definition !== undefined) return namedType(definition, schema, index);
  return customType(schema, index);
}

function namedType(definition: string, schema: Schema, index: SchemaIndex): GoType {
  const name = definition.slice(definition.lastIndexOf(".") + 1);
  const special = SPECIAL[name];
  if (special && !schema.properties) return special;
  const written = goFields().get(definition);
  if (written === undefined) return schema.type === "object" ? emptyStruct(name) : anythingLeaf(`v1.${name}`);
  return lazyStruct(`${packageOf(definition)}.${name}`, name, () =>
    written.split(" ").map((text) => recordedField(text, schema, index)),
  );
}

const SPECIAL: Record<string, Leaf> = {
  Quantity: quantityLeaf,
  IntOrString: intOrStringLeaf,
  Time: secondsLeaf,
  MicroTime: microsecondsLeaf,
  RawExtension: anythingLeaf("runtime.RawExtension"),
  FieldsV1: anythingLeaf("v1.FieldsV1"),
  Patch: anythingLeaf("v1.Patch"),
};

const emptyStruct = (name: string): GoStruct => ({ kind: "struct", type: `v1.${name}`, name, fields: new Map() });

/** Fields are read when first asked for: definitions refer to themselves, and most are never used. */
function lazyStruct(type: string, name: string, read: () => GoField[], open = false): GoStruct {
  let fields: Map<string, GoField> | undefined;
  return {
    kind: "struct",
    type,
    name,
    open,
    get fields() {
      return (fields ??= new Map(read().map((field) => [field.name, field])));
    },
  };
}

/** `replicas?:*int32` → the field; `?` is omitempty, `!` omitzero. */
function recordedField(text: string, schema: Schema, index: SchemaIndex): GoField {
  const [, name = "", options = "", star, type = ""] = /^([^?!:]+)([?!]*):(\*?)(.+)$/.exec(text)!;
  const property = schema.properties?.[name];
  if (!property) throw new Error(`no schema for field ${name}`);
  return {
    name,
    type: fieldType(type, property, index),
    pointer: star === "*",
    omitEmpty: options.includes("?"),
    omitZero: options.includes("!"),
  };
}

/** `type` is the Go type as written; without it (the elements of named lists and maps) the plain one of the schema. */
function fieldType(type: string | undefined, schema: Schema, index: SchemaIndex): GoType {
  if (schema.items) {
    const element = type?.startsWith("[]") ? type.slice(2) : undefined;
    return { kind: "list", type: type ?? "[]", element: fieldType(element, schema.items, index) };
  }
  if (typeof schema.additionalProperties === "object") {
    const element = type && /^map\[[^\]]*\](.+)$/.exec(type)?.[1];
    return { kind: "map", type: type ?? "map", element: fieldType(element, schema.additionalProperties, index) };
  }
  switch (schema.type) {
    case "string":
      return schema.format === "byte" ? bytesLeaf(type ?? "[]uint8") : stringLeaf(type ?? "string");
    case "boolean":
      return boolLeaf(type ?? "bool");
    case "integer":
      return schema.format === "int64" ? integerLeaf(type ?? "int64", 64) : integerLeaf(type ?? "int32", 32);
    case "number":
      return floatLeaf(type ?? "float64");
    default:
      return goType(schema, index);
  }
}

/** The structural schema of a custom resource (apiextensions-apiserver/pkg/apiserver/schema/pruning). */
function customType(schema: Schema, index: SchemaIndex): GoType {
  const open = schema["x-kubernetes-preserve-unknown-fields"] === true;
  if (schema.items) return { kind: "list", type: "", element: goType(schema.items, index) };
  if (typeof schema.additionalProperties === "object") {
    return { kind: "map", type: "", element: goType(schema.additionalProperties, index) };
  }
  if (schema.type !== "object" || (open && !schema.properties)) return anythingLeaf("");
  const properties = { ...schema.properties, ...(schema["x-kubernetes-embedded-resource"] && EMBEDDED) };
  const read = () => Object.entries(properties).map(([name, property]) => customField(name, goType(property, index)));
  return lazyStruct("", "", read, open);
}

const customField = (name: string, type: GoType): GoField => ({ name, type, pointer: true, omitEmpty: true, omitZero: false });

const EMBEDDED: Record<string, Schema> = {
  apiVersion: { type: "string" },
  kind: { type: "string" },
  metadata: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
};

let fieldsData: Map<string, string> | undefined;
const goFields = () => (fieldsData ??= dataLines("go-fields.txt"));

const packageOf = (definition: string) => definition.split(".").at(-2)!;
