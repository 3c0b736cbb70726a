import type { Container } from "kubernetes-types/core/v1";

/** Columns Containers and Images of a list of containers. */
export const containerCells = (containers: readonly Container[] | null | undefined): [string, string] => [
  (containers ?? []).map(({ name }) => name).join(","),
  (containers ?? []).map(({ image }) => image ?? "").join(","),
];

/** A label map as `a=b,c=d`, keys sorted; `<none>` when there is nothing (labels.FormatLabels). */
export const formatLabels = (labels: Record<string, string> | undefined): string =>
  Object.keys(labels ?? {})
    .sort()
    .map((key) => `${key}=${labels?.[key]}`)
    .join(",") || "<none>";

/** At most `limit` entries, then how many more there are: `a,b,c + 2 more...`. */
export const firstFew = (entries: readonly string[], limit: number, separator = ","): string => {
  const shown = entries.slice(0, limit).join(separator);
  return entries.length > limit ? `${shown} + ${entries.length - limit} more...` : shown;
};

/** Go's printing of a *bool in a column. */
export const formatBoolean = (value: boolean | undefined): string => (value === undefined ? "<unset>" : value ? "True" : "False");
