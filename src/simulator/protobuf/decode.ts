import { microTimestamp, timestamp } from "../api/object.ts";
import { StatusError } from "../api/status-error.ts";
import { kindType } from "./go-types.ts";
import type { GoField, GoType, Special } from "./go-types.ts";
import { readFields, readVarints } from "./wire.ts";
import type { WireField } from "./wire.ts";

type Json = Record<string, unknown>;

/** What stands before every body of type application/vnd.kubernetes.protobuf: `k8s` and a zero byte. */
export const PROTOBUF_MAGIC = Uint8Array.of(0x6b, 0x38, 0x73, 0);

/**
 * The object in a body of type application/vnd.kubernetes.protobuf, as a client would have written it in JSON; zero values that JSON
 * leaves out, empty structs and unset times are absent, so that defaults find them missing. `expected` is the kind that the URL
 * asks for, for messages. Throws a 400 StatusError (apimachinery pkg/runtime/serializer/protobuf, apiserver's transformDecodeError).
 */
export function decodeKubernetesProtobuf(
  body: Uint8Array,
  expected?: string,
): { apiVersion: string; kind: string; object: Json } {
  const refuse = (why: string, apiVersion = "", kind = expected ?? "object") => {
    if (apiVersion) {
      const version = apiVersion.split("/").at(-1);
      return StatusError.badRequest(`${kind} in version "${version}" cannot be handled as a ${expected ?? kind}: ${why}`);
    }
    const summary = `${Buffer.from(body.subarray(0, 30)).toString("hex")}${body.length > 30 ? " ..." : ""}`;
    const message = `the object provided is unrecognized (must be of type ${kind}): ${why} (${summary || "<empty>"})`;
    return StatusError.badRequest(message);
  };
  if (body.length === 0) throw refuse("empty data");
  if (!PROTOBUF_MAGIC.every((byte, index) => body[index] === byte)) {
    throw refuse("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
  }
  if (body.length === PROTOBUF_MAGIC.length) throw refuse("empty body");

  let apiVersion = "";
  let kind = "";
  try {
    const envelope = new Map<number, Uint8Array>();
    for (const { number, value } of readFields(body.subarray(PROTOBUF_MAGIC.length))) envelope.set(number, bytesOf(value));
    for (const { number, value } of readFields(envelope.get(1) ?? new Uint8Array())) {
      if (number === 1) apiVersion = textOf(value);
      if (number === 2) kind = textOf(value);
    }
    const typeMeta = `runtime.TypeMeta{APIVersion:"${apiVersion}", Kind:"${kind}"}`;
    if (!kind) throw new RangeError(`Object 'Kind' is missing in '${typeMeta}'`);
    if (!apiVersion) throw new RangeError(`Object 'apiVersion' is missing in '${typeMeta}'`);
    const type = kindType(apiVersion, kind);
    if (!type)
      throw new RangeError(
        `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/api/legacyscheme/scheme.go:30"`,
      );
    const object = { apiVersion, kind, ...message(envelope.get(2) ?? new Uint8Array(), type as GoType & { kind: "struct" }) };
    return { apiVersion, kind, object };
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) throw refuse(error.message, apiVersion, kind || undefined);
    throw error;
  }
}

function message(bytes: Uint8Array, type: GoType & { kind: "struct" }): Json {
  const values = new Map<GoField, unknown>();
  for (const wire of readFields(bytes)) {
    const field = type.fields.find((one) => one.number === wire.number);
    if (field) values.set(field, add(values.get(field), wire, field.type));
  }
  const object: Json = {};
  for (const field of type.fields) {
    const value = values.get(field);
    if (value === undefined || isUnset(value, field)) continue;
    if (field.jsonName === undefined) Object.assign(object, value);
    else object[field.jsonName] = value;
  }
  return object;
}

/** Go writes every field that is no pointer, set or not. */
function isUnset(value: unknown, { omitEmpty, type }: GoField): boolean {
  if (value === null) return true;
  if (type.kind === "struct") return Object.keys(value as object).length === 0;
  if (type.kind === "pointer" || !omitEmpty) return false;
  return value === "" || value === 0 || value === false;
}

