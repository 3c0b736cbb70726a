import type { ValueSchema } from "./definition.ts";

type JsonMap = Record<string, unknown>;

/**
 * Fills in the defaults of a structural schema, in place (apiextensions-apiserver pkg/apiserver/schema/defaulting). A null that
 * the schema does not allow counts as absent where there is a default.
 */
export function applyDefaults(value: unknown, schema: ValueSchema): void {
  if (Array.isArray(value)) {
    if (schema.items) for (const item of value) applyDefaults(item, schema.items);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  const map = value as JsonMap;
  const { properties = {}, additionalProperties } = schema;
  for (const [name, property] of Object.entries(properties)) {
    const isAbsent = map[name] === undefined || (map[name] === null && !property.nullable);
    if (isAbsent && property.default !== undefined) map[name] = structuredClone(property.default);
    applyDefaults(map[name], property);
  }
  if (typeof additionalProperties !== "object") return;
  for (const name of Object.keys(map)) if (!Object.hasOwn(properties, name)) applyDefaults(map[name], additionalProperties);
}

/** Whether a schema holds a default anywhere. */
export const hasDefaults = (schema: ValueSchema): boolean =>
  schema.default !== undefined || below(schema).some((part) => hasDefaults(part));

/** The schemas right below one. */
export const below = ({ properties = {}, items, additionalProperties }: ValueSchema): ValueSchema[] => [
  ...Object.values(properties),
  ...(items ? [items] : []),
  ...(typeof additionalProperties === "object" ? [additionalProperties] : []),
];
