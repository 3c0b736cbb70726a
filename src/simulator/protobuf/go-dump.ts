import type { GoType, Special } from "./go-types.ts";
import { dumpQuantity } from "./quantity-dump.ts";

type Json = Record<string, unknown>;

/**
 * How spew prints the Go value that a JSON value decodes to, in its `%#v` form without addresses and capacities
 * (k8s.io/apimachinery/pkg/util/dump.ForHash). What is absent or empty in JSON is nil in Go, as after protobuf.
 */
export function goDump(value: unknown, type: GoType, showType = true): string {
  if (type.kind === "pointer") return dumpPointer(value, type, showType);
  return (showType ? `(${type.name})` : "") + dumpValue(value, type);
}

function dumpPointer(value: unknown, type: GoType & { kind: "pointer" }, showType: boolean): string {
  const isNil = value === undefined || value === null;
  if (showType) return `(${type.name})${isNil ? "<nil>" : goDump(value, type.to, false)}`;
  return isNil ? "<nil>" : `<*>${goDump(value, type.to, false)}`;
}

function dumpValue(value: unknown, type: Exclude<GoType, { kind: "pointer" }>): string {
  switch (type.kind) {
    case "struct": {
      const fields = type.fields.map(({ goName, jsonName, type: of }) => {
        return `${goName}:${goDump(jsonName === undefined ? value : (value as Json | undefined)?.[jsonName], of)}`;
      });
      return `{${fields.join(" ")}}`;
    }
    case "slice": {
      const items = (value ?? []) as unknown[];
      return items.length ? `[${items.map((item) => goDump(item, type.of, false)).join(" ")}]` : "<nil>";
    }
    case "map": {
      const entries = Object.entries((value ?? {}) as Json).toSorted(([a], [b]) => (a < b ? -1 : 1));
      const dumped = entries.map(([key, item]) => `${goDump(key, type.key, false)}:${goDump(item, type.value, false)}`);
      return dumped.length ? `map[${dumped.join(" ")}]` : "<nil>";
    }
    case "bytes":
      return dumpBytes(Buffer.from((value as string | undefined) ?? "", "base64"));
    case "special":
      return dumpSpecial[type.special](value);
    case "string":
      return (value as string | undefined) ?? "";
    case "bool":
      return String((value as boolean | undefined) ?? false);
    default:
      return String((value as number | undefined) ?? 0);
  }
}

const dumpBytes = (bytes: Buffer) => (bytes.length ? `[${[...bytes].join(" ")}]` : "<nil>");

// A time that is set would show its location's insides; templates have none, so every time prints as the zero one.
const zeroTime = () => "{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}";
const dumpRaw = (value: unknown) => dumpBytes(Buffer.from(value === undefined ? "" : JSON.stringify(value)));

const dumpSpecial: Record<Special, (value: unknown) => string> = {
  "meta/v1.Time": zeroTime,
  "meta/v1.MicroTime": zeroTime,
  "meta/v1.FieldsV1": (value) => `{Raw:([]uint8)${dumpRaw(value)}}`,
  "runtime.RawExtension": (value) => `{Raw:([]uint8)${dumpRaw(value)} Object:(runtime.Object)<nil>}`,
  "resource.Quantity": (value) => dumpQuantity(value as string | number | undefined),
  "intstr.IntOrString": (value) => {
    const [type, number, text] = typeof value === "string" ? [1, 0, value] : [0, (value as number | undefined) ?? 0, ""];
    return `{Type:(intstr.Type)${type} IntVal:(int32)${number} StrVal:(string)${text}}`;
  },
};