/** What a field holds after one more occurrence of it: repeated fields and maps grow, others are replaced. */
function add(held: unknown, wire: WireField, type: GoType): unknown {
  if (type.kind === "slice" && !type.wrapped) {
    const items = (held as unknown[] | undefined) ?? [];
    const isPacked = wire.value instanceof Uint8Array && ["int32", "int64", "bool"].includes(type.of.kind);
    const values = isPacked ? readVarints(wire.value as Uint8Array) : [wire.value];
    return [...items, ...values.map((value) => single(value, type.of))];
  }
  if (type.kind === "map") {
    let key = "";
    let item = emptyOf(type.value);
    for (const { number, value } of readFields(bytesOf(wire.value))) {
      if (number === 1) key = textOf(value);
      if (number === 2) item = single(value, type.value);
    }
    return { ...(held as Json | undefined), [key]: item };
  }
  return single(wire.value, type);
}

function single(value: WireField["value"], type: GoType): unknown {
  switch (type.kind) {
    case "pointer":
      return single(value, type.to);
    case "struct":
      return message(bytesOf(value), type);
    case "string":
      return textOf(value);
    case "bytes":
      return Buffer.from(bytesOf(value)).toString("base64");
    case "bool":
      return numberOf(value) !== 0;
    case "int32":
    case "int64":
      return numberOf(value);
    case "special":
      return special[type.special](bytesOf(value));
    case "slice": {
      const items = [...readFields(bytesOf(value))].filter(({ number }) => number === 1);
      return items.map((item) => single(item.value, type.of));
    }
    default:
      throw new Error(`a field of type ${type.name}`);
  }
}

/** A map's entry without a value. */
const emptyOf = (type: GoType): unknown =>
  type.kind === "string" || type.kind === "bytes" ? "" : single(new Uint8Array(), type);

const special: Record<Special, (bytes: Uint8Array) => unknown> = {
  "meta/v1.Time": (bytes) => time(bytes, (seconds) => timestamp(seconds * 1000)),
  "meta/v1.MicroTime": (bytes) =>
    time(bytes, (seconds, nanos) => {
      const micros = String(Math.floor(nanos / 1000)).padStart(6, "0");
      return microTimestamp(seconds * 1000).replace(/\.\d+/, `.${micros}`);
    }),
  "meta/v1.FieldsV1": (bytes) => rawJson(bytes),
  "runtime.RawExtension": (bytes) => rawJson(bytes),
  "resource.Quantity": (bytes) => textOf(only(bytes, 1) ?? new Uint8Array()) || "0",
  "intstr.IntOrString": (bytes) =>
    numberOf(only(bytes, 1) ?? 0n) === 0 ? numberOf(only(bytes, 2) ?? 0n) : textOf(only(bytes, 3) ?? new Uint8Array()),
};

function time(bytes: Uint8Array, write: (seconds: number, nanos: number) => string): string | null {
  if (bytes.length === 0) return null;
  return write(numberOf(only(bytes, 1) ?? 0n), numberOf(only(bytes, 2) ?? 0n));
}

function rawJson(bytes: Uint8Array): unknown {
  const raw = textOf(only(bytes, 1) ?? new Uint8Array());
  return raw === "" ? null : JSON.parse(raw);
}

const only = (bytes: Uint8Array, wanted: number) => [...readFields(bytes)].findLast(({ number }) => number === wanted)?.value;

const textOf = (value: WireField["value"]): string => new TextDecoder().decode(bytesOf(value));

function bytesOf(value: WireField["value"]): Uint8Array {
  if (typeof value === "bigint") throw new RangeError("proto: wrong wireType = 0 for a field of bytes");
  return value;
}

function numberOf(value: WireField["value"]): number {
  if (typeof value !== "bigint") throw new RangeError("proto: wrong wireType = 2 for a number");
  return Number(BigInt.asIntN(64, value));
}
