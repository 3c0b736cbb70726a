import { isDeepStrictEqual } from "node:util";
import { fieldError, type FieldError } from "../api/status-error.ts";
import type { ValueSchema } from "./definition.ts";
import { FORMATS } from "./formats.ts";

type JsonMap = Record<string, unknown>;

/**
 * Measures a value by its schema (apiextensions-apiserver pkg/apiserver/validation, with the texts of kube-openapi
 * pkg/validation). `path` is the field's name in messages: "" for the whole object, `spec.color`. Rules in CEL are not evaluated.
 */
export function validateValue(value: unknown, schema: ValueSchema, path = ""): FieldError[] {
  if (value === undefined || (value === null && schema.nullable)) return [];
  const wrongType = typeProblem(value, schema, path);
  if (wrongType) return [wrongType];
  return [
    ...combinations(value, schema, path),
    ...(typeof value === "string" ? ofString(value, schema, path) : []),
    ...(typeof value === "number" ? ofNumber(value, schema, path) : []),
    ...(schema.enum && !schema.enum.some((one) => isDeepStrictEqual(one, value)) ? [notInEnum(value, schema.enum, path)] : []),
    ...(Array.isArray(value) ? ofList(value, schema, path) : isMap(value) ? ofMap(value, schema, path) : []),
  ];
}

const isMap = (value: unknown): value is JsonMap => typeof value === "object" && value !== null && !Array.isArray(value);

const invalid = (path: string, value: unknown, why: string) => fieldError.invalid(path, value, `${path} in body ${why}`);

function typeProblem(value: unknown, schema: ValueSchema, path: string): FieldError | undefined {
  if (schema["x-kubernetes-int-or-string"]) {
    if (typeof value === "string" || Number.isInteger(value)) return undefined;
    return wrongType(path, value, "integer,string");
  }
  const { type } = schema;
  if (!type || type === jsonType(value) || (type === "number" && typeof value === "number")) return undefined;
  return wrongType(path, value, type);
}

const wrongType = (path: string, value: unknown, wanted: string) =>
  fieldError.typeInvalid(path, jsonType(value), `${path} in body must be of type ${wanted}: "${jsonType(value)}"`);

