import { dump } from "js-yaml";
import { itemJson, objectJson } from "../store/serialise.ts";
import type { Representation } from "./negotiate.ts";
import type { KubeObject } from "./object.ts";
import type { Endpoint } from "./registry.ts";
import type { Listed } from "./rest/list.ts";
import { tableHead, tableJson, tableRow } from "./table.ts";

export interface Encoding extends Representation {
  /** includeObject of the request: what a table row carries besides its cells. */
  includeObject: string;
  now: number;
}

export const contentType = ({ format }: Representation): string => `application/${format}`;

/** Any value that is no stored object: Status, Scale, reviews. */
export const encodeValue = (value: unknown, representation: Representation): string =>
  written(JSON.stringify(value), representation);

export function encodeObject(endpoint: Endpoint, object: KubeObject, encoding: Encoding): string {
  if (encoding.as === "Table") {
    const version = object.metadata.resourceVersion;
    return written(
      tableJson(encoding.version, { resourceVersion: version }, tableHead(endpoint), [row(endpoint, object, encoding)]),
      encoding,
    );
  }
  if (encoding.as === "PartialObjectMetadata") return written(partialJson(object, encoding.version), encoding);
  return written(objectJson(object), encoding);
}

export function encodeList(endpoint: Endpoint, listed: Listed, encoding: Encoding): string {
  const meta = {
    resourceVersion: listed.resourceVersion,
    ...(listed.continue && { continue: listed.continue }),
    ...(listed.remainingItemCount !== undefined && { remainingItemCount: listed.remainingItemCount }),
  };
  if (encoding.as === "Table") {
    const rows = listed.items.map((item) => row(endpoint, item, encoding));
    return written(tableJson(encoding.version, meta, tableHead(endpoint), rows), encoding);
  }
  if (encoding.as) {
    const items = listed.items.map((item) => partialJson(item, encoding.version));
    return written(listJson(`meta.k8s.io/${encoding.version}`, "PartialObjectMetadataList", meta, items), encoding);
  }
  return written(listJson(endpoint.apiVersion, `${endpoint.info.kind}List`, meta, listed.items.map(itemJson)), encoding);
}

/** One line of a watch. `first` tells a table to name its columns. */
export function encodeEvent(endpoint: Endpoint, type: string, object: KubeObject, encoding: Encoding, first: boolean): string {
  return `{"type":"${type}","object":${eventObject(endpoint, object, encoding, first)}}\n`;
}

function eventObject(endpoint: Endpoint, object: KubeObject, encoding: Encoding, first: boolean): string {
  if (encoding.as === "Table") {
    const head = first ? tableHead(endpoint) : "null";
    return tableJson(encoding.version, { resourceVersion: object.metadata.resourceVersion }, head, [
      row(endpoint, object, encoding),
    ]);
  }
  return encoding.as ? partialJson(object, encoding.version) : objectJson(object);
}

const row = (endpoint: Endpoint, object: KubeObject, { includeObject, version, now }: Encoding): string => {
  const carried =
    includeObject === "None" ? "null" : includeObject === "Object" ? objectJson(object) : partialJson(object, version);
  return tableRow(endpoint, object, carried, now);
};

const partialJson = (object: KubeObject, version = "v1"): string =>
  `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/${version}","metadata":${JSON.stringify(object.metadata)}}`;

const listJson = (apiVersion: string, kind: string, meta: object, items: readonly string[]) =>
  `{"kind":"${kind}","apiVersion":"${apiVersion}","metadata":${JSON.stringify(meta)},"items":[${items.join(",")}]}`;

const written = (json: string, { format }: Representation): string => (format === "yaml" ? dump(JSON.parse(json), YAML) : json);

/** As sigs.k8s.io/yaml writes: keys sorted, lists not indented. */
const YAML = { lineWidth: -1, noRefs: true, sortKeys: true, quoteStyle: "double", seqNoIndent: true } as const;
