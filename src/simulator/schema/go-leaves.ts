import { timestamp, microTimestamp } from "../api/object.ts";
import { parseQuantity, formatQuantity, QuantityError } from "./quantity.ts";

/**
 * A value that Go reads and writes whole: a scalar, or a type with its own JSON methods.
 */
export interface Leaf {
  kind: "leaf";
  /** As reflection prints the type; what `cannot unmarshal … of type` ends with. */
  type: string;
  /**
   * What the decoder has against a value other than null: `mismatch` is what it calls the value (`string`, `number 1.5`),
   * `error` is a message of the type's own.
   */
  refuse(value: unknown): Refusal | undefined;
  /** The value as it comes out again. Never given null, nor what was refused. */
  clean(value: unknown): unknown;
  /** What comes out when nothing was set and the field is written nevertheless. */
  zero: unknown;
  /** Structs in Go are never empty to `omitempty`, strings and numbers are. */
  struct?: true;
}

export type Refusal = { mismatch: string } | { error: string };

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
      parseQuantity(quantityText(value));
      return undefined;
    } catch (error) {
      if (error instanceof QuantityError) return { error: error.message };
      throw error;
    }
  },
  clean: (value) => formatQuantity(parseQuantity(quantityText(value))),
  zero: "0",
  struct: true,
};

const quantityText = (value: unknown) => (typeof value === "string" ? value.trim() : JSON.stringify(value));

export const intOrStringLeaf: Leaf = {
  kind: "leaf",
  type: "intstr.IntOrString",
  refuse(value) {
    if (typeof value === "string") return undefined;
    const refusal = integerLeaf("int32", 32).refuse(value);
    return refusal && outOfContext(refusal, "int32");
  },
  clean: same,
  zero: 0,
  struct: true,
};

const timeLeaf = (type: string, layout: string, pattern: RegExp, print: (ms: number) => string): Leaf => ({
  kind: "leaf",
  type,
  refuse(value) {
    if (typeof value !== "string") return outOfContext({ mismatch: jsonKind(value) }, "string");
    if (pattern.test(value) && !Number.isNaN(Date.parse(value))) return undefined;
    return { error: timeError(value, layout) };
  },
  clean: (value) => print(Date.parse(value as string)),
  zero: null,
  struct: true,
});

export const secondsLeaf: Leaf = timeLeaf(
  "v1.Time",
  "2006-01-02T15:04:05Z07:00",
  /^\d{4}-\d\d-\d\dT\d\d?:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:\d\d)$/,
  timestamp,
);

export const microsecondsLeaf: Leaf = {
  ...timeLeaf(
    "v1.MicroTime",
    "2006-01-02T15:04:05.000000Z07:00",
    /^\d{4}-\d\d-\d\dT\d\d?:\d\d:\d\d[.,]\d{6}(Z|[+-]\d\d:\d\d)$/,
    microTimestamp,
  ),
  clean: (value) => microseconds(value as string),
};

/** JavaScript's dates end at milliseconds; the digits behind are carried over. */
function microseconds(text: string): string {
  const digits = /[.,](\d{6})/.exec(text)?.[1] ?? "000000";
  return `${timestamp(Date.parse(text)).slice(0, -1)}.${digits}Z`;
}

/** An error of a type that calls the decoder anew, which then knows nothing of the field around it. */
const outOfContext = (refusal: Refusal, type: string): Refusal =>
  "error" in refusal ? refusal : { error: `json: cannot unmarshal ${refusal.mismatch} into Go value of type ${type}` };

/** Go's time.Parse says which part of the layout did not fit what was left of the text. */
function timeError(text: string, layout: string): string {
  const parts: [name: string, pattern: RegExp][] = [
    ["2006", /^\d{4}/],
    ["-", /^-/],
    ["01", /^\d\d/],
    ["-", /^-/],
    ["02", /^\d\d/],
    ["T", /^T/],
    ["15", /^\d\d?/],
    [":", /^:/],
    ["04", /^\d\d/],
    [":", /^:/],
    ["05", /^\d\d/],
    ...(layout.includes(".") ? [[".000000", /^[.,]\d{6}/] as [string, RegExp]] : []),
    ["Z07:00", layout.includes(".") ? /^(Z|[+-]\d\d:\d\d)/ : /^([.,]\d+)?(Z|[+-]\d\d:\d\d)/],
  ];
  let rest = text;
  for (const [name, pattern] of parts) {
    const match = pattern.exec(rest);
    if (!match) return `parsing time ${quoted(text)} as ${quoted(layout)}: cannot parse ${quoted(rest)} as ${quoted(name)}`;
    rest = rest.slice(match[0].length);
  }
  if (rest) return `parsing time ${quoted(text)}: extra text: ${quoted(rest)}`;
  const [, month, day, hour, minute] = /^\d+-(\d+)-(\d+)T(\d+):(\d+)/.exec(text)!.map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const range =
    month < 1 || month > 12 ? "month" : hour > 23 ? "hour" : minute > 59 ? "minute" : day > 31 || day < 1 ? "day" : "second";
  return `parsing time ${quoted(text)}: ${range} out of range`;
}

const quoted = (text: string) => JSON.stringify(text);

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
