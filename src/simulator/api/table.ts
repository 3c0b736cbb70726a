import type { Cell } from "../resources/resource.ts";
import { objectJson } from "../store/serialise.ts";
import { partialJson, type Encoding } from "./encode.ts";
import type { KubeObject } from "./object.ts";
import type { Endpoint } from "./registry.ts";

const heads = new WeakMap<Endpoint, string>();

/** Columns of kinds that have no printer of their own (apiserver pkg/registry/rest/table.go). */
const PLAIN_COLUMNS = [
  { name: "Name", type: "string", format: "name", priority: 0 },
  { name: "Created At", type: "date", format: "", priority: 0 },
];

/** The columnDefinitions of a kind, as JSON. */
export function tableHead(endpoint: Endpoint): string {
  let head = heads.get(endpoint);
  if (head === undefined) {
    const columns = endpoint.columns ?? PLAIN_COLUMNS;
    head = JSON.stringify(columns.map((column) => ({ ...column, description: "" })));
    heads.set(endpoint, head);
  }
  return head;
}

export function tableRow(endpoint: Endpoint, object: KubeObject, { includeObject, now, version }: Encoding): string {
  const cells: Cell[] = endpoint.strategy.cells?.(object as never, { now }) ?? [
    object.metadata.name,
    object.metadata.creationTimestamp,
  ];
  const carried =
    includeObject === "None" ? "null" : includeObject === "Object" ? objectJson(object) : partialJson(object, version);
  return `{"cells":${JSON.stringify(cells)},"object":${carried}}`;
}

export const tableJson = (version = "v1", metadata: object, columns: string, rows: readonly string[]): string =>
  `{"kind":"Table","apiVersion":"meta.k8s.io/${version}","metadata":${JSON.stringify(metadata)},"columnDefinitions":${columns},"rows":[${rows.join(",")}]}`;
