import type { Cell } from "../resources/resource.ts";
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
    head = JSON.stringify(columns.map(({ priority, ...column }) => ({ ...column, description: "", priority })));
    heads.set(endpoint, head);
  }
  return head;
}

/** `carried` is the JSON of what the row brings along besides its cells. */
export function tableRow({ strategy }: Endpoint, object: KubeObject, carried: string, now: number): string {
  const cells: Cell[] = strategy.cells?.(object as never, { now }) ?? [object.metadata.name, object.metadata.creationTimestamp];
  return `{"cells":${JSON.stringify(cells)},"object":${carried}}`;
}

export const tableJson = (version = "v1", metadata: object, columns: string, rows: readonly string[]): string =>
  `{"kind":"Table","apiVersion":"meta.k8s.io/${version}","metadata":${JSON.stringify(metadata)},"columnDefinitions":${columns},"rows":[${rows.join(",")}]}`;
