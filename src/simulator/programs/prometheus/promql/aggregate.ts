import { keepLabels, labelsKey, memoized, METRIC_NAME, withLabels, type Labels } from "../labels.ts";
import type { Grouping } from "./ast.ts";
import { KahanSum, mean, quantile } from "./kahan.ts";
import { valueText } from "./literals.ts";
import { executionError } from "./query-error.ts";
import type { Sample } from "./values.ts";

/** An aggregation over one instant (promql/engine.go, aggregation and aggregationK). `param` as the operator takes it. */
export function aggregate(
  op: string,
  vector: readonly Sample[],
  grouping: Grouping,
  param: number | string | undefined,
): Sample[] {
  if (op === "count_values") return countValues(vector, grouping, String(param));
  const groups = groupBy(vector, grouping);
  if (op === "topk" || op === "bottomk")
    return extremes(
      op,
      groups.map(({ samples }) => samples),
      Number(param),
    );
  const combine = op === "quantile" ? (values: readonly number[]) => quantile(Number(param), values) : COMBINE[op]!;
  return groups.map(({ labels, samples }) => ({ labels, value: combine(samples.map(({ value }) => value)) }));
}

const COMBINE: Readonly<Record<string, (values: readonly number[]) => number>> = {
  sum(values) {
    const sum = new KahanSum(values[0]);
    for (const value of values.slice(1)) sum.add(value);
    return sum.total;
  },
  avg: mean,
  count: (values) => values.length,
  group: () => 1,
  min: (values) => values.reduce((least, value) => (least > value || Number.isNaN(least) ? value : least)),
  max: (values) => values.reduce((most, value) => (most < value || Number.isNaN(most) ? value : most)),
  stdvar: variance,
  stddev: (values) => Math.sqrt(variance(values)),
};

/** Welford's. */
function variance(values: readonly number[]): number {
  const [first] = values;
  let mean = first!;
  let squares = Number.isFinite(first) ? 0 : NaN;
  for (const [index, value] of values.entries()) {
    if (index === 0) continue;
    const delta = value - mean;
    mean += delta / (index + 1);
    squares += delta * (value - mean);
  }
  return squares / values.length;
}

function groupBy(vector: readonly Sample[], grouping: Grouping): { labels: Labels; samples: Sample[] }[] {
  const groups = new Map<string, { labels: Labels; samples: Sample[] }>();
  const groupLabels = groupLabelsOf(grouping);
  for (const sample of vector) {
    const labels = groupLabels(sample.labels);
    const key = labelsKey(labels);
    const group = groups.get(key);
    if (group) group.samples.push(sample);
    else groups.set(key, { labels, samples: [sample] });
  }
  return [...groups.values()];
}

const groupings = new WeakMap<Grouping, (labels: Labels) => Labels>();

/** The labels of a series' group. */
function groupLabelsOf(grouping: Grouping): (labels: Labels) => Labels {
  const known = groupings.get(grouping);
  if (known) return known;
  const { without, labels: names } = grouping;
  const made = memoized((labels) =>
    keepLabels(labels, (name) => (without ? name !== METRIC_NAME && !names.includes(name) : names.includes(name))),
  );
  groupings.set(grouping, made);
  return made;
}

/** The greatest or smallest k of each group, in order; NaN comes last. */
function extremes(op: "topk" | "bottomk", groups: readonly Sample[][], k: number): Sample[] {
  if (Number.isNaN(k) || Math.abs(k) >= 2 ** 63) throw executionError(`Scalar value ${valueText(k)} overflows int64`);
  const count = Math.max(0, Math.trunc(k));
  const order = op === "topk" ? (a: Sample, b: Sample) => b.value - a.value : (a: Sample, b: Sample) => a.value - b.value;
  return groups.flatMap((samples) => samples.toSorted(nanLast(order)).slice(0, count));
}

/** An order of samples that puts what is no number at the end. */
export const nanLast =
  (order: (a: Sample, b: Sample) => number) =>
  (a: Sample, b: Sample): number =>
    Number(Number.isNaN(a.value)) - Number(Number.isNaN(b.value)) || (a.value === b.value ? 0 : order(a, b) || 0);

function countValues(vector: readonly Sample[], { without, labels: names }: Grouping, label: string): Sample[] {
  if (label === "") throw executionError(`invalid label name "${label}"`);
  const valued = vector.map((sample) => ({ ...sample, labels: withLabels(sample.labels, [[label, valueText(sample.value)]]) }));
  const grouping = { without, labels: without ? names : [...names, label] };
  return groupBy(valued, grouping).map(({ labels, samples }) => ({ labels, value: samples.length }));
}
