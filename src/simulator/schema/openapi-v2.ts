import { apiInfo, BEARER_TOKEN, describedDefinitions } from "./openapi.ts";
import type { Method, Operation, Parameter, PathItem } from "./openapi-operations.ts";
import { JSON_TYPES, PATCH_TYPES } from "./openapi-operations.ts";
import { openapiPaths } from "./openapi-paths.ts";
import { apiGroups } from "./discovery.ts";
import type { ResourceInfo } from "./resource-info.ts";
import type { Schema } from "./schema.ts";
import type { Schemas } from "./schemas.ts";

/** `GET /openapi/v2` as Swagger 2.0, which kubectl up to 1.28 reads: all groups in one document. Takes tenths of a second. */
export function openapiV2(schemas: Schemas, resources: readonly ResourceInfo[]): Record<string, unknown> {
  const paths: Record<string, PathItem> = {};
  for (const { group, versions } of apiGroups(resources)) {
    for (const version of versions) Object.assign(paths, openapiPaths(group, version, resources, schemas));
  }
  const definitions = Object.entries(describedDefinitions(schemas, paths));
  return {
    swagger: "2.0",
    info: apiInfo(),
    paths: Object.fromEntries(
      Object.entries(paths)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([path, one]) => [path, item(one)]),
    ),
    definitions: Object.fromEntries(definitions.map(([name, schema]) => [name, definition(schema)])),
    securityDefinitions: { BearerToken: BEARER_TOKEN },
    security: [{ BearerToken: [] }],
  };
}

function item({ parameters, ...operations }: PathItem) {
  const entries = Object.entries(operations) as [Method, Operation][];
  return {
    ...Object.fromEntries(entries.map(([method, one]) => [method, operation(one)])),
    ...(parameters && { parameters: parameters.map(parameter) }),
  };
}

function operation({ tags, operationId, parameters = [], requestBody, responses, ...extensions }: Operation) {
  const body = requestBody && {
    name: "body",
    in: "body",
    ...(requestBody.required && { required: true }),
    schema: definition(firstSchema(requestBody.content)),
  };
  const all = [...(body ? [body] : []), ...parameters.map(parameter)];
  const action = extensions["x-kubernetes-action"];
  const produced = Object.keys(responses["200"]?.content ?? {});
  return {
    consumes: CONSUMES[action ?? ""] ?? ["*/*"],
    produces: produced,
    schemes: ["https"],
    tags,
    operationId,
    ...(all.length && { parameters: all }),
    responses: Object.fromEntries(
      Object.entries(responses).map(([code, { description, content }]) => [
        code,
        { description, ...(content && { schema: definition(firstSchema(content)) }) },
      ]),
    ),
    ...extensions,
  };
}

/** By action; what has none are the lists of resources. */
const CONSUMES: Record<string, string[]> = { patch: PATCH_TYPES, "": JSON_TYPES };

const firstSchema = (content: Record<string, { schema: Schema }>): Schema => Object.values(content)[0]?.schema ?? {};

const parameter = ({ schema, ...rest }: Parameter) => ({ ...schema, ...rest });

/** Swagger 2.0 has no defaults beside references, and no choice of types. */
function definition({ $ref, allOf, oneOf, default: _default, properties, items, additionalProperties, ...rest }: Schema): Schema {
  const reference = $ref ?? allOf?.[0]?.$ref;
  return {
    ...rest,
    ...(oneOf && { type: "string" }),
    ...(reference !== undefined && { $ref: reference.replace("#/components/schemas/", "#/definitions/") }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, definition(one)])),
    }),
    ...(items && { items: definition(items) }),
    ...(additionalProperties !== undefined && {
      additionalProperties: typeof additionalProperties === "object" ? definition(additionalProperties) : additionalProperties,
    }),
  };
}
