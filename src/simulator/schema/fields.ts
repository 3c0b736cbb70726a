import { anythingLeaf, jsonKind } from "./go-leaves.ts";
import type { GoField, GoStruct, GoType } from "./go-types.ts";
import { goType } from "./go-types.ts";
import type { Schema, SchemaIndex } from "./schema.ts";

/** What the server's decoder has to say about a body. */
export interface FieldReport {
  /**
   * Why the value cannot be decoded at all, as the decoder ranks it. The server refuses the request with the first of them, whatever
   * `fieldValidation` says: `Deployment in version "v1" cannot be handled as a Deployment: ${errors[0]}`.
   */
  errors: string[];
  /** `unknown field "spec.replcas"`, each once: in the order of the document, in custom resources by name. */
  unknown: string[];
}

/** Past this many the decoder stops collecting (sigs.k8s.io/json). */
const MOST = 100;

/** Reads a value as the server's strict decoder reads it into the Go type of the schema, and reports what does not fit. */
export function checkFields(value: unknown, schema: Schema, index: SchemaIndex): FieldReport {
  const found: Found = { errors: [], unknown: new Set() };
  const type = goType(schema, index);
  visit(value, type, { field: "", path: "" }, found);
  const unknown = [...found.unknown].slice(0, MOST);
  return {
    errors: found.abort === undefined ? found.errors : [found.abort, ...found.errors],
    unknown: isCustom(type) ? unknown.toSorted() : unknown,
  };
}

/**
 * What is left of a decoded body: a fresh copy without unknown fields, without nulls, and without the empty values that Go
 * cannot tell from nothing (`hostNetwork: false`, `env: []`). Quantities and times come out in their one spelling. The value must
 * have passed checkFields.
 */
export const pruneUnknown = <T>(value: T, schema: Schema, index: SchemaIndex): T =>
  copy(value, goType(schema, index), false) as T;

/**
 * A fresh copy of an object as the server stores and sends it: pruned as above, fields in the order of the Go struct, and with
 * what Go always writes (`resources: {}`, `status: {}`, `lastProbeTime: null`, `rules: null`: the protobuf that etcd holds does not tell
 * empty lists from none). For after defaulting and before storing.
 */
export const completeFields = <T>(value: T, schema: Schema, index: SchemaIndex): T =>
  copy(value, goType(schema, index), true) as T;

interface Found {
  errors: string[];
  /** A type's own reader failed, which ends the decoding and outdoes misfits found before. */
  abort?: string;
  unknown: Set<string>;
}

/** Where the walk is; linked, so that texts are only made for what is reported. */
interface Place {
  parent?: Place;
  /** The struct around, for the decoder's words. */
  struct?: string;
  /** The JSON field's name; empty for elements of lists and maps, which the decoder's errors do not name. */
  field: string;
  /** The step as strict errors print it: `spec`, `[0]`. */
  path: string;
}

