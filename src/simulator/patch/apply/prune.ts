import type { FieldSet } from "./field-set.ts";
import { difference, intersection, isEmpty, union } from "./field-set.ts";
import { fieldsOf } from "./fields-of.ts";
import type { MergeType } from "./merge-type.ts";
import { removeFields, withNamedFields } from "./remove.ts";

/**
 * Takes out of a merged object what its applier applied last time, does not apply now, and nobody owns. `last` is what it
 * applied last time, `owned` what everybody owns now, the applier included. After structured-merge-diff merge/update.go.
 */
export function prune(type: MergeType, merged: unknown, last: FieldSet, owned: FieldSet): unknown {
  if (isEmpty(difference(last, owned))) return merged;
  const named = (set: FieldSet) => withNamedFields(type, set);
  const all = named(fieldsOf(type, merged));
  const unapplied = removeFields(type, merged, named(last));
  const kept = union(named(fieldsOf(type, unapplied)), named(owned));
  const withOwned = removeFields(type, merged, difference(all, kept));
  // What nobody owns, defaults above all, stays.
  const gone = intersection(difference(all, named(fieldsOf(type, withOwned))), named(last));
  return removeFields(type, merged, gone);
}
