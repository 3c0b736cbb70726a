import { fieldError, type FieldError } from "../api/status-error.ts";
import type { NameCheck } from "./names.ts";

/** An Invalid for each text. */
export const invalidAll = (field: string, value: unknown, texts: readonly string[]): FieldError[] =>
  texts.map((text) => fieldError.invalid(field, value, text));

/** The value under a name check; nothing when there is no value. */
export const checkName = (field: string, value: string | undefined, check: NameCheck): FieldError[] =>
  value ? invalidAll(field, value, check(value)) : [];

/** As checkName, but the value has to be there. */
export const requireName = (field: string, value: string | undefined, check: NameCheck): FieldError[] =>
  value ? invalidAll(field, value, check(value)) : [fieldError.required(field)];

export const requireValue = (field: string, value: unknown, why = ""): FieldError[] =>
  value === undefined || value === null || value === "" || value === 0 ? [fieldError.required(field, why)] : [];

export const nonNegative = (field: string, value: number | undefined): FieldError[] =>
  value !== undefined && value < 0 ? [fieldError.invalid(field, value, "must be greater than or equal to 0")] : [];

export const positive = (field: string, value: number | undefined): FieldError[] =>
  value !== undefined && value <= 0 ? [fieldError.invalid(field, value, "must be greater than zero")] : [];

/** One of `supported`, listed in the message in the order given. */
export const oneOf = (field: string, value: string | undefined, supported: readonly string[]): FieldError[] => {
  if (!value) return [fieldError.required(field)];
  return supported.includes(value) ? [] : [fieldError.notSupported(field, value, supported)];
};

/** As oneOf, but the field may be left out. */
export const optionalOneOf = (field: string, value: string | undefined, supported: readonly string[]): FieldError[] =>
  value === undefined ? [] : oneOf(field, value, supported);

export const immutable = (field: string, value: unknown, old: unknown): FieldError[] =>
  same(value, old) ? [] : [fieldError.invalid(field, value, "field is immutable")];

/** Equal as the API server sees it (apiequality.Semantic): what is absent, null, or an empty list or map is the same. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (isEmpty(a) || isEmpty(b)) return isEmpty(a) && isEmpty(b);
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((one, index) => same(one, b[index]));
  if (typeof a !== "object" || typeof b !== "object" || Array.isArray(b)) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) => same(left[key], right[key]));
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === "" ||
  value === 0 ||
  value === false ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === "object" && !Array.isArray(value) && Object.keys(value).length === 0);
