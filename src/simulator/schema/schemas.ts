import { dataLines } from "../data/data-file.ts";
import type { GroupVersionKind, Schema, SchemaIndex } from "./schema.ts";

/** The index every reader shares, and the place where custom resources add their schemas. */
export interface Schemas extends SchemaIndex {
  /** The name of a kind's definition: `io.k8s.api.apps.v1.Deployment`, for custom kinds `com.example.v1.Shirt`. */
  nameFor(kind: GroupVersionKind): string | undefined;
  /** The schema of a kind, if it was added here. */
  custom(kind: GroupVersionKind): Schema | undefined;
  /**
   * Adds or replaces a custom resource's kind: the `openAPIV3Schema` of its definition, to which apiVersion, kind and metadata are
   * added, and the list kind, which is the kind with `List` behind it unless named.
   */
  add(kind: GroupVersionKind, schema: Schema, listKind?: string): void;
  remove(kind: GroupVersionKind, listKind?: string): void;
}

/** An index over the recorded definitions. Each has its own custom resources; what was recorded is read once and shared. */
export function loadSchemas(): Schemas {
  /** By name of the definition. */
  const custom = new Map<string, Schema>();
  const resolved = new WeakMap<Schema, Schema>();

  const index: Schemas = {
    definition: (name) => recordedDefinition(name) ?? custom.get(name),
    forKind(kind) {
      const name = recordedNameFor(kind);
      return name === undefined ? custom.get(customName(kind)) : recordedDefinition(name);
    },
    resolve(schema) {
      const { $ref, allOf, ...outer } = schema;
      const reference = $ref ?? (allOf?.length === 1 ? allOf[0]!.$ref : undefined);
      if (reference === undefined) return schema;
      const known = resolved.get(schema);
      if (known) return known;
      const name = reference.slice(reference.lastIndexOf("/") + 1);
      const target = index.definition(name);
      if (!target) throw new Error(`no schema definition ${name}`);
      const result = Object.keys(outer).length ? { ...index.resolve(target), ...outer } : index.resolve(target);
      resolved.set(schema, result);
      return result;
    },
    nameFor: (kind) => recordedNameFor(kind) ?? (custom.has(customName(kind)) ? customName(kind) : undefined),
    custom: (kind) => custom.get(customName(kind)),
    add(kind, schema, listKind = `${kind.kind}List`) {
      custom.set(customName(kind), publishedSchema(kind, schema));
      custom.set(customName({ ...kind, kind: listKind }), listSchema(kind, listKind));
    },
    remove(kind, listKind = `${kind.kind}List`) {
      custom.delete(customName(kind));
      custom.delete(customName({ ...kind, kind: listKind }));
    },
  };
  return index;
}

/** The recorded definition a schema node is, by identity; undefined for nodes inside definitions and custom resources. */
export const recordedName = (schema: Schema): string | undefined => recorded().names.get(schema);

/** The definitions as recorded. Read as text; one is parsed when it is first asked for. */
interface RecordedSchemas {
  texts: Map<string, string>;
  parsed: Map<string, Schema>;
  names: WeakMap<Schema, string>;
  /** Last part of the name → the definitions called so: `Event` is a kind of two groups. */
  namesakes: Map<string, string[]>;
}

let cache: RecordedSchemas | undefined;

function recorded(): RecordedSchemas {
  if (cache) return cache;
  const texts = dataLines("schemas.txt");
  const namesakes = new Map<string, string[]>();
  for (const name of texts.keys()) {
    const kind = name.slice(name.lastIndexOf(".") + 1);
    const known = namesakes.get(kind);
    if (known) known.push(name);
    else namesakes.set(kind, [name]);
  }
  return (cache = { texts, parsed: new Map(), names: new WeakMap(), namesakes });
}

function recordedNameFor({ group, version, kind }: GroupVersionKind): string | undefined {
  const { texts, namesakes } = recorded();
  const mark = `{"group":"${group}","kind":"${kind}","version":"${version}"}`;
  return namesakes.get(kind)?.find((name) => texts.get(name)?.includes(mark));
}

function recordedDefinition(name: string): Schema | undefined {
  const { texts, parsed, names } = recorded();
  const known = parsed.get(name);
  const text = texts.get(name);
  if (known || text === undefined) return known;
  const schema = JSON.parse(text) as Schema;
  parsed.set(name, schema);
  names.set(schema, name);
  return schema;
}

const meta = (name: string): Schema => ({
  allOf: [{ $ref: `#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.${name}` }],
});

/** As apiextensions-apiserver/pkg/controller/openapi/builder publishes it. */
function publishedSchema(kind: GroupVersionKind, schema: Schema): Schema {
  const own = { ...schema.properties, apiVersion: { type: "string" }, kind: { type: "string" }, metadata: meta("ObjectMeta") };
  const properties = Object.fromEntries(Object.entries(own).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return { ...schema, type: "object", properties, "x-kubernetes-group-version-kind": [kind] };
}

const listSchema = (kind: GroupVersionKind, listKind: string): Schema => ({
  type: "object",
  required: ["items"],
  properties: {
    apiVersion: { type: "string" },
    items: { type: "array", items: { $ref: `#/components/schemas/${customName(kind)}` } },
    kind: { type: "string" },
    metadata: meta("ListMeta"),
  },
  "x-kubernetes-group-version-kind": [{ ...kind, kind: listKind }],
});

const customName = ({ group, version, kind }: GroupVersionKind) => [...group.split(".").toReversed(), version, kind].join(".");
