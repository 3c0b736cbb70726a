import type { ManagedFieldsEntry } from "../../api/object.ts";
import { byCodeUnits } from "../go-format.ts";
import type { FieldSet } from "./field-set.ts";
import { canonical, NO_FIELDS, union } from "./field-set.ts";

/** What one manager owns, by one operation. */
export interface Owner {
  manager: string;
  operation: "Apply" | "Update";
  apiVersion: string;
  subresource: string;
  time: string | undefined;
  fields: FieldSet;
}

/**
 * Owners by identifier. An applier is the same whatever version it applies in; an updater is another one in each version.
 * k8s.io/apimachinery pkg/util/managedfields/internal.
 */
export type Managers = Map<string, Owner>;

/** The identifier is JSON in Go's order of fields: conflicts are listed in the order of these strings. */
export const identifier = ({ manager, operation, apiVersion, subresource }: Owner): string =>
  JSON.stringify({
    ...(manager && { manager }),
    operation,
    ...(operation === "Update" && { apiVersion }),
    ...(subresource && { subresource }),
  });

/** The entry an owner was read from, so that it is written again as it was. A changed owner is another object. */
const origins = new WeakMap<Owner, ManagedFieldsEntry>();

/**
 * Later entries win over earlier ones of the same manager. Throws when an entry is malformed. Entries that are not among the
 * `stored` ones are brought into our own spelling first.
 */
export function decodeManagers(entries: readonly ManagedFieldsEntry[], stored = entries): Managers {
  const managers: Managers = new Map();
  for (const entry of entries) {
    const owner = decode(entry, stored !== entries && !stored.includes(entry));
    managers.set(identifier(owner), owner);
  }
  return managers;
}

function decode(entry: ManagedFieldsEntry, isForeign: boolean): Owner {
  const { manager = "", operation, apiVersion, subresource = "", time, fieldsType, fieldsV1: fields = NO_FIELDS } = entry;
  if (operation !== "Apply" && operation !== "Update") throw new Error("operation must be `Apply` or `Update`");
  if (!apiVersion) throw new Error("apiVersion must not be empty");
  if (fieldsType !== "FieldsV1")
    throw new Error(fieldsType ? `invalid fieldsType ${JSON.stringify(fieldsType)}` : "missing fieldsType");
  const owner: Owner = { manager, operation, apiVersion, subresource, time, fields: isForeign ? canonical(fields) : fields };
  if (!isForeign) origins.set(owner, entry);
  return owner;
}

/** Appliers first, then by time (to the second), then by name. The list `before` itself when it would be the same entries. */
export function encodeManagers(managers: Managers, before: readonly ManagedFieldsEntry[]): readonly ManagedFieldsEntry[] {
  const owners = [...managers.values()].sort(
    (a, b) =>
      byCodeUnits(a.operation, b.operation) ||
      seconds(a) - seconds(b) ||
      byCodeUnits(a.manager, b.manager) ||
      byCodeUnits(a.apiVersion, b.apiVersion) ||
      byCodeUnits(a.subresource, b.subresource),
  );
  const entries = owners.map((owner) => origins.get(owner) ?? encode(owner));
  const isUnchanged = entries.length === before.length && entries.every((entry, at) => entry === before[at]);
  return isUnchanged ? before : entries;
}

function encode({ manager, operation, apiVersion, subresource, time, fields }: Owner): ManagedFieldsEntry {
  return {
    ...(manager && { manager }),
    operation,
    apiVersion,
    ...(time !== undefined && { time }),
    fieldsType: "FieldsV1",
    fieldsV1: fields,
    ...(subresource && { subresource }),
  };
}

const seconds = ({ time }: Owner): number => (time ? Math.floor(Date.parse(time) / 1000) : 0);

const MOST_UPDATERS = 10;
const ANCIENT = "ancient-changes";

/** Merges the oldest updaters, by version, until there are no more than ten. */
export function capUpdaters(managers: Managers): void {
  const updaters = [...managers].filter(([, { operation }]) => operation === "Update");
  if (updaters.length <= MOST_UPDATERS) return;
  updaters.sort(([a, left], [b, right]) => seconds(left) - seconds(right) || byCodeUnits(a, b));
  const firstOfVersion = new Map<string, string>();
  let count = updaters.length;
  for (const [id, owner] of updaters) {
    if (count <= MOST_UPDATERS) return;
    const { apiVersion, fields, time } = owner;
    const first = firstOfVersion.get(apiVersion);
    if (first === undefined) {
      firstOfVersion.set(apiVersion, id);
      continue;
    }
    const bucket: Owner = { ...owner, manager: ANCIENT, subresource: "", time };
    const bucketId = identifier(bucket);
    const ancient = managers.get(bucketId) ?? managers.get(first)!;
    if (!managers.has(bucketId)) managers.delete(first);
    managers.delete(id);
    managers.set(bucketId, { ...bucket, fields: union(fields, ancient.fields) });
    count--;
  }
}
