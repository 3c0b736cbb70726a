import { labelsKey, labelsOf, METRIC_NAME, NO_LABELS, withoutName, type Labels } from "../labels.ts";
import { aggregate, nanLast } from "./aggregate.ts";
import {
  SET_OPERATORS,
  unwrap,
  type Call,
  type Expr,
  type Matcher,
  type RangeSelector,
  type Selector,
  type Subquery,
} from "./ast.ts";
import { scalarBinary, setBinary, vectorBinary, vectorScalarBinary } from "./binary.ts";
import { typeOf } from "./check-types.ts";
import { bucketQuantile, classicHistograms } from "./histogram.ts";
import { labelJoin, labelReplace } from "./label-functions.ts";
import { valueText } from "./literals.ts";
import { executionError } from "./query-error.ts";
import { RANGE_FUNCTIONS } from "./range-functions.ts";
import type { Notes, Queryable, QueryableSeries, Range, Sample } from "./values.ts";
import { DATE_FUNCTIONS, VALUE_FUNCTIONS } from "./vector-functions.ts";

export interface EvaluationOptions {
  data: Queryable;
  /** Ends of the query, in milliseconds: what `@ start()` and `@ end()` mean. */
  start: number;
  end: number;
  /** How far back a sample may lie, in milliseconds. */
  lookback: number;
  /** The step of a subquery that names none. */
  interval: number;
  /** `(1:6)`, for what is noted of a part of the query. */
  position: (expr: Expr) => string;
  notes: Notes;
}

/** Evaluates an expression at one moment after another (promql/engine.go). Throws a QueryError. */
export class Evaluation {
  readonly #options: EvaluationOptions;
  readonly #selected = new Map<readonly Matcher[], readonly QueryableSeries[]>();

  constructor(options: EvaluationOptions) {
    this.#options = options;
  }

  scalar(expr: Expr, now: number): number {
    switch (expr.kind) {
      case "number":
        return expr.value;
      case "paren":
        return this.scalar(expr.expr, now);
      case "unary":
        return expr.op === "-" ? -this.scalar(expr.expr, now) : this.scalar(expr.expr, now);
      case "binary":
        return scalarBinary(expr.op, this.scalar(expr.left, now), this.scalar(expr.right, now));
      case "call": {
        if (expr.name === "time") return now / 1000;
        if (expr.name === "pi") return Math.PI;
        const [only, ...more] = this.vector(expr.args[0]!, now);
        return only && more.length === 0 ? only.value : NaN;
      }
      default:
        throw executionError(`${expr.kind} is no scalar`);
    }
  }

  vector(expr: Expr, now: number): Sample[] {
    switch (expr.kind) {
      case "paren":
        return this.vector(expr.expr, now);
      case "selector":
        return this.#selector(expr, now);
      case "unary": {
        const vector = this.vector(expr.expr, now);
        return expr.op === "+"
          ? vector
          : unique(vector.map(({ labels, value }) => ({ labels: withoutName(labels), value: -value })));
      }
      case "aggregation": {
        const { op, grouping, param } = expr;
        if (op === "quantile") this.#checkQuantile(this.scalar(param!, now), param!);
        const given = param && (typeOf(param) === "string" ? text(param) : this.scalar(param, now));
        return aggregate(op, this.vector(expr.expr, now), grouping, given);
      }
      case "binary":
        return unique(this.#binary(expr, now));
      case "call":
        return unique(this.#call(expr, now));
      default:
        throw executionError(`${expr.kind} is no instant vector`);
    }
  }

  /** The series of a range selector or subquery, those without samples left out. */
  range(expr: RangeSelector | Subquery, now: number): { series: Range[]; start: number; end: number } {
    const { offset, at } = expr.kind === "range" ? expr.selector : expr;
    const end = this.#moment(at, now) - offset;
    const start = end - expr.range;
    const series =
      expr.kind === "range"
        ? this.#select(expr.selector).map((one) => ({ labels: one.labels, points: one.between(start, end) }))
        : this.#steps(expr, start, end);
    return { series: series.filter(({ points }) => points.length > 0), start, end };
  }

  #steps({ expr, step }: Subquery, start: number, end: number): Range[] {
    const interval = step ?? this.#options.interval;
    const found = new Map<string, { labels: Labels; points: { at: number; value: number }[] }>();
    // Steps lie on whole multiples of the interval.
    for (let at = Math.floor(start / interval) * interval + interval; at <= end; at += interval) {
      for (const { labels, value } of this.vector(expr, at)) {
        const key = labelsKey(labels);
        const range = found.get(key) ?? { labels, points: [] };
        range.points.push({ at, value });
        found.set(key, range);
      }
    }
    return [...found.values()];
  }

  #moment(at: Selector["at"], now: number): number {
    if (at === undefined) return now;
    return typeof at === "number" ? at : this.#options[at];
  }

