import type { Labels } from "../labels.ts";
import { apiValueText } from "../promql/literals.ts";
import type { QueryResult } from "../promql/query.ts";
import type { Point } from "../promql/values.ts";

/** A query's answer as the HTTP API gives it. */
export function resultJson(result: QueryResult): { resultType: string; result: unknown } {
  const pair = ({ at, value }: Point) => [at / 1000, apiValueText(value)];
  switch (result.type) {
    case "vector":
      return {
        resultType: "vector",
        result: result.samples.map(({ labels, value }) => ({ metric: labels as Labels, value: pair({ at: result.at, value }) })),
      };
    case "matrix":
      return {
        resultType: "matrix",
        result: result.series.map(({ labels, points }) => ({ metric: labels as Labels, values: points.map(pair) })),
      };
    case "scalar":
      return { resultType: "scalar", result: pair(result) };
    case "string":
      return { resultType: "string", result: [result.at / 1000, result.value] };
  }
}
