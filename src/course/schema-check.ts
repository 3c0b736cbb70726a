import { nearestOf } from "./nearest.ts";
import type { YamlPath } from "./yaml-source.ts";

/** The part of JSON Schema that the course's schemas are written in; another keyword is an error of the schema. */
export interface JsonSchema {
  $ref?: string;
  $defs?: Readonly<Record<string, JsonSchema>>;
  type?: TypeName | readonly TypeName[];
  const?: unknown;
  enum?: readonly unknown[];
  pattern?: string;
  minLength?: number;
  minimum?: number;
  items?: JsonSchema;
  minItems?: number;
  properties?: Readonly<Record<string, JsonSchema>>;
  required?: readonly string[];
  additionalProperties?: boolean | JsonSchema;
  propertyNames?: JsonSchema;
  minProperties?: number;
  maxProperties?: number;
  anyOf?: readonly JsonSchema[];
  /** Words for the author, in place of `pattern`'s own. */
  $comment?: string;
  $schema?: string;
  $id?: string;
  title?: string;
  description?: string;
  default?: unknown;
}

type TypeName = "string" | "number" | "integer" | "boolean" | "object" | "array" | "null";

export interface SchemaFault {
  path: YamlPath;
  what: string;
}

/** All faults of a value, in the words of somebody who knows the field names. */
export function checkAgainst(root: JsonSchema, value: unknown): SchemaFault[] {
  const faults: SchemaFault[] = [];
  check(root, value, [], { root, faults });
  return faults;
}

interface Checking {
  root: JsonSchema;
  faults: SchemaFault[];
}

function check(given: JsonSchema, value: unknown, path: YamlPath, checking: Checking): void {
  const schema = resolve(given, checking.root);
  const say = (what: string, at: YamlPath = path): void => void checking.faults.push({ path: at, what });
  if (schema.anyOf) {
    const fitting = schema.anyOf.map((one) => resolve(one, checking.root)).find((one) => hasType(one, value));
    if (fitting) return check(fitting, value, path, checking);
    return say(`${name(path)} must be ${schema.anyOf.map((one) => typeWords(resolve(one, checking.root))).join(" or ")}`);
  }
  if (!hasType(schema, value)) return say(`${name(path)} must be ${typeWords(schema)}, not ${describe(value)}`);
  if (schema.const !== undefined && value !== schema.const) say(`${name(path)} must be ${JSON.stringify(schema.const)}`);
  if (schema.enum && !schema.enum.includes(value))
    say(`${name(path)} must be one of ${schema.enum.join(", ")}, not ${describe(value)}`);
  if (typeof value === "string") checkString(schema, value, path, say);
  if (typeof value === "number" && schema.minimum !== undefined && value < schema.minimum)
    say(`${name(path)} must be at least ${schema.minimum}`);
  if (Array.isArray(value)) {
    if (value.length < (schema.minItems ?? 0)) say(`${name(path)} needs at least ${schema.minItems} items`);
    if (schema.items) value.forEach((item, index) => check(schema.items!, item, [...path, index], checking));
  } else if (isObject(value)) checkObject(schema, value, path, checking, say);
}

function checkString(schema: JsonSchema, value: string, path: YamlPath, say: (what: string) => void): void {
  if (value.length < (schema.minLength ?? 0)) say(`${name(path)} must not be empty`);
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, "u").test(value))
    say(`${name(path)} is "${value}": ${schema.$comment ?? `it must match ${schema.pattern}`}`);
}

function checkObject(
  schema: JsonSchema,
  value: Readonly<Record<string, unknown>>,
  path: YamlPath,
  checking: Checking,
  say: (what: string, at?: YamlPath) => void,
): void {
  const known = schema.properties ?? {};
  for (const required of schema.required ?? []) if (!Object.hasOwn(value, required)) say(`${name(path)} lacks ${required}`);
  const size = Object.keys(value).length;
  if (size < (schema.minProperties ?? 0)) say(`${name(path)} must have one of ${Object.keys(known).join(", ")}`);
  if (size > (schema.maxProperties ?? Infinity)) say(`${name(path)} must have only one of ${Object.keys(known).join(", ")}`);
  for (const [field, member] of Object.entries(value)) {
    const at = [...path, field];
    if (schema.propertyNames) check(schema.propertyNames, field, at, checking);
    if (Object.hasOwn(known, field)) check(known[field]!, member, at, checking);
    else if (schema.additionalProperties === false) say(unknownField(field, path, Object.keys(known)), at);
    else if (typeof schema.additionalProperties === "object") check(schema.additionalProperties, member, at, checking);
  }
}

function unknownField(field: string, path: YamlPath, known: readonly string[]): string {
  const near = nearestOf(field, known, 1)[0];
  return `${name(path)} knows no "${field}"${near ? `; did you mean "${near}"?` : ""}`;
}

function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  if (schema.$ref === undefined) return schema;
  const found = root.$defs?.[schema.$ref.replace("#/$defs/", "")];
  if (!found) throw new Error(`the schema has no ${schema.$ref}`);
  return resolve(found, root);
}

function hasType({ type }: JsonSchema, value: unknown): boolean {
  if (type === undefined) return true;
  return (Array.isArray(type) ? type : [type]).some((one) => {
    if (one === "null") return value === null;
    if (one === "array") return Array.isArray(value);
    if (one === "object") return isObject(value);
    if (one === "integer") return Number.isInteger(value);
    return typeof value === one;
  });
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const name = (path: YamlPath): string =>
  path.length
    ? path
        .map((part) => (typeof part === "number" ? `[${part}]` : part))
        .join(".")
        .replaceAll(".[", "[")
    : "the file";

function typeWords({ type }: JsonSchema): string {
  const words = { object: "a mapping", array: "a list", string: "text", number: "a number", integer: "a whole number" };
  const one = (each: TypeName): string => ({ ...words, boolean: "true or false", null: "empty" })[each];
  return type === undefined ? "anything" : (Array.isArray(type) ? type : [type as TypeName]).map(one).join(" or ");
}

function describe(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a mapping" : JSON.stringify(value);
}
