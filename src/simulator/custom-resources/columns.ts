import type { CustomResourceColumnDefinition } from "kubernetes-types/apiextensions/v1";
import type { KubeObject } from "../api/object.ts";
import { humanDuration } from "../resources/duration.ts";
import type { Cell } from "../resources/resource.ts";
import type { ColumnDefinition } from "../schema/resource-info.ts";
import { jsonPath } from "./json-path.ts";

const NAME: ColumnDefinition = { name: "Name", type: "string", format: "name", priority: 0 };
/** What a version without columns of its own shows. */
const AGE: CustomResourceColumnDefinition = { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" };

/** The table of a custom resource (apiextensions-apiserver pkg/registry/customresource/tableconvertor). */
export function tableOf(own: readonly CustomResourceColumnDefinition[] = []) {
  const columns = own.length > 0 ? own : [AGE];
  const cells = columns.map(({ type, jsonPath: path }) => ({ type, read: jsonPath(path) }));
  const definitions = columns.map(({ name, type, format = "", priority = 0 }) => ({ name, type, format, priority }));
  return {
    columns: [NAME, ...definitions],
    cells: (object: KubeObject, { now }: { now: number }): Cell[] => [
      object.metadata.name,
      ...cells.map(({ type, read }) => cell(type, read?.(object)[0], now)),
    ],
  };
}

function cell(type: string, value: unknown, now: number): Cell {
  if (value === undefined || value === null) return null;
  switch (type) {
    case "string":
      return typeof value === "string" ? value : JSON.stringify(value);
    case "integer":
      return typeof value === "number" ? Math.trunc(value) : null;
    case "number":
      return typeof value === "number" ? value : null;
    case "boolean":
      return typeof value === "boolean" ? value : null;
    case "date":
      return typeof value === "string" ? since(value, now) : null;
    default:
      return null;
  }
}

function since(text: string, now: number): string {
  const time = Date.parse(text);
  return Number.isNaN(time) ? "<invalid>" : humanDuration(now - time);
}