function visit(value: unknown, type: GoType, place: Place, found: Found): void {
  if (value === null || value === undefined) return;
  switch (type.kind) {
    case "leaf": {
      const refusal = type.refuse(value);
      if (!refusal) return;
      const text = refusal.error ?? misfit(refusal.mismatch ?? "", refusal.wanted ?? type.type, place);
      if (refusal.aborts) found.abort ??= text;
      else found.errors.push(text);
      return;
    }
    case "struct": {
      if (!isObject(value)) return mismatch(value, type, place, found);
      const { fields, name, open } = type;
      for (const key of Object.keys(value)) {
        const field = fields.get(key);
        const at = { parent: place, struct: name, field: key, path: key };
        if (field) visit(value[key], field.type, at, found);
        else if (!open) found.unknown.add(`unknown field "${pathOf(at)}"`);
      }
      return;
    }
    case "map": {
      if (!isObject(value)) return mismatch(value, type, place, found);
      for (const key of Object.keys(value)) visit(value[key], type.element, { parent: place, field: "", path: key }, found);
      return;
    }
    case "list":
      if (!Array.isArray(value)) return mismatch(value, type, place, found);
      for (let i = 0; i < value.length; i++) visit(value[i], type.element, { parent: place, field: "", path: `[${i}]` }, found);
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function mismatch(value: unknown, type: GoType, place: Place, found: Found): void {
  if (!isCustom(type)) found.errors.push(misfit(jsonKind(value), type.type, place));
}

const isCustom = (type: GoType): boolean => type.type === "";

function misfit(value: string, type: string, place: Place): string {
  let struct = "";
  const fields: string[] = [];
  for (let at: Place | undefined = place; at; at = at.parent) {
    struct ||= at.struct ?? "";
    if (at.field) fields.unshift(at.field);
  }
  return fields.length
    ? `json: cannot unmarshal ${value} into Go struct field ${struct}.${fields.join(".")} of type ${type}`
    : `json: cannot unmarshal ${value} into Go value of type ${type}`;
}

function pathOf(place: Place): string {
  const steps: string[] = [];
  for (let at: Place | undefined = place; at?.path; at = at.parent) steps.unshift(at.path);
  return steps.reduce((path, step) => (path && !step.startsWith("[") ? `${path}.${step}` : path + step), "");
}

function copy(value: unknown, type: GoType, complete: boolean): unknown {
  if (isCustom(type) && !fits(value, type)) return value;
  switch (type.kind) {
    case "leaf":
      return value === null ? type.zero : type.clean(value);
    case "struct":
      if (isCustom(type)) return customFields(value as Record<string, unknown>, type, complete);
      return complete ? wholeStruct(value, type.fields) : givenFields(value, type.fields);
    case "map": {
      const result: Record<string, unknown> = {};
      const keys = Object.keys(value ?? {});
      for (const key of complete ? keys.sort() : keys) result[key] = copy((value as typeof result)[key], type.element, complete);
      return result;
    }
    case "list":
      return ((value ?? []) as unknown[]).map((element) => copy(element, type.element, complete));
  }
}

function givenFields(value: unknown, fields: ReadonlyMap<string, GoField>): Record<string, unknown> {
  const source = (value ?? {}) as Record<string, unknown>;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(source)) {
    const field = fields.get(key);
    const given = source[key];
    if (!field || given === null || given === undefined) continue;
    const kept = copy(given, field.type, false);
    if (!isOmitted(kept, field)) result[key] = kept;
  }
  return result;
}

function wholeStruct(value: unknown, fields: ReadonlyMap<string, GoField>): Record<string, unknown> {
  const source = (value ?? {}) as Record<string, unknown>;
  const result: Record<string, unknown> = {};
  for (const [key, field] of fields) {
    const given = source[key];
    const kept = given === null || given === undefined ? absent(field) : copy(given, field.type, true);
    if (kept === undefined || isOmitted(kept, field)) continue;
    result[key] = Array.isArray(kept) && kept.length === 0 && field.type.kind === "list" ? null : kept;
  }
  return result;
}

/** Custom resources are maps to the server: nulls stay, and fields go by name. */
function customFields(value: Record<string, unknown>, { fields, open }: GoStruct, complete: boolean): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  const keys = Object.keys(value);
  for (const key of complete ? keys.sort() : keys) {
    const field = fields.get(key);
    if (field) result[key] = copy(value[key], field.type, complete);
    else if (open) result[key] = copy(value[key], ANYTHING, complete);
  }
  return result;
}

const ANYTHING = anythingLeaf("");

/** In custom resources a value may have another shape than its schema says: that is for validation to refuse. */
const fits = (value: unknown, { kind }: GoType): boolean =>
  kind === "leaf" || (kind === "list" ? Array.isArray(value) : isObject(value));

/** What Go writes for a field that nobody set; undefined for nothing. */
function absent({ type, pointer, omitEmpty, omitZero }: GoField): unknown {
  if (omitZero) return undefined;
  const isStruct = type.kind === "struct" || (type.kind === "leaf" && type.struct);
  if (omitEmpty && (pointer || !isStruct)) return undefined;
  if (pointer || type.kind === "list" || type.kind === "map") return null;
  return type.kind === "struct" ? wholeStruct(undefined, type.fields) : type.zero;
}

/** Go's `omitempty`: false, 0, "" and empty lists and maps, but never what a pointer holds. */
function isOmitted(value: unknown, { type, pointer, omitEmpty, omitZero }: GoField): boolean {
  if (!omitEmpty || pointer) return false;
  switch (type.kind) {
    case "list":
      return (value as unknown[] | null)?.length === 0;
    case "map":
      return isEmpty(value as object);
    case "leaf":
      return type.struct ? omitZero && value === null : value === type.zero;
    default:
      return false;
  }
}

function isEmpty(value: object): boolean {
  for (const _ in value) return false;
  return true;
}
