import { METRIC_NAME, type Labels } from "../labels.ts";
import { parseDuration } from "../promql/literals.ts";
import { parseSelector } from "../promql/parse.ts";
import { QueryError } from "../promql/query-error.ts";
import { instantQuery, rangeQuery, type QueryResult, type QuerySettings } from "../promql/query.ts";
import type { ScrapeLoop } from "../scrape/scrape-loop.ts";
import type { Server } from "../server.ts";
import type { HeadSeries } from "../storage/head.ts";
import { resultJson } from "./query-json.ts";

interface Answer {
  code: number;
  body: Readonly<Record<string, unknown>>;
}

type Parameters = URLSearchParams;

const CODES = { bad_data: 400, execution: 422 } as const;

/** The HTTP API's answer to a path behind /api/v1. Undefined: there is no such path (web/api/v1/api.go). */
export function answerApi(server: Server, path: string, parameters: Parameters): Answer | undefined {
  const [, label] = /^\/label\/([^/]+)\/values$/.exec(path) ?? [];
  const handler = label ? () => labelValues(server, decodeURIComponent(label), parameters) : HANDLERS[path];
  if (!handler) return undefined;
  try {
    const answer = handler(server, parameters);
    return { code: 200, body: answer instanceof WithNotes ? answer.body() : { status: "success", data: answer } };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return { code: CODES[error.type], body: { status: "error", errorType: error.type, error: error.message } };
  }
}

/** How queries of this server are evaluated. */
export const querySettings = (server: Server): QuerySettings => ({
  data: server.head,
  lookback: server.lookback,
  interval: server.config.evaluation_interval,
});

class WithNotes {
  readonly #result: QueryResult;

  constructor(result: QueryResult) {
    this.#result = result;
  }

  body(): Answer["body"] {
    const [warnings, infos] = [[...this.#result.warnings], [...this.#result.infos]];
    return {
      status: "success",
      data: resultJson(this.#result),
      ...(warnings.length > 0 && { warnings }),
      ...(infos.length > 0 && { infos }),
    };
  }
}

const HANDLERS: Readonly<Record<string, (server: Server, parameters: Parameters) => unknown>> = {
  "/query": (server, parameters) => {
    const at = timeOf(parameters, "time") ?? server.context.clock.now();
    if (parameters.get("timeout")) durationOf(parameters, "timeout");
    return new WithNotes(naming("query", () => instantQuery(parameters.get("query") ?? "", at, querySettings(server))));
  },
  "/query_range": (server, parameters) => {
    const start = requiredTime(parameters, "start");
    const end = requiredTime(parameters, "end");
    if (end < start) throw invalid("end", "end timestamp must not be before start time");
    const step = durationOf(parameters, "step");
    if (step <= 0)
      throw invalid("step", "zero or negative query resolution step widths are not accepted. Try a positive integer");
    return new WithNotes(
      naming("query", () => rangeQuery(parameters.get("query") ?? "", { start, end, step }, querySettings(server))),
    );
  },
  "/series": (server, parameters) => {
    if (!parameters.has("match[]")) throw new QueryError("bad_data", "no match[] parameter provided");
    return limited(
      parameters,
      matching(server, parameters).map(({ labels }) => labels),
    );
  },
  "/labels": (server, parameters) => {
    const names = new Set(matching(server, parameters).flatMap(({ labels }) => Object.keys(labels)));
    return limited(parameters, [...names].sort());
  },
  "/metadata": (server, parameters) => {
    const metric = parameters.get("metric");
    const all = [...server.head.metadata].filter(([name]) => !metric || name === metric);
    return Object.fromEntries(limited(parameters, all).map(([name, { type, unit, help }]) => [name, [{ type, unit, help }]]));
  },
  "/targets": targets,
  "/scrape_pools": (server) => ({ scrapePools: server.scrapes.pools().map(({ name }) => name) }),
  "/rules": () => ({ groups: [] }),
  "/alerts": () => ({ alerts: [] }),
  "/alertmanagers": () => ({ activeAlertmanagers: [], droppedAlertmanagers: [] }),
  "/status/config": (server) => ({ yaml: server.configText }),
  "/status/flags": ({ flags }) =>
    Object.fromEntries(
      Object.keys(flags)
        .sort()
        .map((name) => [name, flags[name]]),
    ),
  "/status/buildinfo": ({ build }) => ({
    version: build.version,
    revision: build.revision,
    branch: "HEAD",
    buildUser: "root@practice",
    buildDate: "",
    goVersion: build.goVersion,
  }),
  "/status/runtimeinfo": ({ startedAt, context, lastConfig, flags }) => ({
    startTime: new Date(startedAt).toISOString(),
    CWD: context.workingDir,
    hostname: context.hostname,
    serverTime: new Date(context.clock.now()).toISOString(),
    reloadConfigSuccess: lastConfig.success,
    lastConfigTime: new Date(lastConfig.at).toISOString().replace(/\.\d+Z$/, "Z"),
    corruptionCount: 0,
    goroutineCount: 44,
    GOMAXPROCS: 2,
    GOMEMLIMIT: 9_223_372_036_854_775_807n.toString(),
    GOGC: "75",
    GODEBUG: "",
    storageRetention: flags["storage.tsdb.retention.time"],
  }),
};

/** Faults of a parameter are told with its name. */
function naming<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof QueryError && error.message.includes("parse error:")) throw invalid(name, error.message);
    throw error;
  }
}

