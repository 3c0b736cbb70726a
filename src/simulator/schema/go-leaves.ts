import type { TimeLayout } from "./go-times.ts";
import { normaliseTime, timeError } from "./go-times.ts";
import { canonicalQuantity, QuantityError } from "./quantity.ts";

/**
 * A value that Go reads and writes whole: a scalar, or a type with its own JSON methods.
 */
export interface Leaf {
  kind: "leaf";
  /** As reflection prints the type; what `cannot unmarshal … of type` ends with. */
  type: string;
  /** What the decoder has against a value other than null. */
  refuse(value: unknown): Refusal | undefined;
  /** The value as it comes out again. Never given null, nor what was refused. */
  clean(value: unknown): unknown;
  /** What comes out when nothing was set and the field is written nevertheless. */
  zero: unknown;
  /** Structs in Go are never empty to `omitempty`, strings and numbers are. */
  struct?: true;
}

interface Refusal {
  /** What the value is called in `cannot unmarshal … into`: `string`, `number 1.5`. */
  mismatch?: string;
  /** The type wanted, where it is not the leaf's own. */
  wanted?: string;
  /** A message of another kind. */
  error?: string;
  /** Decoding ends here, because the type reads its own JSON. */
  aborts?: true;
}

const same = (value: unknown) => value;

/** What Go calls a JSON value. */
export const jsonKind = (value: unknown): string =>
  Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;

const scalar = (type: string, wanted: "string" | "boolean", zero: unknown): Leaf => ({
  kind: "leaf",
  type,
  refuse: (value) => (typeof value === wanted ? undefined : { mismatch: jsonKind(value) }),
  clean: same,
  zero,
});

export const stringLeaf = (type: string): Leaf => scalar(type, "string", "");
export const boolLeaf = (type: string): Leaf => scalar(type, "boolean", false);

export const integerLeaf = (type: string, bits: 32 | 64): Leaf => ({
  kind: "leaf",
  type,
  refuse(value) {
    if (typeof value !== "number") return { mismatch: jsonKind(value) };
    const limit = 2 ** (bits - 1);
    return Number.isInteger(value) && value >= -limit && value < limit ? undefined : { mismatch: `number ${value}` };
  },
  clean: same,
  zero: 0,
});

export const floatLeaf = (type: string): Leaf => ({
  kind: "leaf",
  type,
  refuse: (value) => (typeof value === "number" ? undefined : { mismatch: jsonKind(value) }),
  clean: same,
  zero: 0,
});

/** Bytes in base64; Go skips line breaks when it reads them. */
export const bytesLeaf = (type: string): Leaf => ({
  kind: "leaf",
  type,
  refuse(value) {
    if (typeof value !== "string") return { mismatch: jsonKind(value) };
    const at = illegalBase64(value);
    return at === undefined ? undefined : { error: `illegal base64 data at input byte ${at}` };
  },
  clean: (value) => Buffer.from(value as string, "base64").toString("base64"),
  zero: "",
});

/** Types that keep their JSON as it came: RawExtension, FieldsV1, JSON. */
export const anythingLeaf = (type: string): Leaf => ({
  kind: "leaf",
  type,
  refuse: () => undefined,
  clean: (value) => (value !== null && typeof value === "object" ? (JSON.parse(JSON.stringify(value)) as unknown) : value),
  zero: null,
  struct: true,
});

export const quantityLeaf: Leaf = {
  kind: "leaf",
  type: "resource.Quantity",
  refuse(value) {
    try {
      canonicalQuantity(quantityText(value));
      return undefined;
    } catch (error) {
      if (error instanceof QuantityError) return { error: error.message, aborts: true };
      throw error;
    }
  },
  clean: (value) => canonicalQuantity(quantityText(value)),
  zero: "0",
  struct: true,
};

const quantityText = (value: unknown) => (typeof value === "string" ? value.trim() : JSON.stringify(value));

const int32 = integerLeaf("int32", 32);

export const intOrStringLeaf: Leaf = {
  kind: "leaf",
  type: "intstr.IntOrString",
  refuse(value) {
    if (typeof value === "string") return undefined;
    const refusal = int32.refuse(value);
    return refusal && { ...refusal, wanted: "int32", aborts: true };
  },
  clean: same,
  zero: 0,
  struct: true,
};

const timeLeaf = (type: string, layout: TimeLayout): Leaf => ({
  kind: "leaf",
  type,
  refuse(value) {
    if (typeof value !== "string") return { mismatch: jsonKind(value), wanted: "string", aborts: true };
    const error = timeError(value, layout);
    return error === undefined ? undefined : { error, aborts: true };
  },
  clean: (value) => normaliseTime(value as string, layout),
  zero: null,
  struct: true,
});

export const secondsLeaf: Leaf = timeLeaf("v1.Time", "seconds");
export const microsecondsLeaf: Leaf = timeLeaf("v1.MicroTime", "microseconds");

/** Where Go's base64.StdEncoding gives up: offset in bytes; undefined when it does not. */
function illegalBase64(text: string): number | undefined {
  let digits = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === "\n" || char === "\r") continue;
    if (/[A-Za-z0-9+/]/.test(char)) {
      digits++;
      continue;
    }
    if (char !== "=") return at;
    const position = digits % 4;
    if (position < 2) return at;
    return illegalPadding(text, at, position);
  }
  return digits % 4 ? text.length - (digits % 4) : undefined;
}

function illegalPadding(text: string, at: number, position: number): number | undefined {
  let next = skipBreaks(text, at + 1);
  if (position === 2) {
    if (next === text.length) return text.length;
    if (text[next] !== "=") return next - 1;
    next = skipBreaks(text, next + 1);
  }
  return next < text.length ? next : undefined;
}

function skipBreaks(text: string, at: number): number {
  while (text[at] === "\n" || text[at] === "\r") at++;
  return at;
}
