import { KahanSum, mean, quantile } from "./kahan.ts";
import type { Point } from "./values.ts";

/** What a function over a range sees of one series: at least one point, the range's ends, and the other arguments. */
export interface Window {
  points: readonly Point[];
  /** Milliseconds; the range is open at its start. */
  start: number;
  end: number;
  /** Milliseconds. */
  range: number;
  /** The moment of evaluation. */
  now: number;
  scalars: readonly number[];
}

/** Undefined: no element for this series. */
export type RangeFunction = (window: Window) => number | undefined;

const over =
  (combine: (values: number[]) => number): RangeFunction =>
  ({ points }) =>
    combine(points.map(({ value }) => value));

const better = (isBetter: (value: number, best: number) => boolean) =>
  over((values) => values.reduce((best, value) => (isBetter(value, best) || Number.isNaN(best) ? value : best)));

/** Functions of a range vector that look at each series alone (promql/functions.go). */
export const RANGE_FUNCTIONS: Readonly<Record<string, RangeFunction>> = {
  rate: (window) => extrapolated(window, { counter: true, perSecond: true }),
  increase: (window) => extrapolated(window, { counter: true, perSecond: false }),
  delta: (window) => extrapolated(window, { counter: false, perSecond: false }),
  irate: (window) => lastTwo(window, true),
  idelta: (window) => lastTwo(window, false),
  deriv: ({ points }) => (points.length < 2 ? undefined : regression(points, points[0]!.at).slope),
  predict_linear({ points, now, scalars }) {
    if (points.length < 2) return undefined;
    const { slope, intercept } = regression(points, now);
    return slope * scalars[0]! + intercept;
  },
  changes: ({ points }) => countSteps(points, (a, b) => a !== b && !(Number.isNaN(a) && Number.isNaN(b))),
  resets: ({ points }) => countSteps(points, (a, b) => b < a),
  avg_over_time: over(mean),
  sum_over_time: over((values) => {
    const sum = new KahanSum();
    for (const value of values) sum.add(value);
    return Math.abs(sum.sum) === Infinity ? sum.sum : sum.total;
  }),
  count_over_time: ({ points }) => points.length,
  last_over_time: ({ points }) => points.at(-1)!.value,
  present_over_time: () => 1,
  min_over_time: better((value, best) => value < best),
  max_over_time: better((value, best) => value > best),
  quantile_over_time: ({ points, scalars }) =>
    quantile(
      scalars[0]!,
      points.map(({ value }) => value),
    ),
  stdvar_over_time: over(variance),
  stddev_over_time: over((values) => Math.sqrt(variance(values))),
};

/** Increase over the whole range: what the samples show, drawn out to the range's ends where they come near them. */
function extrapolated(
  { points, start, end, range }: Window,
  { counter, perSecond }: { counter: boolean; perSecond: boolean },
): number | undefined {
  if (points.length < 2) return undefined;
  const first = points[0]!;
  const last = points.at(-1)!;
  let result = last.value - first.value;
  if (counter) {
    for (let index = 1; index < points.length; index++) {
      if (points[index]!.value < points[index - 1]!.value) result += points[index - 1]!.value;
    }
  }
  let toStart = (first.at - start) / 1000;
  let toEnd = (end - last.at) / 1000;
  const sampled = (last.at - first.at) / 1000;
  const between = sampled / (points.length - 1);
  const threshold = between * 1.1;
  if (toStart >= threshold) toStart = between / 2;
  // A counter was never below zero: the series began no earlier than it would have stood there.
  if (counter && result > 0 && first.value >= 0) toStart = Math.min(toStart, sampled * (first.value / result));
  if (toEnd >= threshold) toEnd = between / 2;
  const drawnOut = sampled + toStart + toEnd;
  const factor = drawnOut / sampled;
  return result * (perSecond ? factor / (range / 1000) : factor);
}

function lastTwo({ points }: Window, isRate: boolean): number | undefined {
  if (points.length < 2) return undefined;
  const [before, last] = [points.at(-2)!, points.at(-1)!];
  const milliseconds = last.at - before.at;
  if (milliseconds === 0) return undefined;
  const difference = !isRate || !(last.value < before.value) ? last.value - before.value : last.value;
  return isRate ? difference / (milliseconds / 1000) : difference;
}

const countSteps = (points: readonly Point[], counts: (before: number, after: number) => boolean): number =>
  points.reduce((count, { value }, index) => count + Number(index > 0 && counts(points[index - 1]!.value, value)), 0);

/** Least squares; x counts seconds from `origin`. */
function regression(points: readonly Point[], origin: number): { slope: number; intercept: number } {
  const first = points[0]!.value;
  if (points.every(({ value }) => value === first))
    return Math.abs(first) === Infinity ? { slope: NaN, intercept: NaN } : { slope: 0, intercept: first };
  const [sumX, sumY, sumXY, sumXX] = [new KahanSum(), new KahanSum(), new KahanSum(), new KahanSum()];
  for (const { at, value } of points) {
    const x = (at - origin) / 1000;
    sumX.add(x);
    sumY.add(value);
    sumXY.add(x * value);
    sumXX.add(x * x);
  }
  const count = points.length;
  const covariance = sumXY.total - (sumX.total * sumY.total) / count;
  const slope = covariance / (sumXX.total - (sumX.total * sumX.total) / count);
  return { slope, intercept: sumY.total / count - (slope * sumX.total) / count };
}

/** Welford's, with both sums compensated. */
function variance(values: readonly number[]): number {
  const mean = new KahanSum();
  const squares = new KahanSum();
  for (const [index, value] of values.entries()) {
    const delta = value - mean.total;
    mean.add(delta / (index + 1));
    squares.add(delta * (value - mean.total));
  }
  return squares.total / values.length;
}
