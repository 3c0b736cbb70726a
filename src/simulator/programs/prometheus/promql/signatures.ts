import type { ValueType } from "./ast.ts";

export interface Signature {
  args: readonly ValueType[];
  /** How many of the last arguments may be left out; any number of more of the last kind may follow. */
  optional: number;
  endless: boolean;
  returns: ValueType;
}

const TYPES: Readonly<Record<string, ValueType>> = { s: "scalar", v: "instant vector", r: "range vector", t: "string" };

/** Argument types by function: `?` after one that may be left out, `*` after one that may come any number of times. */
const ARGUMENTS: readonly (readonly [args: string, names: string])[] = [
  [
    "v",
    "abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_avg histogram_count histogram_stddev histogram_stdvar histogram_sum ln log10 log2 rad scalar sgn sin sinh sort sort_desc sqrt tan tanh timestamp",
  ],
  [
    "r",
    "absent_over_time avg_over_time changes count_over_time delta deriv idelta increase irate last_over_time max_over_time min_over_time present_over_time rate resets stddev_over_time stdvar_over_time sum_over_time",
  ],
  ["", "pi time"],
  ["s", "vector"],
  ["v?", "day_of_month day_of_week day_of_year days_in_month hour minute month year"],
  ["vs", "clamp_max clamp_min"],
  ["vss", "clamp"],
  ["vs?", "round"],
  ["sv", "histogram_quantile"],
  ["ssv", "histogram_fraction"],
  ["sr", "quantile_over_time"],
  ["rs", "predict_linear"],
  ["vtttt", "label_replace"],
  ["vttt*", "label_join"],
];

const SCALARS = new Set(["pi", "time", "scalar"]);

/** Every function of PromQL (promql/parser/functions.go) but the experimental ones. */
export const SIGNATURES: ReadonlyMap<string, Signature> = new Map(
  ARGUMENTS.flatMap(([args, names]) =>
    names.split(" ").map((name): [string, Signature] => [
      name,
      {
        args: [...args.replace(/[?*]/g, "")].map((letter) => TYPES[letter]!),
        optional: /[?*]/.test(args) ? 1 : 0,
        endless: args.includes("*"),
        returns: SCALARS.has(name) ? "scalar" : "instant vector",
      },
    ]),
  ),
);

/** Functions and aggregations behind a feature flag that is off. */
export const EXPERIMENTAL_FUNCTIONS: ReadonlySet<string> = new Set([
  "double_exponential_smoothing",
  "info",
  "mad_over_time",
  "sort_by_label",
  "sort_by_label_desc",
  "ts_of_last_over_time",
  "ts_of_max_over_time",
  "ts_of_min_over_time",
]);
export const EXPERIMENTAL_AGGREGATIONS: ReadonlySet<string> = new Set(["limitk", "limit_ratio"]);

/** Aggregations that take a parameter before the vector, and its type. */
export const AGGREGATION_PARAMETERS: Readonly<Record<string, ValueType>> = {
  topk: "scalar",
  bottomk: "scalar",
  quantile: "scalar",
  limitk: "scalar",
  limit_ratio: "scalar",
  count_values: "string",
};
