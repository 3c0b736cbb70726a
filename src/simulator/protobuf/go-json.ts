import type { GoField, GoType } from "./go-types.ts";

type Json = Record<string, unknown>;

/**
 * The JSON that Go writes for the value that a JSON value decodes to: fields the type does not omit are filled in
 * (`"resources": {}`), unknown and empty ones left out.
 */
export function goJson(value: unknown, type: GoType): unknown {
  switch (type.kind) {
    case "pointer":
      return value === undefined || value === null ? null : goJson(value, type.to);
    case "struct":
      return Object.assign({}, ...type.fields.map((field) => fieldJson(value as Json | undefined, field)));
    case "slice": {
      const items = value as unknown[] | null | undefined;
      // Protobuf tells an empty list from none only where the list is a message of its own.
      return items && (items.length || type.wrapped) ? items.map((item) => goJson(item, type.of)) : null;
    }
    case "map": {
      const entries = Object.entries((value as Json | null | undefined) ?? {});
      return entries.length ? Object.fromEntries(entries.map(([key, item]) => [key, goJson(item, type.value)])) : null;
    }
    case "special":
      return value ?? ZERO_OF_SPECIAL[type.special] ?? null;
    case "bytes":
      return value ?? null;
    case "string":
      return value ?? "";
    case "bool":
      return value ?? false;
    default:
      return value ?? 0;
  }
}

function fieldJson(parent: Json | undefined, { jsonName, omitEmpty, omitZero, type }: GoField): unknown {
  if (jsonName === undefined) return goJson(parent, type);
  const written = goJson(parent?.[jsonName], type);
  if (omitZero && written === null) return {};
  return omitEmpty && isEmpty(written, type) ? {} : { [jsonName]: written };
}

/** What omitempty leaves out: never a struct, and of pointers only nil. */
function isEmpty(written: unknown, { kind }: GoType): boolean {
  if (kind === "struct" || kind === "special") return false;
  return written === null || (kind !== "pointer" && (written === "" || written === 0 || written === false));
}

const ZERO_OF_SPECIAL: Record<string, unknown> = { "resource.Quantity": "0", "intstr.IntOrString": 0 };
