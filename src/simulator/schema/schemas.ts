import { dataFile } from "../data/data-file.ts";
import type { GroupVersionKind, Schema, SchemaIndex } from "./schema.ts";

/** The index every reader shares, and the place where custom resources add their schemas. */
export interface Schemas extends SchemaIndex {
  /** Every definition of the recorded kinds, and of the custom ones under `GROUP.VERSION.KIND`. */
  definitions(): Iterable<[name: string, schema: Schema]>;
  /** Adds or replaces the schema of a custom resource's kind. */
  add(kind: GroupVersionKind, schema: Schema): void;
  remove(kind: GroupVersionKind): void;
}

/** An index over the recorded definitions. Each has its own custom resources; what was recorded is read once and shared. */
export function loadSchemas(): Schemas {
  const { definitions, kinds } = recorded();
  const custom = new Map<string, Schema>();
  const customKinds = new Map<string, Schema>();
  const resolved = new WeakMap<Schema, Schema>();

  const index: Schemas = {
    definition: (name) => definitions.get(name) ?? custom.get(name),
    forKind: (kind) => kinds.get(kindKey(kind)) ?? customKinds.get(kindKey(kind)),
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
    *definitions() {
      yield* definitions;
      yield* custom;
    },
    add(kind, schema) {
      custom.set(customName(kind), schema);
      customKinds.set(kindKey(kind), schema);
    },
    remove(kind) {
      custom.delete(customName(kind));
      customKinds.delete(kindKey(kind));
    },
  };
  return index;
}

/** The recorded definition a schema node is, by identity; undefined for nodes inside definitions and custom resources. */
export const recordedName = (schema: Schema): string | undefined => recorded().names.get(schema);

interface RecordedSchemas {
  definitions: Map<string, Schema>;
  names: Map<Schema, string>;
  kinds: Map<string, Schema>;
}

let cache: RecordedSchemas | undefined;

function recorded(): RecordedSchemas {
  if (cache) return cache;
  const definitions = new Map(Object.entries(JSON.parse(dataFile("schemas.json").toString()) as Record<string, Schema>));
  const names = new Map<Schema, string>();
  const kinds = new Map<string, Schema>();
  for (const [name, schema] of definitions) {
    names.set(schema, name);
    for (const kind of schema["x-kubernetes-group-version-kind"] ?? []) kinds.set(kindKey(kind), schema);
  }
  return (cache = { definitions, names, kinds });
}

const kindKey = ({ group, version, kind }: GroupVersionKind) => `${group}/${version}/${kind}`;
const customName = ({ group, version, kind }: GroupVersionKind) => [...group.split(".").toReversed(), version, kind].join(".");
