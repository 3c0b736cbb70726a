import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "../../src/simulator/programs/prometheus/config/config.ts";
import { labelsKey, labelsOf } from "../../src/simulator/programs/prometheus/labels.ts";
import { QueryError } from "../../src/simulator/programs/prometheus/promql/query-error.ts";
import { instantQuery, rangeQuery, type QueryResult } from "../../src/simulator/programs/prometheus/promql/query.ts";
import { Appender } from "../../src/simulator/programs/prometheus/scrape/appender.ts";
import { Head } from "../../src/simulator/programs/prometheus/storage/head.ts";
import { resultJson } from "../../src/simulator/programs/prometheus/web/query-json.ts";
import { FAULTY_QUERIES, INSTANT_QUERIES, RANGE_QUERIES } from "../helpers/promql-queries.ts";
import { sampleExposition, SCRAPES, TARGETS } from "../helpers/sample-exposition.ts";

interface Answer {
  status: "success" | "error";
  data?: { resultType: string; result: { metric: Record<string, string> }[] };
  error?: string;
  errorType?: string;
  warnings?: string[];
  infos?: string[];
}

interface Recorded {
  query: string;
  answer: Answer;
}

/** What a real Prometheus 3.5.3 said (test/helpers/record-promql.ts). */
const recorded = JSON.parse(readFileSync(new URL("../fixtures/promql/answers.json", import.meta.url), "utf8")) as {
  times: Record<(typeof TARGETS)[number], number[]>;
  instant: (Recorded & { time: string })[];
  range: (Recorded & { start: string; end: string; step: string })[];
  faulty: (Recorded & { time: string })[];
};

const head = new Head();
const seconds = (text: string) => Math.round(Number(text) * 1000);

beforeAll(() => {
  const [config] = readConfig("scrape_configs: [{job_name: sample}]").scrapes;
  for (const name of TARGETS) {
    const labels = labelsOf([
      ["job", "sample"],
      ["instance", name],
    ]);
    const appender = new Appender({ head, config: config!, labels });
    for (const [n, at] of recorded.times[name].entries()) {
      const body = sampleExposition(name, n);
      appender.append(at, body === undefined ? { failure: "500", seconds: 0 } : { body, type: "text/plain", seconds: 0 });
    }
  }
});

test("the recording is of the queries and scrapes there are", () => {
  expect(recorded.instant.map(({ query }) => query)).toEqual(INSTANT_QUERIES);
  expect(recorded.range.map(({ query }) => query)).toEqual(RANGE_QUERIES);
  expect(recorded.faulty.map(({ query }) => query)).toEqual(FAULTY_QUERIES);
  expect(Object.values(recorded.times).map(({ length }) => length)).toEqual([SCRAPES, SCRAPES]);
});

describe("a query is answered as a real Prometheus answers it, to the digit", () => {
  test.each(recorded.instant)("$query", ({ query, time, answer }) => {
    expect(answerOf(() => instantQuery(query, seconds(time), { data: head }))).toEqual(comparable(query, answer));
  });

  test.each(recorded.range)("over a range: $query", ({ query, start, end, step, answer }) => {
    const range = { start: seconds(start), end: seconds(end), step: seconds(step) };
    expect(answerOf(() => rangeQuery(query, range, { data: head }))).toEqual(comparable(query, answer));
  });
});

describe("a query that cannot be answered is refused in a real Prometheus' words", () => {
  test.each(recorded.faulty)("$query", ({ query, time, answer }) => {
    expect(answerOf(() => instantQuery(query, seconds(time), { data: head }))).toEqual(comparable(query, answer));
  });
});

function answerOf(ask: () => QueryResult): unknown {
  try {
    const result = ask();
    const { query, warnings, infos } = result;
    return comparable(query, {
      status: "success",
      data: resultJson(result),
      ...(warnings.size > 0 && { warnings: [...warnings] }),
      ...(infos.size > 0 && { infos: [...infos] }),
    } as Answer);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return comparable("", { status: "error", errorType: error.type, error: error.message });
  }
}

/** Elements come in no order, but where the query makes one. */
function comparable(query: string, answer: Answer): unknown {
  const { data, error, warnings, infos } = answer;
  const ordered = /^(sort|topk)\w*\(/.test(query) || !["vector", "matrix"].includes(data?.resultType ?? "");
  const sorted = (texts: readonly string[] | undefined) => texts && [...texts].sort();
  return {
    ...answer,
    ...(data && { data: ordered ? data : { ...data, result: data.result.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)) } }),
    ...(error !== undefined && { error: error.replace(/^invalid parameter "query": /, "").replace(/\[\{.*\}\]/, inOrder) }),
    ...(warnings && { warnings: sorted(warnings) }),
    ...(infos && { infos: sorted(infos) }),
  };
}

/** Two series of a message: which comes first is chance. */
const inOrder = (pair: string) =>
  pair
    .slice(1, -1)
    .split(/(?<=\}), /)
    .sort()
    .join(" and ");

const key = ({ metric }: { metric: Record<string, string> }) => labelsKey(labelsOf(Object.entries(metric)));
