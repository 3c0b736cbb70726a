import { labelsKey, type Labels } from "../labels.ts";
import type { Expr } from "./ast.ts";
import { typeOf } from "./check-types.ts";
import { Evaluation } from "./evaluate.ts";
import { parseQuery } from "./parse.ts";
import { executionError, QueryError } from "./query-error.ts";
import type { Notes, Point, Queryable, Range, Sample } from "./values.ts";

export type QueryResult = Notes & { query: string } & (
    | { type: "vector"; samples: readonly Sample[]; at: number }
    | { type: "matrix"; series: readonly Range[] }
    | { type: "scalar"; value: number; at: number }
    | { type: "string"; value: string; at: number }
  );

export interface QuerySettings {
  data: Queryable;
  /** Milliseconds; five minutes unless told. */
  lookback?: number;
  /** Milliseconds: the step of a subquery that names none. */
  interval?: number;
}

const LOOKBACK = 300_000;
const INTERVAL = 60_000;
/** Samples of one query, as --query.max-samples sets it. */
const MOST_STEPS = 11_000;

/** The value of an expression at one moment. Throws a QueryError. */
export function instantQuery(query: string, at: number, settings: QuerySettings): QueryResult {
  const expr = parseQuery(query);
  const { evaluation, notes } = prepare(query, settings, at, at);
  const base = { query, ...notes, at };
  const type = typeOf(expr);
  if (type === "string") return { ...base, type, value: stringOf(expr) };
  if (type === "scalar") return { ...base, type, value: evaluation.scalar(expr, at) };
  if (type === "instant vector") return { ...base, type: "vector", samples: evaluation.vector(expr, at) };
  const inner = innermost(expr);
  if (inner.kind !== "range" && inner.kind !== "subquery") throw executionError(`${inner.kind} is no range vector`);
  return { query, ...notes, type: "matrix", series: sorted(evaluation.range(inner, at).series) };
}

/** The values of an expression at each step of a range, both ends included. Throws a QueryError. */
export function rangeQuery(
  query: string,
  range: { start: number; end: number; step: number },
  settings: QuerySettings,
): QueryResult {
  const { start, end, step } = range;
  if ((end - start) / step > MOST_STEPS)
    throw new QueryError(
      "bad_data",
      "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)",
    );
  const expr = parseQuery(query);
  const type = typeOf(expr);
  if (type !== "scalar" && type !== "instant vector")
    throw new QueryError(
      "bad_data",
      `invalid expression type ${JSON.stringify(type)} for range query, must be Scalar or instant Vector`,
    );
  const { evaluation, notes } = prepare(query, settings, start, end);
  const series = new Map<string, { labels: Labels; points: Point[] }>();
  for (let at = start; at <= end; at += step) {
    const samples = type === "scalar" ? [{ labels: {}, value: evaluation.scalar(expr, at) }] : evaluation.vector(expr, at);
    for (const { labels, value } of samples) {
      const key = labelsKey(labels);
      const one = series.get(key) ?? { labels, points: [] };
      if (one.points.at(-1)?.at === at) throw executionError("vector cannot contain metrics with the same labelset");
      one.points.push({ at, value });
      series.set(key, one);
    }
  }
  return { query, ...notes, type: "matrix", series: sorted([...series.values()]) };
}

function prepare(query: string, { data, lookback = LOOKBACK, interval = INTERVAL }: QuerySettings, start: number, end: number) {
  const notes: Notes = { warnings: new Set(), infos: new Set() };
  const position = ({ from }: Expr) => {
    const before = query.slice(0, from);
    return `(${before.split("\n").length}:${Buffer.byteLength(before.slice(before.lastIndexOf("\n") + 1)) + 1})`;
  };
  return { evaluation: new Evaluation({ data, start, end, lookback, interval, position, notes }), notes };
}

const innermost = (expr: Expr): Expr => (expr.kind === "paren" ? innermost(expr.expr) : expr);

const stringOf = (expr: Expr): string => {
  const inner = innermost(expr);
  return inner.kind === "string" ? inner.value : "";
};

const sorted = (series: readonly Range[]): Range[] =>
  series.toSorted((a, b) => {
    const [left, right] = [labelsKey(a.labels), labelsKey(b.labels)];
    return left < right ? -1 : left > right ? 1 : 0;
  });
