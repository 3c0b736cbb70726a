import { parseDuration } from "../promql/literals.ts";
import { ConfigFault, type YamlNode } from "./yaml-tree.ts";

/** What a field takes. A duration becomes milliseconds. */
export type Kind =
  | "string"
  | "bool"
  | "int"
  | "duration"
  | { list: Kind; go: string }
  | { map: Kind; go: string }
  | Shape
  | Unmodelled;

/** A mapping with known fields; `go` is the name of its Go type in messages. */
export interface Shape {
  go: string;
  fields: Readonly<Record<string, Kind>>;
}

/** A field that a real Prometheus takes, and this one does not. */
export interface Unmodelled {
  unmodelled: string;
}

/** A document as plain values by the fields' own names. Throws a ConfigFault that tells all faults, as Go's strict reader does. */
export function decode(node: YamlNode | undefined, shape: Shape): Record<string, unknown> {
  if (!node || isNull(node)) return {};
  const faults: string[] = [];
  const value = decodeNode(node, shape, faults);
  if (faults.length > 0) throw new ConfigFault(`yaml: unmarshal errors:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
  return value as Record<string, unknown>;
}

const isNull = (node: YamlNode) => node.kind === "scalar" && node.value === null;

function decodeNode(node: YamlNode, kind: Kind, faults: string[]): unknown {
  if (isNull(node)) return null;
  const mismatch = (go: string): undefined =>
    void faults.push(`line ${node.line}: cannot unmarshal ${described(node)} into ${go}`);
  if (typeof kind === "string") return node.kind === "scalar" ? decodeScalar(node, kind, mismatch) : mismatch(GO_TYPES[kind]);
  if ("unmodelled" in kind) throw new ConfigFault(`the practice cluster's Prometheus does not do ${kind.unmodelled}`);
  if ("list" in kind) {
    if (node.kind !== "list") return mismatch(kind.go);
    return node.items.map((item) => decodeNode(item, kind.list, faults));
  }
  if (node.kind !== "map") return mismatch(kind.go);
  const values: Record<string, unknown> = {};
  for (const { key, line, value } of node.entries) {
    const field = "map" in kind ? kind.map : kind.fields[key];
    if (field === undefined) faults.push(`line ${line}: field ${key} not found in type ${kind.go}`);
    else if (key in values)
      faults.push(
        `line ${line}: ${"map" in kind ? `key ${JSON.stringify(key)}` : `field ${key}`} already set in ${"map" in kind ? "map" : `type ${kind.go}`}`,
      );
    else values[key] = decodeNode(value, field, faults);
  }
  return values;
}

const GO_TYPES = { string: "string", bool: "bool", int: "int", duration: "string" } as const;

function decodeScalar(
  { text, value }: Extract<YamlNode, { kind: "scalar" }>,
  kind: keyof typeof GO_TYPES,
  mismatch: (go: string) => undefined,
): unknown {
  if (kind === "string") return text;
  if (kind === "duration") {
    const duration = parseDuration(text);
    if (duration === undefined) throw new ConfigFault(durationFault(text));
    return duration;
  }
  return typeof value === (kind === "int" ? "number" : "boolean") ? value : mismatch(GO_TYPES[kind]);
}

function durationFault(text: string): string {
  if (text === "") return "empty duration string";
  const unit = /^(?:\d+(?:ms|[ywdhms]))*\d+([A-Za-zµ]+)/.exec(text)?.[1];
  return unit && !/^(ms|[ywdhms])$/.test(unit)
    ? `unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`
    : `not a valid duration string: ${JSON.stringify(text)}`;
}

/** A value as Go's YAML reader names it: !!str `maybe`. */
function described(node: YamlNode): string {
  if (node.kind !== "scalar") return node.kind === "list" ? "!!seq" : "!!map";
  const tag =
    { boolean: "!!bool", number: Number.isInteger(node.value) ? "!!int" : "!!float" }[typeof node.value as string] ?? "!!str";
  return `${tag} \`${node.text.length > 10 ? `${node.text.slice(0, 7)}...` : node.text}\``;
}
