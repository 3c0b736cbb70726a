import type { Labels } from "../labels.ts";
import type { Matcher } from "./ast.ts";

/** One value of one series at a moment in milliseconds. */
export interface Point {
  at: number;
  value: number;
}

/** An element of an instant vector. `at` is when its sample was taken, where that is known. */
export interface Sample {
  labels: Labels;
  value: number;
  at?: number;
}

/** An element of a range vector. */
export interface Range {
  labels: Labels;
  points: readonly Point[];
}

export interface QueryableSeries {
  readonly labels: Labels;
  /** Samples after `from` up to and with `to`; stale ones are left out. */
  between(from: number, to: number): Point[];
  /** The last sample after `from` up to and with `to`; none when the series was stale then. */
  latest(from: number, to: number): Point | undefined;
}

/** What queries are asked of. */
export interface Queryable {
  select(matchers: readonly Matcher[]): readonly QueryableSeries[];
}

/** What a query says besides its answer, once each. */
export interface Notes {
  warnings: Set<string>;
  infos: Set<string>;
}
