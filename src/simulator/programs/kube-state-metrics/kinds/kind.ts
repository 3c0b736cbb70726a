import type { OwnerReference } from "kubernetes-types/meta/v1";
import type { KubeObject } from "../../../api/object.ts";
import type { Family, Labels } from "../../../metrics/exposition.ts";
import { milliValue } from "../../../schema/quantity.ts";

/** A series of a family: what its labels add to the object's own, and its value. */
export type Row = readonly [labels: Labels, value: number];

/** What a family tells of one object: nothing, one number without labels, or rows. */
type Tell<T> = (object: T) => number | undefined | readonly Row[];

export interface KindFamily<T> extends Omit<Family, "samples"> {
  rows(object: T): readonly Row[];
}

/** A resource whose objects become metrics (kube-state-metrics internal/store, a file a kind). */
export interface Kind<T extends KubeObject = KubeObject> {
  /** As `--resources` names it. */
  resource: string;
  /** `/api/v1/pods` */
  path: string;
  /** Its Go type, for messages: `*v1.Pod`. */
  type: string;
  /** What all series of an object carry. */
  labels(object: T): Labels;
  families: readonly KindFamily<T>[];
}

/** Whose labels or annotations become metrics, by resource: names, or `*` for all. */
export type AllowList = Readonly<Record<string, readonly string[]>>;

export const defineKind = <T extends KubeObject>(kind: Kind<T>): Kind => kind as unknown as Kind;

/** A family that is promised to stay. */
export const stable = <T>(name: string, help: string, tell: Tell<T>): KindFamily<T> => family(name, `[STABLE] ${help}`, tell);

export const alpha = <T>(name: string, help: string, tell: Tell<T>): KindFamily<T> => family(name, help, tell);

export const counter = <T>(name: string, help: string, tell: Tell<T>): KindFamily<T> => ({
  ...family(name, `[STABLE] ${help}`, tell),
  type: "counter",
});

function family<T>(name: string, help: string, tell: Tell<T>): KindFamily<T> {
  const rows = (object: T): readonly Row[] => {
    const told = tell(object);
    return told === undefined ? [] : typeof told === "number" ? [[{}, told]] : told;
  };
  return { name, type: "gauge", help, rows };
}

/** The object's labels and annotations, which are empty unless an allow list names some; rows are made where the list is known. */
export const ownLabels = <T extends KubeObject>(
  prefix: string,
  word: "labels" | "annotations",
  isStable = false,
): KindFamily<T> =>
  (isStable ? stable : alpha)(`${prefix}_${word}`, `Kubernetes ${word} converted to Prometheus labels.`, () => []);

/** Seconds since the epoch. */
export const unix = (time: unknown): number | undefined =>
  typeof time === "string" ? Math.floor(Date.parse(time) / 1000) : undefined;

export const created = ({ metadata }: KubeObject): number | undefined => unix(metadata.creationTimestamp);
export const deleted = ({ metadata }: KubeObject): number | undefined => unix(metadata.deletionTimestamp);
export const generation = ({ metadata }: KubeObject): number => metadata.generation ?? 0;
export const resourceVersion = ({ metadata }: KubeObject): number => Number(metadata.resourceVersion);

export const one = (labels: Record<string, string | undefined>): readonly Row[] => [[filled(labels), 1]];

/** A label without a value is written as an empty one. */
export const filled = (labels: Record<string, string | undefined>): Labels =>
  Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, value ?? ""]));

export const bool = (is: boolean | undefined): number => (is ? 1 : 0);

/** Three rows: is it true, false, unknown? */
export const conditionRows = (status: string, labels: (value: string) => Labels): Row[] =>
  ["True", "False", "Unknown"].map((value) => [labels(value.toLowerCase()), bool(status === value)]);

/** Conditions of an object, by type and status. */
export const conditions = (all: readonly { type: string; status: string }[] | undefined): Row[] =>
  (all ?? []).flatMap(({ type, status }) => conditionRows(status, (value) => ({ condition: type, status: value })));

/** One row for each of the phases, 1 for the present one. */
export const phases = (all: readonly string[], present: string | undefined): Row[] =>
  present ? all.map((phase) => [{ phase }, bool(phase === present)]) : [];

export const owners = (references: readonly OwnerReference[] | undefined): Row[] =>
  references?.length
    ? references.map(({ kind, name, controller }) => [
        { owner_kind: kind, owner_name: name, owner_is_controller: String(controller ?? false) },
        1,
      ])
    : [[{ owner_kind: "", owner_name: "", owner_is_controller: "" }, 1]];

export const quantity = (text: unknown): number => milliValue(String(text)) / 1000;

/** Amounts of resources, by name and unit; what has no unit of its own is left out. */
export function resourceRows(amounts: Readonly<Record<string, unknown>> | undefined, labels: Labels = {}, pods = false): Row[] {
  return Object.entries(amounts ?? {}).flatMap(([resource, amount]): Row[] => {
    const unit = unitOf(resource, pods);
    return unit ? [[{ ...labels, resource: sanitized(resource), unit }, quantity(amount)]] : [];
  });
}

function unitOf(resource: string, pods: boolean): string | undefined {
  if (resource === "cpu") return "core";
  if (/^(storage|ephemeral-storage|memory)$|^hugepages-|^attachable-volumes-/.test(resource)) return "byte";
  if (resource === "pods") return pods ? "integer" : undefined;
  return resource.includes("/") && !resource.startsWith("requests.") && !resource.includes("kubernetes.io/")
    ? "integer"
    : undefined;
}

/** What may not stand in a label's name becomes an underscore. */
export const sanitized = (name: string): string => name.replaceAll(/[^a-zA-Z0-9_]/g, "_");

export const namespaced =
  (label: string) =>
  ({ metadata: { namespace = "", name } }: KubeObject): Labels => ({ namespace, [label]: name });
