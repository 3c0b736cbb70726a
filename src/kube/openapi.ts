import type { Kube } from "./kube.ts";
import type { Resource } from "./resources.ts";

/** A kind's fields at a path of it. */
export interface FieldsAt {
  names: readonly string[];
  required: readonly string[];
}

interface Schema {
  $ref?: string;
  allOf?: readonly Schema[];
  items?: Schema;
  additionalProperties?: Schema;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  "x-kubernetes-group-version-kind"?: readonly { group: string; version: string; kind: string }[];
}

interface Document {
  components?: { schemas?: Readonly<Record<string, Schema>> };
}

/** What the server's own OpenAPI v3 says; indices in the path don't count. Undefined where it says nothing. */
export async function fieldsAt(
  kube: Kube,
  { apiVersion, kind }: Resource,
  path: readonly (string | number)[],
): Promise<FieldsAt | undefined> {
  const { components } = await kube.document<Document>(`/openapi/v3/${apiVersion.includes("/") ? "apis" : "api"}/${apiVersion}`);
  const schemas = components?.schemas ?? {};
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
  const root = Object.values(schemas).find((schema) =>
    schema["x-kubernetes-group-version-kind"]?.some((one) => one.group === group && one.version === version && one.kind === kind),
  );
  const found = path
    .filter((part) => typeof part === "string")
    .reduce<Schema | undefined>((schema, field) => member(resolve(schema, schemas), field, schemas), root);
  const { properties, required = [] } = resolve(found, schemas) ?? {};
  return properties && { names: Object.keys(properties), required };
}

function member(schema: Schema | undefined, field: string, schemas: Readonly<Record<string, Schema>>): Schema | undefined {
  const found = schema?.properties?.[field] ?? schema?.additionalProperties;
  return found?.items ? resolve(found.items, schemas) : found;
}

function resolve(schema: Schema | undefined, schemas: Readonly<Record<string, Schema>>): Schema | undefined {
  const ref = schema?.$ref ?? schema?.allOf?.[0]?.$ref;
  return ref === undefined ? schema : resolve(schemas[ref.replace("#/components/schemas/", "")], schemas);
}
