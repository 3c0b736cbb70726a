import { valueText } from "../promql/literals.ts";
import { QueryError } from "../promql/query-error.ts";
import { instantQuery, rangeQuery, type QueryResult } from "../promql/query.ts";
import { parseDuration } from "../promql/literals.ts";
import type { Server } from "../server.ts";
import { metricNames, querySettings } from "./api.ts";
import { graph, seriesText } from "./graph.ts";
import { html, page, type Html } from "./page.ts";

const RANGES = ["1m", "5m", "15m", "30m", "1h"];
const POINTS = 250;

/** The expression browser. Its fields have the names that a real one's address has. */
export function queryPage(server: Server, parameters: URLSearchParams): string {
  const expr = parameters.get("g0.expr") ?? "";
  const tab = parameters.get("g0.tab") === "graph" ? "graph" : "table";
  const range = RANGES.find((one) => one === parameters.get("g0.range_input")) ?? "15m";
  const tabButton = (value: string, name: string) =>
    html`<button name="g0.tab" value="${value}" class="${value === tab && "on"}">${name}</button>`;
  const form = html`<form action="query">
    <div class="query" style="display:flex;gap:.5rem;flex-wrap:wrap">
      <input
        type="text"
        name="g0.expr"
        value="${expr}"
        list="metrics"
        placeholder="Enter expression, for example: up"
        autofocus
        autocomplete="off"
        spellcheck="false"
      />
      <button class="go" name="g0.tab" value="${tab}">Execute</button>
    </div>
    <div class="tabs">
      ${tabButton("table", "Table")}${tabButton("graph", "Graph")}
      <select name="g0.range_input" aria-label="Range">
        ${RANGES.map((one) => (one === range ? html`<option selected>${one}</option>` : html`<option>${one}</option>`))}
      </select>
    </div>
    <datalist id="metrics">${metricNames(server).map((name) => html`<option value="${name}">`)}</datalist>
  </form>`;
  const answer =
    expr.trim() === "" ? html`<p class="muted">No data queried yet</p>` : answerOf(server, expr, tab, parseDuration(range)!);
  return page("query", html`<section>${form}${answer}</section>`);
}

function answerOf(server: Server, expr: string, tab: "table" | "graph", range: number): Html {
  const end = server.context.clock.now();
  try {
    if (tab === "table") {
      const result = instantQuery(expr, end, querySettings(server));
      return html`${notes(result)}${table(result)}`;
    }
    const step = Math.max(1000, Math.floor(range / POINTS));
    const start = end - range;
    const result = rangeQuery(expr, { start, end, step }, querySettings(server));
    const { series } = result as Extract<QueryResult, { type: "matrix" }>;
    return html`${notes(result)}${series.length === 0 ? nothing : graph(series, { start, end, step })}`;
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return html`<div class="error">Error executing query: ${error.message}</div>`;
  }
}

const nothing = html`<div class="info">Empty query result. This query returned no data.</div>`;

const notes = ({ warnings, infos }: QueryResult): Html =>
  html`${[...warnings].map((text) => html`<div class="warning">${text}</div>`)}${[...infos].map((text) => html`<div class="info">${text}</div>`)}`;

function table(result: QueryResult): Html {
  const row = (name: string, value: Html | string) =>
    html`<tr>
      <td><code>${name}</code></td>
      <td class="value">${value}</td>
    </tr>`;
  if (result.type === "scalar")
    return html`<table>
      ${row("scalar", valueText(result.value))}
    </table>`;
  if (result.type === "string")
    return html`<table>
      ${row("string", result.value)}
    </table>`;
  if (result.type === "vector") {
    if (result.samples.length === 0) return nothing;
    return html`<table>
        ${result.samples.map(({ labels, value }) => row(seriesText(labels), valueText(value)))}
      </table>
      <p class="muted">Result series: ${result.samples.length}</p>`;
  }
  if (result.series.length === 0) return nothing;
  return html`<table>
    ${result.series.map(({ labels, points }) =>
      row(seriesText(labels), html`${points.map(({ at, value }) => html`${valueText(value)} @${at / 1000}<br />`)}`),
    )}
  </table>`;
}
