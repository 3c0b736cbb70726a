import { createHash } from "node:crypto";
import { dataLines } from "../data/data-file.ts";
import { apiGroups } from "./discovery.ts";
import { openapiPaths } from "./openapi-paths.ts";
import type { ResourceInfo } from "./resource-info.ts";
import { recordedVersion } from "./resource-info.ts";
import type { Schema } from "./schema.ts";
import type { Schemas } from "./schemas.ts";

/** A document as it goes over the wire: JSON text, and the hash that names this state of it. */
interface OpenapiText {
  text: string;
  hash: string;
}

/** The OpenAPI v3 documents of a cluster, one per group and version, with the prose that `kubectl explain` shows. */
export interface Openapi {
  /** `GET /openapi/v3`: where the documents are. */
  index(): OpenapiText;
  /**
   * `GET /openapi/v3/${path}` for `api/v1`, `apis/apps/v1`; undefined when no such group and version is served. The text is built
   * when first asked for and kept as long as the hash is the same.
   */
  document(path: string): OpenapiText | undefined;
}

/** Documents over what is served at the moment; `resources` is asked anew each time, so custom resources appear by themselves. */
export function openapi(schemas: Schemas, resources: () => readonly ResourceInfo[]): Openapi {
  const built = new Map<string, OpenapiText>();

  const hashes = () => {
    const served = resources();
    return new Map(
      apiGroups(served).flatMap(({ group, versions }) =>
        versions.map((version) => [pathOf(group, version), fingerprint(schemas, ofVersion(served, group, version))] as const),
      ),
    );
  };

  return {
    index() {
      const entries = [...hashes()].toSorted(([a], [b]) => (a < b ? -1 : 1));
      const paths = entries.map(([path, hash]) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }] as const);
      const text = JSON.stringify({ paths: Object.fromEntries(paths) });
      return { text, hash: sha512(text) };
    },
    document(path) {
      const hash = hashes().get(path);
      if (hash === undefined) return undefined;
      const known = built.get(path);
      if (known?.hash === hash) return known;
      const [version = "", group = ""] = path.split("/").slice(1).toReversed();
      const document = { text: JSON.stringify(openapiV3(schemas, resources(), group, version)), hash };
      built.set(path, document);
      return document;
    },
  };
}

/** The document of one group and version: its paths, and every definition they lead to. */
export function openapiV3(schemas: Schemas, resources: readonly ResourceInfo[], group: string, version: string) {
  const paths = openapiPaths(group, version, resources, schemas);
  return {
    openapi: "3.0.0",
    info: apiInfo(),
    paths,
    components: {
      schemas: describedDefinitions(schemas, paths),
      securitySchemes: { BearerToken: BEARER_TOKEN },
    },
  };
}

/** What documents of both OpenAPI versions say of the server. */
export const apiInfo = () => ({ title: "Kubernetes", version: `${recordedVersion()["major"]}.${recordedVersion()["minor"]}` });

export const BEARER_TOKEN = {
  type: "apiKey",
  description: "Bearer Token authentication",
  name: "authorization",
  in: "header",
};

/** The definitions that the paths refer to, directly or through others, sorted, with their descriptions. */
export function describedDefinitions(schemas: Schemas, paths: unknown): Record<string, Schema> {
  const found = new Map<string, Schema>();
  const collect = (part: unknown) => {
    if (typeof part !== "object" || part === null) return;
    for (const [key, value] of Object.entries(part)) {
      if (key !== "$ref" || typeof value !== "string") {
        collect(value);
        continue;
      }
      const name = value.slice(value.lastIndexOf("/") + 1);
      const schema = schemas.definition(name);
      if (!schema || found.has(name)) continue;
      found.set(name, described(name, schema));
      collect(schema);
    }
  };
  collect(paths);
  return Object.fromEntries([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function described(name: string, schema: Schema): Schema {
  const { "": own, ...fields } = prose(name) ?? commonProse();
  const properties = Object.entries(schema.properties ?? {}).map(([field, property]) => {
    const description = property.description ?? fields[field];
    return [field, description === undefined ? property : { description, ...property }] as const;
  });
  return {
    ...(own !== undefined && { description: own }),
    ...schema,
    ...(schema.properties && { properties: Object.fromEntries(properties) }),
  };
}

function prose(name: string): Record<string, string> | undefined {
  descriptions ??= dataLines("descriptions.txt.br");
  const text = descriptions.get(name);
  return text === undefined ? undefined : (JSON.parse(text) as Record<string, string>);
}

/** What every kind has, told in the words of one: for custom kinds. */
function commonProse(): Record<string, string> {
  const { apiVersion = "", kind = "", metadata = "" } = prose("io.k8s.api.core.v1.ConfigMap") ?? {};
  return { apiVersion, kind, metadata };
}

let descriptions: Map<string, string> | undefined;

const pathOf = (group: string, version: string) => (group ? `apis/${group}/${version}` : `api/${version}`);

const ofVersion = (resources: readonly ResourceInfo[], group: string, version: string) =>
  resources.filter((one) => one.group === group && one.version === version);

/**
 * Names the state of a document without building it: what is recorded changes with a release alone, so the resources and the
 * schemas of custom kinds make the difference. FORMAT is to be raised when this file or the recorded data changes.
 */
const fingerprint = (schemas: Schemas, resources: readonly ResourceInfo[]): string =>
  sha512(JSON.stringify([FORMAT, recordedVersion()["gitVersion"], resources, resources.map((one) => schemas.custom(one))]));

const FORMAT = 1;

const sha512 = (text: string) => createHash("sha512").update(text).digest("hex").toUpperCase();
