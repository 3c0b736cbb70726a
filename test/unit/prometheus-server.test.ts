import { expect, test } from "vitest";
import type { ContainerSpec } from "../../src/simulator/kubelet/runtime.ts";
import { hostFetch, readBody } from "../../src/simulator/network/http-fetch.ts";
import { createNode, logText } from "../helpers/container-node.ts";

const ARGS = ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus", "--web.enable-lifecycle"];

interface Target {
  scrapePool: string;
  health: string;
  lastError: string;
}

/** A Prometheus with a configuration that a test may change, and what it can scrape: itself and an echo server. */
async function start(config: string, spec: Partial<ContainerSpec> = {}) {
  const node = createNode();
  const files = new Map([["prometheus.yml", Buffer.from(config)]]);
  const mounts = [{ mountPath: "/etc/prometheus", readOnly: true, volume: { files, writable: false } }];
  await node.run("kicbase/echo-server:1.0", {}, node.pod("10.244.0.6", "echo"));
  const container = await node.run("prom/prometheus:v3.5.3", { mounts, args: ARGS, ...spec });
  const client = node.network.attach("10.244.0.9");
  client.resolve = (name) => [name];
  await node.clock.step(100);
  const ask = async (path: string, method = "GET") => {
    const asked = hostFetch(client, `http://10.244.0.5:9090${path}`, { method });
    await node.clock.step(10);
    const response = await asked;
    return { code: response.statusCode, headers: response.headers, body: String(await readBody(response)) };
  };
  const api = async (path: string) => (JSON.parse((await ask(`/api/v1/${path}`)).body) as { data: unknown }).data;
  const errors = async () =>
    Object.fromEntries(
      ((await api("targets")) as { activeTargets: Target[] }).activeTargets.map((one) => [
        one.scrapePool,
        one.lastError || one.health,
      ]),
    );
  const value = async (query: string) =>
    ((await api(`query?query=${encodeURIComponent(query)}`)) as { result: { value: [number, string] }[] }).result.map(
      ({ value }) => value[1],
    );
  const write = (text: string) => void files.set("prometheus.yml", Buffer.from(text));
  return { ...node, container, ask, api, errors, value, write };
}

const job = (name: string, target: string, more = "") =>
  `- job_name: ${name}\n  static_configs: [{targets: ["${target}"]}]\n${more && `  ${more}\n`}`;

test("what keeps a target from being scraped is said as a real Prometheus says it", async () => {
  const { clock, errors } = await start(
    `global: {scrape_interval: 1s}\nscrape_configs:\n${[
      job("itself", "localhost:9090"),
      job("refused", "10.244.0.5:81"),
      job("nowhere", "10.244.0.77:80"),
      job("unknown", "no.such.name:80"),
      job("path", "10.244.0.5:9090", "metrics_path: /nope"),
      job("words", "10.244.0.6:8080"),
      job("page", "10.244.0.5:9090", "metrics_path: /targets"),
      job("plain", "10.244.0.5:9090", "scheme: https"),
      job("token", "10.244.0.5:9090", "authorization: {credentials_file: /nope}"),
    ].join("")}`,
  );
  await clock.step(8_000);
  expect(await errors()).toEqual({
    itself: "up",
    refused: 'Get "http://10.244.0.5:81/metrics": dial tcp 10.244.0.5:81: connect: connection refused',
    nowhere: 'Get "http://10.244.0.77:80/metrics": context deadline exceeded',
    unknown: 'Get "http://no.such.name:80/metrics": dial tcp: lookup no.such.name on 10.96.0.10:53: no such host',
    path: "server returned HTTP status 404 Not Found",
    words: 'strconv.ParseFloat: parsing "served": invalid syntax while parsing: "Request served"',
    page: 'received unsupported Content-Type "text/html; charset=utf-8" and no fallback_scrape_protocol specified for target',
    plain: 'Get "https://10.244.0.5:9090/metrics": http: server gave HTTP response to HTTPS client',
    token:
      'Get "http://10.244.0.5:9090/metrics": unable to read authorization credentials: unable to read file /nope: open /nope: no such file or directory',
  });
});

test("a reload takes the new configuration, or refuses it and goes by the old one", async () => {
  const { clock, ask, errors, write, container, value } = await start(
    `scrape_configs:\n${job("a", "localhost:9090", "scrape_interval: 5s")}`,
  );
  await clock.step(15_000);
  expect(await errors()).toEqual({ a: "up" });
  expect(await value('up{job="a"}')).toEqual(["1"]);

  write("scrape_config: []\n");
  expect(await ask("/-/reload", "POST")).toMatchObject({
    code: 500,
    body: 'failed to reload config: couldn\'t load configuration (--config.file="/etc/prometheus/prometheus.yml"): parsing YAML file /etc/prometheus/prometheus.yml: yaml: unmarshal errors:\n  line 1: field scrape_config not found in type config.plain\n',
  });
  await clock.step(6_000);
  expect(await errors()).toEqual({ a: "up" });

  write(`scrape_configs:\n${job("b", "localhost:9090", "scrape_interval: 5s")}`);
  container.kill("SIGHUP");
  await clock.step(15_000);
  expect(await errors()).toEqual({ b: "up" });
  // What was scraped of a target that is gone is stale.
  expect(await value("up")).toEqual(["1"]);
  expect(await ask("/api/v1/status/config")).toMatchObject({ code: 200, body: expect.stringContaining("job_name: b") });
});