function jsonType(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function notInEnum(value: unknown, allowed: readonly unknown[], path: string): FieldError {
  const texts = allowed.map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
  return fieldError.notSupported(path, value, texts);
}

/** Upstream names no field for these. */
const NO_FIELD = "<nil>";

function combinations(value: unknown, { allOf = [], anyOf = [], oneOf = [], not }: ValueSchema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const subject = JSON.stringify(path);
  const refuse = (why: string) => errors.push(fieldError.invalid(NO_FIELD, "", `${subject} must ${why}`));
  const results = (branches: ValueSchema[]) => branches.map((branch) => validateValue(value, branch, path));
  const any = results(anyOf);
  if (any.length > 0 && !any.some((found) => found.length === 0)) {
    refuse("validate at least one schema (anyOf)");
    errors.push(...(any[0] ?? []));
  }
  const one = results(oneOf);
  const fitting = one.filter((found) => found.length === 0).length;
  if (one.length > 0 && fitting !== 1) {
    refuse(
      `validate one and only one schema (oneOf). ${fitting === 0 ? "Found none valid" : `Found ${fitting} valid alternatives`}`,
    );
    if (fitting === 0) errors.push(...(one[0] ?? []));
  }
  const all = results(allOf);
  if (all.some((found) => found.length > 0)) {
    errors.push(...all.flat());
    refuse(`validate all the schemas (allOf)${all.every((found) => found.length > 0) ? ". None validated" : ""}`);
  }
  if (not && validateValue(value, not, path).length === 0) refuse("not validate the schema (not)");
  return errors;
}

function ofString(value: string, schema: ValueSchema, path: string): FieldError[] {
  const { minLength, maxLength, pattern, format } = schema;
  const { length } = [...value];
  const fits = format === undefined ? undefined : FORMATS[format];
  return [
    ...(maxLength !== undefined && length > maxLength ? [fieldError.tooLong(path, maxLength)] : []),
    ...(minLength !== undefined && length < minLength
      ? [invalid(path, value, `should be at least ${minLength} chars long`)]
      : []),
    ...(pattern !== undefined && !matches(pattern, value) ? [invalid(path, value, `should match '${pattern}'`)] : []),
    ...(fits && !fits(value) ? [invalid(path, value, `must be of type ${format}: ${JSON.stringify(value)}`)] : []),
  ];
}

/** Go's patterns are nearly JavaScript's; one that is not cannot be judged and passes. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern.replace(/^\(\?i\)/, ""), pattern.startsWith("(?i)") ? "iu" : "u").test(value);
  } catch {
    return true;
  }
}

const LIMITS: Readonly<Record<string, readonly [number, number]>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
};

function ofNumber(value: number, schema: ValueSchema, path: string): FieldError[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, format = "", type } = schema;
  const refuse = (is: boolean, why: string) => (is ? [invalid(path, value, why)] : []);
  const [least, most] = LIMITS[format] ?? [-Infinity, Infinity];
  return [
    ...refuse(multipleOf !== undefined && value % multipleOf !== 0, `should be a multiple of ${multipleOf}`),
    ...refuse(
      maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum),
      `should be less than ${exclusiveMaximum ? "" : "or equal to "}${maximum}`,
    ),
    ...refuse(
      minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum),
      `should be greater than ${exclusiveMinimum ? "" : "or equal to "}${minimum}`,
    ),
    ...refuse(value < least || value > most, `Checked value must be of type ${type} with format ${format}`),
  ];
}

function ofList(value: readonly unknown[], schema: ValueSchema, path: string): FieldError[] {
  const { minItems, maxItems, items } = schema;
  return [
    ...(items ? value.flatMap((item, at) => validateValue(item, items, `${path}[${at}]`)) : []),
    ...(minItems !== undefined && value.length < minItems
      ? [invalid(path, value.length, `should have at least ${minItems} items`)]
      : []),
    ...(maxItems !== undefined && value.length > maxItems ? [fieldError.tooMany(path, value.length, maxItems)] : []),
    ...duplicates(value, schema, path),
  ];
}

/** Lists that are sets or maps (pkg/apiserver/schema/listtype). */
function duplicates(value: readonly unknown[], schema: ValueSchema, path: string): FieldError[] {
  const kind = schema["x-kubernetes-list-type"];
  if (kind !== "set" && kind !== "map") return [];
  const names = schema["x-kubernetes-list-map-keys"] ?? [];
  const properties = schema.items?.properties ?? {};
  const keyOf = (item: unknown) =>
    kind === "set" || !isMap(item)
      ? item
      : Object.fromEntries(names.flatMap((name) => (name in item ? [[name, item[name] ?? properties[name]?.default]] : [])));
  const keys = value.map(keyOf);
  return keys.flatMap((key, at) =>
    keys.findIndex((other) => isDeepStrictEqual(other, key)) < at ? [fieldError.duplicate(`${path}[${at}]`, key)] : [],
  );
}

function ofMap(value: JsonMap, schema: ValueSchema, path: string): FieldError[] {
  const { minProperties, maxProperties, required = [], properties = {}, additionalProperties } = schema;
  const count = Object.keys(value).length;
  const child = (name: string) => (path ? `${path}.${name}` : name);
  const others = typeof additionalProperties === "object" ? additionalProperties : undefined;
  return [
    ...(minProperties !== undefined && count < minProperties
      ? [invalid(path, count, `should have at least ${minProperties} properties`)]
      : []),
    ...(maxProperties !== undefined && count > maxProperties ? [fieldError.tooMany(path, count, maxProperties)] : []),
    ...Object.keys(value).flatMap((name) =>
      others && !Object.hasOwn(properties, name) ? validateValue(value[name], others, child(name)) : [],
    ),
    ...required.filter((name) => value[name] === undefined).map((name) => fieldError.required(child(name))),
    ...Object.entries(properties).flatMap(([name, property]) => validateValue(value[name], property, child(name))),
  ];
}
