/**
 * Records what a real Prometheus answers to the queries of promql-queries.ts, for test/unit/prometheus-promql.test.ts. It scrapes the
 * exposition of sample-exposition.ts over loopback for about a minute.
 *
 *     npm run record:promql PATH-OF-PROMETHEUS test/fixtures/promql/answers.json
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FAULTY_QUERIES, INSTANT_QUERIES, RANGE_QUERIES } from "./promql-queries.ts";
import { sampleExposition, SCRAPES, TARGETS } from "./sample-exposition.ts";

/** Milliseconds between scrapes. */
const INTERVAL = 500;

const [binary, output] = process.argv.slice(2);
if (!binary || !output) throw new Error("usage: record-promql PATH-OF-PROMETHEUS OUTPUT");

const asked = { one: 0, two: 0 };
const exposer = createServer((request, response) => {
  const target = (request.url ?? "").slice(1) as keyof typeof asked;
  const text = sampleExposition(target, asked[target]++);
  response.writeHead(text === undefined ? 500 : 200, { "Content-Type": "text/plain; version=0.0.4" }).end(text);
});
await new Promise<void>((resolve) => exposer.listen(0, "127.0.0.1", resolve));
const { port } = exposer.address() as AddressInfo;

const folder = await mkdtemp(join(tmpdir(), "record-promql-"));
const groups = TARGETS.map(
  (name) => `  - targets: ["127.0.0.1:${port}"]\n    labels: {instance: ${name}, __metrics_path__: /${name}}\n`,
);
await writeFile(
  join(folder, "prometheus.yml"),
  `global: {scrape_interval: ${INTERVAL}ms, scrape_timeout: ${INTERVAL}ms}\nscrape_configs:\n- job_name: sample\n  static_configs:\n${groups.join("")}`,
);
const listen = "127.0.0.1:19999";
const arguments_ = [
  `--config.file=${folder}/prometheus.yml`,
  `--storage.tsdb.path=${folder}/data`,
  `--web.listen-address=${listen}`,
];
const prometheus = spawn(binary, arguments_, { stdio: "ignore" });
try {
  while (Math.min(asked.one, asked.two) < SCRAPES + 4) await sleep(200);
  const raw = (await ask("query", { query: 'up{job="sample"}[10m]' })) as {
    data: { result: { metric: Record<string, string>; values: [number, string][] }[] };
  };
  const times = Object.fromEntries(
    raw.data.result.map(({ metric, values }) => [
      metric["instance"]!,
      values.slice(0, SCRAPES).map(([at]) => Math.round(at * 1000)),
    ]),
  );
  const last = Math.min(...TARGETS.map((name) => times[name]!.at(-1)!));
  const time = (last + 200) / 1000;
  const range = { start: String(time - 20), end: String(time), step: "1.3" };
  const record = async (path: string, queries: readonly string[], parameters: Record<string, string>) => {
    const answers = [];
    for (const query of queries) answers.push({ query, ...parameters, answer: await ask(path, { query, ...parameters }) });
    return answers;
  };
  const fixture = {
    times,
    instant: await record("query", INSTANT_QUERIES, { time: String(time) }),
    range: await record("query_range", RANGE_QUERIES, range),
    faulty: await record("query", FAULTY_QUERIES, { time: String(time) }),
  };
  // One answer a line, so that a difference can be read.
  const lines = (answers: readonly unknown[]) =>
    `[\n${answers.map((answer) => `    ${JSON.stringify(answer)}`).join(",\n")}\n  ]`;
  const { instant, range: ranges, faulty } = fixture;
  await writeFile(
    output,
    `{\n  "times": ${JSON.stringify(times)},\n  "instant": ${lines(instant)},\n  "range": ${lines(ranges)},\n  "faulty": ${lines(faulty)}\n}\n`,
  );
} finally {
  prometheus.kill();
  exposer.close();
  exposer.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
}

async function ask(path: string, parameters: Record<string, string>): Promise<unknown> {
  return (await fetch(`http://${listen}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`)).json();
}
