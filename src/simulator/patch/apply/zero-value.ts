import type { KubeObject } from "../../api/object.ts";
import type { Schema, SchemaIndex } from "../../schema/schema.ts";
import type { JsonMap } from "../json-value.ts";
import { isMap } from "../json-value.ts";

const zeros = new WeakMap<Schema, JsonMap>();

/**
 * What an empty Go object of a kind is as JSON: structs that are no pointers are there, and so are required lists, as null.
 * A created object is compared with it, which is why nobody owns `spec` itself. OpenAPI shows such structs by a default
 * of `{}`. Custom resources are no Go structs: without that default on `metadata` there is nothing.
 */
export function zeroValue(schema: Schema, index: SchemaIndex): KubeObject {
  let zero = zeros.get(schema);
  if (!zero) {
    const metadata = index.resolve(schema).properties?.metadata;
    zeros.set(schema, (zero = isMap(metadata?.default) ? zeroStruct(schema, index) : {}));
  }
  return zero as unknown as KubeObject;
}

function zeroStruct(schema: Schema, index: SchemaIndex): JsonMap {
  const { properties = {}, required = [] } = index.resolve(schema);
  const zero: JsonMap = {};
  for (const [name, property] of Object.entries(properties)) {
    const initial = property.default;
    if (isMap(initial)) zero[name] = zeroStruct(property, index);
    else if (initial === "" || initial === 0 || initial === false) zero[name] = initial;
    else if (initial === undefined && required.includes(name)) zero[name] = null;
  }
  return zero;
}
