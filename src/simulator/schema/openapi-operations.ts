import type { GroupVersionKind } from "./schema.ts";

/** An OpenAPI v3 path item; `parameters` are those that all of its operations take. */
export type PathItem = Partial<Record<Method, Operation>> & { parameters?: Parameter[] };

export type Method = "get" | "put" | "post" | "delete" | "options" | "head" | "patch";

export interface Operation {
  tags: string[];
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: Content; required?: true };
  responses: Record<string, { description: string; content?: Content }>;
  "x-kubernetes-action"?: string;
  "x-kubernetes-group-version-kind"?: GroupVersionKind;
}

type Content = Record<string, { schema: { $ref: string } | { type: string } }>;

export interface Parameter {
  name: string;
  in: "query" | "path";
  required?: true;
  schema: { type: string; uniqueItems: true };
}

/** Operations of one path; what all of them take stands at the path. */
export function item(operations: readonly (readonly [Method, Operation])[]): PathItem {
  const sets = operations.map(([, { parameters = [] }]) => parameters);
  const common = (sets[0] ?? []).filter((parameter) => sets.every((set) => set.some((one) => same(one, parameter))));
  const result: PathItem = {};
  for (const [method, { parameters = [], ...operation }] of operations) {
    const own = parameters.filter((parameter) => !common.some((one) => same(one, parameter)));
    const { tags, operationId, ...rest } = operation;
    result[method] = { tags, operationId, ...(own.length && { parameters: own }), ...rest };
  }
  if (common.length) result.parameters = common;
  return result;
}

const same = (a: Parameter, b: Parameter) => a.name === b.name && a.in === b.in;

export const query = (name: string, type: string): Parameter => ({ name, in: "query", schema: { type, uniqueItems: true } });
export const inPath = (name: string): Parameter => ({
  name,
  in: "path",
  required: true,
  schema: { type: "string", uniqueItems: true },
});
const queries = (type: string, ...names: string[]) => names.map((name) => query(name, type));

export const NAME = inPath("name");
export const NAMESPACE = inPath("namespace");
export const PRETTY = query("pretty", "string");
export const WRITE = queries("string", "dryRun", "fieldManager", "fieldValidation");
export const LIST = [
  ...queries("boolean", "allowWatchBookmarks", "sendInitialEvents", "watch"),
  ...queries("integer", "limit", "timeoutSeconds"),
  ...queries("string", "continue", "fieldSelector", "labelSelector", "resourceVersion", "resourceVersionMatch"),
];
export const DELETE = [
  ...queries("string", "dryRun", "propagationPolicy"),
  ...queries("integer", "gracePeriodSeconds"),
  ...queries("boolean", "ignoreStoreReadErrorWithClusterBreakingPotential", "orphanDependents"),
];
export const LOG = [
  ...queries("string", "container", "stream"),
  ...queries("boolean", "follow", "insecureSkipTLSVerifyBackend", "previous", "timestamps"),
  ...queries("integer", "limitBytes", "sinceSeconds", "tailLines"),
];
const STREAMS = [...queries("boolean", "stderr", "stdin", "stdout", "tty"), query("container", "string")];
export const CONNECT: Record<string, Parameter[]> = {
  PodAttachOptions: STREAMS,
  PodExecOptions: [...STREAMS, query("command", "string")],
  PodPortForwardOptions: [query("ports", "integer")],
  PodProxyOptions: [query("path", "string")],
};

export const JSON_TYPES = ["application/json", "application/vnd.kubernetes.protobuf", "application/yaml"];
export const WATCH_TYPES = [...JSON_TYPES, "application/json;stream=watch", "application/vnd.kubernetes.protobuf;stream=watch"];
export const PATCH_TYPES = ["apply-patch+yaml", "json-patch+json", "merge-patch+json", "strategic-merge-patch+json"].map(
  (type) => `application/${type}`,
);

/** A reference to a type of meta/v1. */
export const meta = (kind: string) => ({ $ref: `#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.${kind}` });

export const content = (types: readonly string[], schema: { $ref: string } | { type: string }): Content =>
  Object.fromEntries(types.toSorted().map((type) => [type, { schema }]));

const MEANING: Record<number, string> = { 200: "OK", 201: "Created", 202: "Accepted" };

export const answers = (codes: readonly number[], body: Content): Operation["responses"] => ({
  ...Object.fromEntries(codes.map((code) => [code, { description: MEANING[code] ?? "", content: body }])),
  401: { description: "Unauthorized" },
});
