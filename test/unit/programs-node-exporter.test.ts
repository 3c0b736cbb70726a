import { expect, test } from "vitest";
import type { ContainerSpec } from "../../src/simulator/kubelet/runtime.ts";
import { hostFetch, readBody } from "../../src/simulator/network/http-fetch.ts";
import { createNode, logText } from "../helpers/container-node.ts";

async function start(spec: Partial<ContainerSpec> = {}, image = "prom/node-exporter:v1.11.1") {
  const node = createNode();
  const container = await node.run(image, { user: { uid: 65_534, gid: 65_534 }, ...spec });
  const client = node.network.attach("10.244.0.9");
  client.resolve = (name) => [name];
  await node.clock.step(10);
  const get = async (path: string) => {
    const response = await hostFetch(client, `http://10.244.0.5${path}`);
    return { code: response.statusCode, headers: response.headers, body: String(await readBody(response)) };
  };
  const value = async (series: string) => {
    const { body } = await get(":9100/metrics");
    const line = body.split("\n").find((one) => one.startsWith(`${series} `));
    if (!line) throw new Error(`no ${series}`);
    return Number(line.slice(series.length));
  };
  return { ...node, client, container, get, value };
}

test("node-exporter tells of its machine in Prometheus' text format, each family described once", async () => {
  const { get, value } = await start();
  const { headers, body } = await get(":9100/metrics");

  expect(headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8; escaping=underscores");
  const described = [...body.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name!);
  expect(new Set(described).size).toBe(described.length);
  expect(described.filter((name) => name.startsWith("node_")).length).toBeGreaterThan(240);
  for (const line of body.trim().split("\n")) {
    expect(line).toMatch(/^(# (HELP|TYPE) \S+ .+|\w+(\{(\w+="(\\.|[^"\\])*",?)+\})? (\d+(\.\d+)?|\d(\.\d+)?e[+-]\d\d+))$/);
  }
  expect(
    await value(
      'node_uname_info{domainname="(none)",machine="x86_64",nodename="pod",release="6.12.0-practice",sysname="Linux",version="#1 SMP PREEMPT_DYNAMIC"}',
    ),
  ).toBe(1);
  expect(body.match(/^node_cpu_seconds_total\{cpu="\d",mode="idle"\}/gm)).toHaveLength(4);
  expect(body).toContain("node_memory_MemTotal_bytes 8.341331968e+09\n");
});

test("CPU time grows with the clock, and with what runs on the node", async () => {
  const { clock, client, run, value, pod } = await start();
  const busy = async () => {
    const modes = ["user", "system", "idle"].map((mode) => value(`node_cpu_seconds_total{cpu="0",mode="${mode}"}`));
    const [user, system, idle] = (await Promise.all(modes)) as [number, number, number];
    return { idle, used: user + system };
  };
  const before = await busy();
  await clock.step(60_000);
  const idle = await busy();
  expect(idle.idle - before.idle).toBeGreaterThan(58);
  expect(idle.used - before.used).toBeLessThan(1);

  const server = pod("10.244.0.6");
  await run("registry.k8s.io/hpa-example:latest", {}, server);
  for (let request = 0; request < 400; request++) {
    await readBody(await hostFetch(client, "http://10.244.0.6/"));
  }
  expect((await busy()).used - idle.used).toBeGreaterThan(4);
  expect(await value("node_load1")).toBeGreaterThan(0.2);
});

test("its command line decides what it collects, and mistakes in it end it with the reason", async () => {
  const { get } = await start({ args: ["--web.listen-address=:9200", "--no-collector.cpu", "--path.rootfs", "/host"] });
  const { body } = await get(":9200/metrics");
  expect(body).not.toContain("node_cpu_seconds_total");
  expect(body).toContain('node_scrape_collector_success{collector="meminfo"} 1\n');
  expect((await get(":9200/metrics?collect[]=loadavg")).body).not.toContain("node_memory_MemTotal_bytes");
  expect((await get(":9200/metrics?collect[]=cpu")).body).toBe(
    "Couldn't create filtered metrics handler: couldn't create collector: missing collector: cpu",
  );
  expect((await get(":9200/")).body).toContain('<li><a href="/metrics">Metrics</a></li>');

  const { container } = await start({ args: ["--web.listen-adress=:9100"] });
  expect(await container.exited).toEqual({ exitCode: 1 });
  expect(logText(container)).toBe("node_exporter: error: unknown long flag '--web.listen-adress', try --help");
});

test("it logs as the release does that it is", async () => {
  const { container } = await start();
  const lines = logText(container).split("\n");
  expect(lines[0]).toBe(
    'time=2026-01-01T00:00:05.000Z level=INFO source=node_exporter.go:217 msg="Starting node_exporter" version="(version=1.11.1, branch=HEAD, revision=6b2468c506ac123a36c5e3bc7db733db28efd2b5)"',
  );
  expect(lines).toContain("time=2026-01-01T00:00:05.000Z level=INFO source=node_exporter.go:142 msg=cpu");
  expect(lines.at(-2)).toBe(
    'time=2026-01-01T00:00:05.000Z level=INFO source=tls_config.go:379 msg="Listening on" address=[::]:9100',
  );
  const { container: old } = await start({}, "prom/node-exporter:v1.3.1");
  expect(logText(old).split("\n")[0]).toMatch(/^ts=2026-01-01T00:00:05.000Z caller=\S+ level=info msg="Starting node_exporter"/);
});

test("a second one on the node's network finds the port taken", async () => {
  const node = createNode();
  const host = node.network.attach("172.18.0.2");
  const shared = () => node.runtime.sandbox({ hostname: "worker", ip: { node: host }, resolvConf: "", hosts: "" });
  const first = await node.run("prom/node-exporter:v1.11.1", {}, shared());
  await node.clock.step(10);
  const second = await node.run("prom/node-exporter:v1.11.1", {}, shared());

  expect(await second.exited).toEqual({ exitCode: 1 });
  expect(logText(second)).toMatch(
    /level=ERROR source=node_exporter.go:248 msg="listen tcp :9100: bind: address already in use"$/,
  );
  expect(logText(first)).toContain("Listening on");
});
