import { PROTOBUF_MAGIC } from "./decode.ts";
import { kindType } from "./go-types.ts";
import type { GoField, GoType, Special } from "./go-types.ts";
import { WireWriter } from "./wire.ts";

type Json = Record<string, unknown>;

/**
 * The body of type application/vnd.kubernetes.protobuf that a Go client sends for an object: zero values of what is no pointer are
 * written too, maps in the order of their keys. Throws a RangeError for a kind that the table of Go types has not.
 */
export function encodeKubernetesProtobuf(object: { apiVersion: string; kind: string }): Buffer {
  const { apiVersion, kind } = object;
  const type = kindType(apiVersion, kind);
  if (!type) throw new RangeError(`no Go type for ${apiVersion} ${kind}`);
  const typeMeta = new WireWriter().bytes(1, apiVersion).bytes(2, kind).finish();
  const envelope = new WireWriter().bytes(1, typeMeta).bytes(2, payload(object, type)).bytes(3, "").bytes(4, "");
  return Buffer.concat([PROTOBUF_MAGIC, envelope.finish()]);
}

/** The bytes of a length-delimited value. */
function payload(value: unknown, type: GoType): Uint8Array | string {
  const writer = new WireWriter();
  switch (type.kind) {
    case "pointer":
      return payload(value, type.to);
    case "struct":
      for (const field of type.fields.toSorted((a, b) => a.number - b.number)) write(writer, value as Json | undefined, field);
      return writer.finish();
    case "slice":
      for (const item of (value as unknown[] | undefined) ?? []) writeValue(writer, 1, item, type.of);
      return writer.finish();
    case "bytes":
      return Buffer.from((value as string | undefined) ?? "", "base64");
    case "string":
      return (value as string | undefined) ?? "";
    case "special":
      special[type.special](writer, value);
      return writer.finish();
    default:
      throw new RangeError(`a value of type ${type.name}`);
  }
}

function write(writer: WireWriter, parent: Json | undefined, { number, jsonName, type }: GoField): void {
  const value = jsonName === undefined ? parent : parent?.[jsonName];
  if (number === 0) return;
  const isNil = value === undefined || value === null;
  if (type.kind === "slice" && !type.wrapped) {
    for (const item of (value as unknown[] | null | undefined) ?? []) writeValue(writer, number, item, type.of);
  } else if (type.kind === "map") {
    for (const key of Object.keys((value as Json | null | undefined) ?? {}).toSorted()) {
      const entry = new WireWriter().bytes(1, key);
      const item = (value as Json)[key];
      if (item || type.value.kind !== "bytes") writeValue(entry, 2, item, type.value);
      writer.bytes(number, entry.finish());
    }
  } else if (!isNil || !["pointer", "bytes", "slice"].includes(type.kind)) {
    writeValue(writer, number, value ?? undefined, type);
  }
}

function writeValue(writer: WireWriter, number: number, value: unknown, type: GoType): void {
  const inner = type.kind === "pointer" ? type.to : type;
  if (inner.kind === "int32" || inner.kind === "int64") writer.varint(number, (value as number | undefined) ?? 0);
  else if (inner.kind === "bool") writer.varint(number, (value as boolean | undefined) ?? false);
  else writer.bytes(number, payload(value, inner));
}

const special: Record<Special, (writer: WireWriter, value: unknown) => void> = {
  "meta/v1.Time": writeTime,
  "meta/v1.MicroTime": writeTime,
  "meta/v1.FieldsV1": writeRaw,
  "runtime.RawExtension": writeRaw,
  "resource.Quantity": (writer, value) => writer.bytes(1, String((value as string | number | undefined) ?? "0")),
  "intstr.IntOrString": (writer, value) => {
    const isText = typeof value === "string";
    writer.varint(1, isText).varint(2, isText ? 0 : ((value as number | undefined) ?? 0));
    writer.bytes(3, isText ? value : "");
  },
};

/** An unset time is an empty message. */
function writeTime(writer: WireWriter, value: unknown): void {
  if (!value) return;
  const ms = Date.parse(value as string);
  const micros = Number(/\.(\d{6})/.exec(value as string)?.[1] ?? 0);
  writer.varint(1, Math.floor(ms / 1000)).varint(2, micros * 1000);
}

function writeRaw(writer: WireWriter, value: unknown): void {
  if (value !== undefined) writer.bytes(1, JSON.stringify(value));
}