const invalid = (name: string, message: string) =>
  new QueryError("bad_data", `invalid parameter ${JSON.stringify(name)}: ${message}`);

function timeOf(parameters: Parameters, name: string): number | undefined {
  const text = parameters.get(name);
  if (!text) return undefined;
  const time = parseTime(text);
  if (time === undefined)
    throw invalid(name, `invalid time value for '${name}': cannot parse ${JSON.stringify(text)} to a valid timestamp`);
  return time;
}

function requiredTime(parameters: Parameters, name: string): number {
  const text = parameters.get(name) ?? "";
  const time = parseTime(text);
  if (time === undefined) throw invalid(name, `cannot parse ${JSON.stringify(text)} to a valid timestamp`);
  return time;
}

/** Milliseconds of seconds since the epoch, or of RFC 3339. */
function parseTime(text: string): number | undefined {
  if (/^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(text)) return Math.round(Number(text) * 1000);
  return /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text)) ? Date.parse(text) : undefined;
}

function durationOf(parameters: Parameters, name: string): number {
  const text = parameters.get(name) ?? "";
  const milliseconds = /^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(text) ? Number(text) * 1000 : parseDuration(text);
  if (milliseconds === undefined) throw invalid(name, `cannot parse ${JSON.stringify(text)} to a valid duration`);
  return Math.round(milliseconds);
}

/** Series that any `match[]` selects; all where there is none. */
function matching(server: Server, parameters: Parameters): readonly HeadSeries[] {
  const selectors = parameters.getAll("match[]").map((text) => naming("match[]", () => parseSelector(text)));
  const series = selectors.length === 0 ? server.head.all() : selectors.flatMap(({ matchers }) => server.head.select(matchers));
  const [from, to] = [timeOf(parameters, "start") ?? -Infinity, timeOf(parameters, "end") ?? Infinity];
  return [...new Set(series)].filter(({ chunks }) => chunks.some(({ start, end }) => end >= from && start <= to));
}

function labelValues(server: Server, name: string, parameters: Parameters): string[] {
  const values = new Set(matching(server, parameters).flatMap(({ labels }) => labels[name] ?? []));
  return limited(parameters, [...values].sort());
}

function limited<T>(parameters: Parameters, items: T[]): T[] {
  const limit = Number(parameters.get("limit") || 0);
  return limit > 0 ? items.slice(0, limit) : items;
}

const NEVER = "0001-01-01T00:00:00Z";

function targets(server: Server, parameters: Parameters): unknown {
  const wanted = parameters.get("scrapePool");
  const state = (parameters.get("state") ?? "").toLowerCase();
  const shows = (kind: string) => ["", "any", kind].includes(state);
  const pools = server.scrapes.pools();
  const chosen = pools.filter(({ name }) => !wanted || name === wanted);
  return {
    activeTargets: shows("active")
      ? chosen.flatMap(({ name, active }) => active.map((loop) => targetJson(server, name, loop)))
      : [],
    droppedTargets: shows("dropped")
      ? chosen.flatMap(({ name, dropped }) => dropped.map((discoveredLabels: Labels) => ({ discoveredLabels, scrapePool: name })))
      : [],
    droppedTargetCounts: shows("dropped") ? Object.fromEntries(pools.map(({ name, dropped }) => [name, dropped.length])) : null,
  };
}

function targetJson(server: Server, pool: string, loop: ScrapeLoop): unknown {
  return {
    discoveredLabels: loop.discoveredLabels,
    labels: loop.labels,
    scrapePool: pool,
    scrapeUrl: loop.url,
    globalUrl: loop.url.replace(/^(\w+:\/\/)(localhost|127\.0\.0\.1)(?=[:/])/, `$1${server.context.hostname}`),
    lastError: loop.lastError,
    lastScrape: loop.lastScrape ? new Date(loop.lastScrape).toISOString() : NEVER,
    lastScrapeDuration: loop.lastDuration,
    health: loop.health,
    ...loop.settings,
  };
}

/** Names of all metrics, for those who type. */
export const metricNames = (server: Server): string[] =>
  [...new Set([...server.head.all()].map(({ labels }) => labels[METRIC_NAME] ?? ""))].sort();
