import table from "./go-types.json" with { type: "json" };

/** A field of a Go struct, as `make/README.md` says. */
export interface GoField {
  goName: string;
  /** Undefined for an embedded struct, whose fields belong to the parent in JSON. */
  jsonName: string | undefined;
  omitEmpty: boolean;
  omitZero: boolean;
  /** Protobuf's field number; 0 for a field that it leaves out. */
  number: number;
  type: GoType;
}

/** A Go type. `name` is what reflection prints: `*v1.Container`, `[]v1.EnvVar`, `types.UID`. */
export type GoType = { name: string } & (
  | { kind: "pointer"; to: GoType }
  /** A slice type with a name of its own is a message with the repeated field 1 in protobuf. */
  | { kind: "slice"; of: GoType; wrapped: boolean }
  | { kind: "map"; key: GoType; value: GoType }
  | { kind: "struct"; fields: readonly GoField[] }
  | { kind: "special"; special: Special }
  | { kind: "bytes" | "string" | "bool" | "int32" | "int64" }
);

/** Types whose JSON is not what their fields say. */
export type Special =
  | "meta/v1.Time"
  | "meta/v1.MicroTime"
  | "meta/v1.FieldsV1"
  | "resource.Quantity"
  | "intstr.IntOrString"
  | "runtime.RawExtension";

const { versions, named, structs } = table as {
  versions: Record<string, string>;
  named: Record<string, string>;
  structs: Record<string, string[]>;
};

/** The struct behind an apiVersion and kind; undefined when the table has none. Options come under every group's version. */
export function kindType(apiVersion: string, kind: string): GoType | undefined {
  return [versions[apiVersion], apiVersion in versions && versions["meta.k8s.io/v1"]]
    .map((folder) => `${folder}.${kind}`)
    .filter((name) => structs[name]?.[0] === "TypeMeta - 0 meta/v1.TypeMeta")
    .map(goType)[0];
}

const known = new Map<string, GoType>();

/** The type an expression of the table stands for: `*int32`, `[]core/v1.EnvVar`. */
export function goType(expression: string): GoType {
  const type = known.get(expression) ?? parsed(expression);
  known.set(expression, type);
  return type;
}

function parsed(expression: string): GoType {
  const name = expression.replaceAll(/\w+\/(?=v\d)/g, "");
  if (expression in named) {
    const meaning = goType(named[expression]!);
    return meaning.kind === "slice" ? { ...meaning, name, wrapped: true } : { ...meaning, name };
  }
  if (expression.startsWith("*")) return { kind: "pointer", name, to: goType(expression.slice(1)) };
  if (expression === "[]uint8") return { kind: "bytes", name };
  if (expression.startsWith("[]")) return { kind: "slice", name, of: goType(expression.slice(2)), wrapped: false };
  const map = /^map\[(.+?)\](.+)$/.exec(expression);
  if (map) return { kind: "map", name, key: goType(map[1]!), value: goType(map[2]!) };
  const lines = structs[expression];
  if (lines) return struct(name, lines);
  if (!expression.includes(".")) return { kind: expression as "string" | "bool" | "int32" | "int64", name };
  return { kind: "special", name, special: expression as Special };
}

/** Fields are worked out when first asked for: types refer to each other in circles. */
function struct(name: string, lines: string[]): GoType {
  let fields: GoField[] | undefined;
  return {
    kind: "struct",
    name,
    get fields() {
      return (fields ??= lines.map(field));
    },
  };
}

function field(line: string): GoField {
  const [goName, json, number, type] = line.split(" ") as [string, string, string, string];
  return {
    goName,
    jsonName: json === "-" ? undefined : json.replace(/[?!]+$/, ""),
    omitEmpty: json.includes("?"),
    omitZero: json.includes("!"),
    number: Number(number),
    type: goType(type),
  };
}