  #select({ matchers }: Selector): readonly QueryableSeries[] {
    const known = this.#selected.get(matchers);
    if (known) return known;
    const series = this.#options.data.select(matchers);
    this.#selected.set(matchers, series);
    return series;
  }

  #selector(selector: Selector, now: number): Sample[] {
    const to = this.#moment(selector.at, now) - selector.offset;
    return this.#select(selector).flatMap((series) => {
      const point = series.latest(to - this.#options.lookback, to);
      return point ? [{ labels: series.labels, value: point.value, at: point.at }] : [];
    });
  }

  #binary(expr: Extract<Expr, { kind: "binary" }>, now: number): Sample[] {
    const { op, left, right, bool, matching } = expr;
    if (typeOf(left) === "scalar")
      return vectorScalarBinary(op, this.vector(right, now), this.scalar(left, now), { swap: true, bool });
    if (typeOf(right) === "scalar")
      return vectorScalarBinary(op, this.vector(left, now), this.scalar(right, now), { swap: false, bool });
    const sides = [this.vector(left, now), this.vector(right, now)] as const;
    return SET_OPERATORS.has(op) ? setBinary(op, ...sides, matching) : vectorBinary(op, ...sides, { matching, bool });
  }

  #call(call: Call, now: number): Sample[] {
    const { name, args } = call;
    const rest = () => args.slice(1).map((arg) => this.scalar(arg, now));
    if (name in RANGE_FUNCTIONS) return this.#rangeCall(call, now);
    if (name in DATE_FUNCTIONS) {
      const times = args[0] ? this.vector(args[0], now) : [{ labels: NO_LABELS, value: Math.floor(now / 1000) }];
      return onValues(times, (value) => DATE_FUNCTIONS[name]!(new Date(Math.trunc(value) * 1000)));
    }
    if (name in VALUE_FUNCTIONS) {
      const scalars = rest();
      if (name === "clamp" && scalars[1]! < scalars[0]!) return [];
      return onValues(this.vector(args[0]!, now), (value) => VALUE_FUNCTIONS[name]!(value, ...scalars));
    }
    switch (name) {
      case "absent":
        return this.vector(args[0]!, now).length > 0 ? [] : [{ labels: absentLabels(args[0]!), value: 1 }];
      case "absent_over_time":
        return this.#range(args[0]!, now).series.length > 0 ? [] : [{ labels: absentLabels(args[0]!), value: 1 }];
      case "histogram_quantile":
        return this.#histogramQuantile(call, now);
      case "label_replace":
        return labelReplace(this.vector(args[0]!, now), args.slice(1).map(text));
      case "label_join":
        return labelJoin(this.vector(args[0]!, now), args.slice(1).map(text));
      case "sort":
        return this.vector(args[0]!, now).toSorted(nanLast((a, b) => a.value - b.value));
      case "sort_desc":
        return this.vector(args[0]!, now).toSorted(nanLast((a, b) => b.value - a.value));
      case "timestamp": {
        const isSelector = unwrap(args[0]!).kind === "selector";
        return this.vector(args[0]!, now).map(({ labels, at }) => ({
          labels: withoutName(labels),
          value: (isSelector ? (at ?? now) : now) / 1000,
        }));
      }
      case "vector":
        return [{ labels: NO_LABELS, value: this.scalar(args[0]!, now) }];
      case "histogram_avg":
      case "histogram_count":
      case "histogram_sum":
      case "histogram_stddev":
      case "histogram_stdvar":
        // These see native histograms alone, and no sample here is one.
        return this.vector(args[0]!, now).slice(0, 0);
      default:
        throw executionError(`${name}() is not modelled by the practice cluster's Prometheus`);
    }
  }

  #range(expr: Expr, now: number) {
    const inner = unwrap(expr);
    if (inner.kind !== "range" && inner.kind !== "subquery") throw executionError(`${inner.kind} is no range vector`);
    return { ...this.range(inner, now), range: inner.range };
  }

  #rangeCall({ name, args }: Call, now: number): Sample[] {
    const ranged = args.find((arg) => typeOf(arg) === "range vector")!;
    const scalars = args.filter((arg) => arg !== ranged).map((arg) => this.scalar(arg, now));
    if (name === "quantile_over_time") this.#checkQuantile(scalars[0]!, args[0]!);
    const { series, ...window } = this.#range(ranged, now);
    return series.flatMap(({ labels, points }) => {
      const value = RANGE_FUNCTIONS[name]!({ points, ...window, now, scalars });
      if (value === undefined) return [];
      if (name === "rate" || name === "increase") this.#checkCounter(labels, ranged);
      return [{ labels: name === "last_over_time" ? labels : withoutName(labels), value }];
    });
  }

  #histogramQuantile({ args }: Call, now: number): Sample[] {
    const [parameter, vector] = args as [Expr, Expr];
    const q = this.scalar(parameter, now);
    const { notes, position } = this.#options;
    this.#checkQuantile(q, parameter);
    const histograms = classicHistograms(this.vector(vector, now), ({ labels }) =>
      notes.warnings.add(
        `PromQL warning: bucket label "le" is missing or has a malformed value of ${JSON.stringify(labels["le"] ?? "")} for metric name ${JSON.stringify(labels[METRIC_NAME] ?? "")} ${position(vector)}`,
      ),
    );
    return histograms.map(({ labels, buckets }) => {
      const { value, forced } = bucketQuantile(q, buckets);
      if (forced)
        notes.infos.add(
          `PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile) for metric name "" ${position(vector)}`,
        );
      return { labels, value };
    });
  }

  #checkQuantile(q: number, expr: Expr): void {
    if (q >= 0 && q <= 1) return;
    const { notes, position } = this.#options;
    notes.warnings.add(`PromQL warning: quantile value should be between 0 and 1, got ${valueText(q)} ${position(expr)}`);
  }

  #checkCounter(labels: Labels, expr: Expr): void {
    const name = labels[METRIC_NAME] ?? "";
    if (name === "" || /_(total|sum|count|bucket)$/.test(name)) return;
    const { notes, position } = this.#options;
    notes.infos.add(
      `PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${JSON.stringify(name)} ${position(expr)}`,
    );
  }
}

const text = (expr: Expr): string => {
  const inner = unwrap(expr);
  return inner.kind === "string" ? inner.value : "";
};

const onValues = (vector: readonly Sample[], change: (value: number) => number): Sample[] =>
  vector.map(({ labels, value }) => ({ labels: withoutName(labels), value: change(value) }));

/** A vector in which no label set comes twice. */
function unique(vector: Sample[]): Sample[] {
  if (vector.length > 1 && new Set(vector.map(({ labels }) => labelsKey(labels))).size < vector.length)
    throw executionError("vector cannot contain metrics with the same labelset");
  return vector;
}

/** The labels a selector asks for with `=`, each once. */
function absentLabels(expr: Expr): Labels {
  const selector = expr.kind === "range" ? expr.selector : expr;
  if (selector.kind !== "selector") return NO_LABELS;
  const values = new Map<string, string>();
  for (const { name, op, value } of selector.matchers) {
    if (name === METRIC_NAME) continue;
    values.set(name, op === "=" && !values.has(name) ? value : "");
  }
  return labelsOf(values);
}