test("it ends when it is asked to, by its page or by a signal", async () => {
  const asked = await start("");
  expect(await asked.ask("/-/quit", "PUT")).toMatchObject({ code: 200, body: "Requesting termination... Goodbye!" });
  expect(await asked.container.exited).toEqual({ exitCode: 0 });

  const { ask, container } = await start("", { args: ARGS.slice(0, 2) });
  expect(await ask("/-/reload", "POST")).toMatchObject({ code: 403, body: "Lifecycle API is not enabled." });
  expect(await ask("/-/reload")).toMatchObject({ code: 405, body: "Only POST or PUT requests allowed\n" });
  expect(await ask("/-/ready")).toMatchObject({ code: 200, body: "Prometheus Server is Ready.\n" });
  container.kill("SIGTERM");
  expect(await container.exited).toEqual({ exitCode: 0 });
  const log = logText(container);
  expect(log).toMatch(/level=WARN source=main.go:1017 msg="Received an OS signal, exiting gracefully..." signal=terminated/);
  expect(log).toMatch(
    /^time=2026-01-01T00:00:\d\d.\d{3}Z level=INFO source=main.go:711 msg="Starting Prometheus Server" mode=server version="\(version=3.5.3, /m,
  );
});

test("a command line or a configuration that is none ends it with its code", async () => {
  const flag = await start("", { args: ["--storage.local.path=/x"] });
  expect(await flag.container.exited).toEqual({ exitCode: 1 });
  expect(logText(flag.container)).toBe(
    "Error parsing command line arguments: unknown long flag '--storage.local.path'\nprometheus: error: unknown long flag '--storage.local.path'",
  );

  const config = await start("scrape_configs: foo\n");
  expect(await config.container.exited).toEqual({ exitCode: 2 });
  expect(logText(config.container)).toContain(
    'msg="Error loading config (--config.file=/etc/prometheus/prometheus.yml)" file=/etc/prometheus/prometheus.yml err="parsing YAML file /etc/prometheus/prometheus.yml: yaml: unmarshal errors:\\n  line 1: cannot unmarshal !!str `foo` into []*config.ScrapeConfig"',
  );
});

test("the HTTP API finds series and labels, and refuses what it cannot read", async () => {
  const { clock, ask, api } = await start(
    `scrape_configs:\n${job("a", "localhost:9090", "scrape_interval: 5s")}${job("b", "localhost:1", "scrape_interval: 5s")}`,
  );
  await clock.step(15_000);
  expect(await api("label/job/values")).toEqual(["a", "b"]);
  expect(await api('series?match[]=up{job="b"}')).toEqual([{ __name__: "up", instance: "localhost:1", job: "b" }]);
  expect(await api('labels?match[]=prometheus_build_info{version="3.5.3"}')).toEqual(
    "__name__ branch goarch goos goversion instance job revision tags version".split(" "),
  );
  expect(await api("metadata?metric=go_goroutines")).toEqual({
    go_goroutines: [{ type: "gauge", unit: "", help: "Number of goroutines that currently exist." }],
  });
  const refused = async (path: string) => JSON.parse((await ask(`/api/v1/${path}`)).body) as unknown;
  const bad = (error: string) => ({ status: "error", errorType: "bad_data", error });
  expect(await refused("query?query=")).toEqual(
    bad('invalid parameter "query": unknown position: parse error: no expression found in input'),
  );
  expect(await refused("query?query=up&time=abc")).toEqual(
    bad('invalid parameter "time": invalid time value for \'time\': cannot parse "abc" to a valid timestamp'),
  );
  expect(await refused("query_range?query=up")).toEqual(bad('invalid parameter "start": cannot parse "" to a valid timestamp'));
  expect(await refused("query_range?query=up&start=1&end=100000&step=1")).toEqual(
    bad("exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)"),
  );
  expect(await refused("series")).toEqual(bad("no match[] parameter provided"));
});

test("the pages show targets and draw graphs, and write nothing of a query unescaped", async () => {
  const { clock, ask } = await start(`scrape_configs:\n${job("a", "localhost:9090", "scrape_interval: 5s")}`);
  await clock.step(30_000);
  expect(await ask("/")).toMatchObject({ code: 302, headers: { location: "/query" } });
  const page = async (expr: string, tab: string) => (await ask(`/query?g0.expr=${encodeURIComponent(expr)}&g0.tab=${tab}`)).body;
  expect(await page("up", "table")).toContain("up{instance=&quot;localhost:9090&quot;, job=&quot;a&quot;}");
  expect(await page("up", "graph")).toMatch(/<svg[^>]*>[\s\S]*<path d="M[\d.]+ [\d.]+h\.1L/);
  const faulty = await page("<script>", "table");
  expect(faulty).toContain("&lt;script&gt;");
  expect(faulty).not.toContain("<script>");
  expect((await ask("/targets")).body).toContain("1 / 1 up");
});
