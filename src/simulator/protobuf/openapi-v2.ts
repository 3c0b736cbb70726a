import { WireWriter } from "./wire.ts";

type Json = Record<string, unknown>;
/** Writes a JSON value as one field of a protobuf message. */
type Field = (writer: WireWriter, number: number, value: unknown) => void;
/** Writes the fields of a message. */
type Message = (writer: WireWriter, value: Json) => void;

/**
 * A Swagger 2.0 document as `/openapi/v2` sends it to Go clients: gnostic's openapi.v2.Document
 * (github.com/google/gnostic-models/openapiv2/OpenAPIv2.proto). kubectl up to 1.28 takes nothing else. Throws an Error that names a
 * key which has no place in the format.
 */
export function encodeOpenapiV2(swagger: object): Buffer {
  return encoded(document, swagger as Json);
}

function encoded(message: Message, value: Json): Buffer {
  const writer = new WireWriter();
  message(writer, value);
  return writer.finish();
}

const text: Field = (writer, number, value) => void writer.bytes(number, value as string);
const flag: Field = (writer, number, value) => void writer.varint(number, value as boolean);
const whole: Field = (writer, number, value) => void writer.varint(number, value as number);
const decimal: Field = (writer, number, value) => void writer.double(number, value as number);

const nested =
  (message: Message): Field =>
  (writer, number, value) =>
    void writer.bytes(number, encoded(message, value as Json));

/** Any value is sent as YAML, of which JSON is a part. */
const any: Field = nested((writer, value) => text(writer, 2, `${JSON.stringify(value)}\n`));

const list =
  (item: Field): Field =>
  (writer, number, value) => {
    for (const one of value as unknown[]) item(writer, number, one);
  };

/** A repeated field of name and value, made of the keys of an object. */
const entries =
  (item: Field): Field =>
  (writer, number, value) => {
    for (const [name, one] of Object.entries(value as Json)) {
      const entry: Message = (inner) => {
        text(inner, 1, name);
        item(inner, 2, one);
      };
      writer.bytes(number, encoded(entry, {}));
    }
  };

/** A message that is a map, and nothing else. */
const map = (item: Field): Field => nested((writer, value) => entries(item)(writer, 1, value));

/** A message whose fields are numbered in the order given here, vendor extensions last. */
function record(fields: Record<string, Field>): Message {
  const names = Object.keys(fields);
  return (writer, value) => {
    for (const [key, one] of Object.entries(value)) {
      const field = fields[key];
      if (field) field(writer, names.indexOf(key) + 1, one);
      else if (key.startsWith("x-")) entries(any)(writer, names.length + 1, { [key]: one });
      else throw new Error(`OpenAPI v2 has no place for ${key}`);
    }
  };
}

/** A message that holds one of several: the number of the one, and how it is written. */
const oneOf = (choose: (value: Json) => [number, Field]): Field =>
  nested((writer, value) => {
    const [number, field] = choose(value);
    field(writer, number, value);
  });

const reference = nested(record({ $ref: text, description: text }));
const externalDocs = nested(record({ description: text, url: text }));

/** Limits that schemas and parameters share, in the order they share. */
const limits = {
  maximum: decimal,
  exclusiveMaximum: flag,
  minimum: decimal,
  exclusiveMinimum: flag,
  maxLength: whole,
  minLength: whole,
  pattern: text,
  maxItems: whole,
  minItems: whole,
  uniqueItems: flag,
};

const schema: Field = (writer, number, value) => schemaField(writer, number, value);
const schemaField = nested(
  record({
    $ref: text,
    format: text,
    title: text,
    description: text,
    default: any,
    multipleOf: decimal,
    ...limits,
    maxProperties: whole,
    minProperties: whole,
    required: list(text),
    enum: list(any),
    additionalProperties: (writer, number, value) => {
      const isFlag = typeof value === "boolean";
      writer.bytes(
        number,
        encoded((inner) => (isFlag ? flag(inner, 2, value) : schema(inner, 1, value)), {}),
      );
    },
    type: (writer, number, value) =>
      writer.bytes(
        number,
        encoded((inner) => list(text)(inner, 1, [value].flat()), {}),
      ),
    items: (writer, number, value) =>
      writer.bytes(
        number,
        encoded((inner) => schema(inner, 1, value), {}),
      ),
    allOf: list(schema),
    properties: map(schema),
    discriminator: text,
    readOnly: flag,
    xml: nested(record({})),
    externalDocs,
    example: any,
  }),
);

const primitive: Field = (writer, number, value) => primitiveField(writer, number, value);
const value = {
  type: text,
  format: text,
  items: primitive,
  collectionFormat: text,
  default: any,
  ...limits,
  enum: list(any),
  multipleOf: decimal,
};
const primitiveField = nested(record(value));

const place = { required: flag, in: text, description: text, name: text };
const valueParameter = record({ ...place, ...value });
const valueParameterOrEmpty = record({ ...place, allowEmptyValue: flag, ...value });
const nonBodyParameter = oneOf((parameter) => {
  if (parameter["in"] === "header") return [1, nested(valueParameter)];
  if (parameter["in"] === "formData") return [2, nested(valueParameterOrEmpty)];
  return parameter["in"] === "query" ? [3, nested(valueParameterOrEmpty)] : [4, nested(valueParameter)];
});
const bodyParameter = nested(record({ description: text, name: text, in: text, required: flag, schema }));
const parameter = oneOf((one) => (one["in"] === "body" ? [1, bodyParameter] : [2, nonBodyParameter]));
const parameters = list(oneOf((one) => ("$ref" in one ? [2, reference] : [1, parameter])));

const schemaItem = oneOf(() => [1, schema]);
const response = nested(
  record({ description: text, schema: schemaItem, headers: map(nested(record(value))), examples: map(any) }),
);
const responses = nested((writer, codes) =>
  entries(oneOf((one) => ("$ref" in one ? [2, reference] : [1, response])))(writer, 1, codes),
);

/** Each requirement is a map of names to lists of scopes. */
const security = list(map(nested((writer, scopes) => list(text)(writer, 1, Object.values(scopes)))));

const operation = nested(
  record({
    tags: list(text),
    summary: text,
    description: text,
    externalDocs,
    operationId: text,
    produces: list(text),
    consumes: list(text),
    parameters,
    responses,
    schemes: list(text),
    deprecated: flag,
    security,
  }),
);

const pathItem = nested(
  record({
    $ref: text,
    get: operation,
    put: operation,
    post: operation,
    delete: operation,
    options: operation,
    head: operation,
    patch: operation,
    parameters,
  }),
);

const apiKey = nested(record({ type: text, name: text, in: text, description: text }));

const document = record({
  swagger: text,
  info: nested(
    record({
      title: text,
      version: text,
      description: text,
      termsOfService: text,
      contact: nested(record({ name: text, url: text, email: text })),
      license: nested(record({ name: text, url: text })),
    }),
  ),
  host: text,
  basePath: text,
  schemes: list(text),
  consumes: list(text),
  produces: list(text),
  paths: nested((writer, paths) => entries(pathItem)(writer, 2, paths)),
  definitions: map(schema),
  parameters: map(parameter),
  responses: map(response),
  security,
  securityDefinitions: map(oneOf(() => [2, apiKey])),
});
