/** A label set: sorted by name, without empty values. Made by `labelsOf` alone, so that equal sets have equal keys. */
export type Labels = Readonly<Record<string, string>>;

export const METRIC_NAME = "__name__";
export const NO_LABELS: Labels = Object.freeze({});

/** A label set of entries in any order; of two with the same name the later holds, an empty value removes. */
export function labelsOf(entries: Iterable<readonly [name: string, value: string]>): Labels {
  const values = new Map(entries);
  const names = [...values.keys()].filter((name) => values.get(name) !== "").sort();
  const labels: Record<string, string> = {};
  for (const name of names) labels[name] = values.get(name)!;
  return labels;
}

export const withLabels = (labels: Labels, more: Iterable<readonly [name: string, value: string]>): Labels =>
  labelsOf([...Object.entries(labels), ...more]);

export const keepLabels = (labels: Labels, keep: (name: string) => boolean): Labels => {
  const kept: Record<string, string> = {};
  for (const name in labels) if (keep(name)) kept[name] = labels[name]!;
  return kept;
};

/** A function of label sets that is worked out once for each set, as queries over a range ask for it at every step. */
export function memoized<T>(derive: (labels: Labels) => T): (labels: Labels) => T {
  const known = new WeakMap<Labels, T>();
  return (labels) => {
    const found = known.get(labels);
    if (found !== undefined) return found;
    const made = derive(labels);
    known.set(labels, made);
    return made;
  };
}

export const withoutName = memoized((labels) =>
  METRIC_NAME in labels ? keepLabels(labels, (name) => name !== METRIC_NAME) : labels,
);

/** Equal for equal label sets. */
export const labelsKey = memoized((labels) => {
  let key = "";
  for (const name in labels) key += `${name}\u0000${labels[name]}\u0001`;
  return key;
});

/** As Go's labels.Labels prints itself in messages: `{__name__="up", job="x"}`. */
export const labelsText = (labels: Labels): string =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : JSON.stringify(name)}=${JSON.stringify(value)}`)
    .join(", ")}}`;
