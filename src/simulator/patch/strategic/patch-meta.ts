import type { Schema, SchemaIndex } from "../../schema/schema.ts";
import { plainError } from "../patch-errors.ts";

/** How a patch treats one field. */
interface PatchMeta {
  /** `merge`, `replace`, or empty: maps are merged and lists replaced. */
  strategy: string;
  mergeKey: string;
  /** What is in the field: of a list its items. */
  inside: PatchNode;
}

/** A place in the schema during a merge. */
export interface PatchNode {
  /** The Go kind, for messages. */
  kind: "struct" | "map";
  /** Throws what upstream says of a field that is not there (forked json LookupPatchMetadataForStruct). */
  field(key: string): PatchMeta;
}

export function patchNode(schema: Schema, index: SchemaIndex): PatchNode {
  const properties = index.resolve(schema).properties;
  return {
    kind: properties ? "struct" : "map",
    field(key) {
      const property = properties?.[key];
      if (!property) throw plainError(noSuchField(schema, properties !== undefined, key));
      const field = index.resolve(property);
      // retainKeys is spoken for by the directive of that name in the patch itself.
      const strategy = field["x-kubernetes-patch-strategy"]?.split(",").find((one) => one !== "retainKeys") ?? "";
      const mergeKey = field["x-kubernetes-patch-merge-key"] ?? "";
      return { strategy, mergeKey, inside: patchNode(field.items ?? property, index) };
    },
  };
}

const noSuchField = (schema: Schema, isStruct: boolean, key: string): string =>
  isStruct
    ? `unable to find api field in struct ${structName(schema)} for the json field ${JSON.stringify(key)}`
    : "merging an object in json but data type is not struct, instead is: map";

const structName = (schema: Schema): string => {
  const reference = schema.$ref ?? schema.allOf?.[0]?.$ref ?? "";
  return reference.slice(reference.lastIndexOf(".") + 1);
};
