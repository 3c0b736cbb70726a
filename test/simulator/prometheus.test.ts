import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPracticeCluster, type PracticeCluster } from "../helpers/practice-cluster.ts";

let cluster: PracticeCluster;
let folder: string;

beforeAll(async () => {
  cluster = await startPracticeCluster({ nodes: 2, speed: 20 });
  folder = await mkdtemp(join(tmpdir(), "prometheus-"));
  for (const right of RIGHTS) await kubectl(...right.split(" "));
  await writeFile(join(folder, "prometheus.yml"), CONFIG);
  await kubectl("create", "configmap", "prometheus", `--from-file=${folder}/prometheus.yml`);
});

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const RIGHTS = [
  "create serviceaccount prometheus",
  "create clusterrole prometheus --verb=get,list,watch --resource=nodes,services,endpoints,pods",
  "create clusterrolebinding prometheus --clusterrole=prometheus --serviceaccount=default:prometheus",
  "create clusterrole metrics --verb=get --non-resource-url=/metrics",
  "create clusterrolebinding metrics --clusterrole=metrics --serviceaccount=default:prometheus",
];

const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

const CONFIG = `global: {scrape_interval: 15s}
scrape_configs:
- job_name: prometheus
  kubernetes_sd_configs: [{role: pod}]
  relabel_configs:
  - {source_labels: [__meta_kubernetes_pod_name], regex: prometheus.*, action: keep}
- job_name: apiserver
  scheme: https
  tls_config: {ca_file: ${ACCOUNT}/ca.crt}
  authorization: {credentials_file: ${ACCOUNT}/token}
  kubernetes_sd_configs: [{role: service}]
  relabel_configs:
  - source_labels: [__meta_kubernetes_namespace, __meta_kubernetes_service_name, __meta_kubernetes_service_port_name]
    action: keep
    regex: default;kubernetes;https
- job_name: node-exporter
  kubernetes_sd_configs: [{role: node}]
  relabel_configs:
  - {source_labels: [__address__], regex: "(.+):.+", replacement: "\${1}:9100", target_label: __address__}
- job_name: endpoints
  kubernetes_sd_configs: [{role: endpoints, namespaces: {names: [kube-system]}}]
  relabel_configs:
  - {source_labels: [__meta_kubernetes_service_name, __meta_kubernetes_endpoint_port_name], regex: kube-dns;metrics, action: keep}
  - {regex: __meta_kubernetes_service_label_(.+), action: labelmap}
`;

const prometheus = (name: string, spec: object = {}, mount: object = {}) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: { run: name } },
    spec: {
      containers: [
        {
          name: "prometheus",
          image: "prom/prometheus:v3.13.2",
          args: ["--config.file=/prometheus/prometheus.yml", "--log.level=debug", "--web.enable-lifecycle"],
          ports: [{ containerPort: 9090 }],
          volumeMounts: [{ name: "config", mountPath: "/prometheus/prometheus.yml", subPath: "prometheus.yml", ...mount }],
        },
      ],
      volumes: [{ name: "config", configMap: { name: "prometheus" } }],
      serviceAccountName: "prometheus",
      ...spec,
    },
  });

async function kubectl(...args: string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await cluster.kubectl(args);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}

/** Creates a pod that runs Prometheus. */
async function start(name: string, spec: object = {}, mount: object = {}): Promise<void> {
  const path = join(folder, `${name}.json`);
  await writeFile(path, prometheus(name, spec, mount));
  await kubectl("create", "-f", path);
}

/** Polls at the cluster's pace until a text has what is looked for. */
async function until(read: () => Promise<string>, found: RegExp): Promise<string> {
  let last = "";
  for (let tries = 0; tries < 200; tries++) {
    last = await read().catch(String);
    if (found.test(last)) return last;
    await cluster.clock.sleep(2_000);
  }
  throw new Error(`waited in vain for ${found}: ${last}`);
}

const get = (pod: string, path: string) => kubectl("get", "--raw", `/api/v1/namespaces/default/pods/${pod}:9090/proxy${path}`);
const logs = (pod: string) => kubectl("logs", pod);

interface Target {
  scrapePool: string;
  scrapeUrl: string;
  health: string;
  lastError: string;
  labels: Record<string, string>;
}

const targets = async (pod: string): Promise<Target[]> =>
  (JSON.parse(await get(pod, "/api/v1/targets?state=active")) as { data: { activeTargets: Target[] } }).data.activeTargets;

const health = async (pod: string) => (await targets(pod)).map((one) => `${one.scrapePool} ${one.health}`).join(", ");

test("targets are found by the API, relabeled, and scraped over the cluster's network", async () => {
  await start("prometheus");
  await until(
    () => health("prometheus"),
    /apiserver up, endpoints up, endpoints up, node-exporter down, node-exporter down, prometheus up/,
  );
  const found = await targets("prometheus");
  expect(found.map(({ scrapeUrl }) => scrapeUrl)).toEqual([
    "https://kubernetes.default.svc:443/metrics",
    expect.stringMatching(/^http:\/\/10\.244\.\d+\.\d+:9153\/metrics$/),
    expect.stringMatching(/^http:\/\/10\.244\.\d+\.\d+:9153\/metrics$/),
    "http://172.18.0.2:9100/metrics",
    "http://172.18.0.3:9100/metrics",
    expect.stringMatching(/^http:\/\/10\.244\.\d+\.\d+:9090\/metrics$/),
  ]);
  expect(found[1]!.labels).toMatchObject({ job: "endpoints", k8s_app: "kube-dns", kubernetes_io_name: "CoreDNS" });
  expect(found[3]).toMatchObject({
    labels: { instance: "bootcamp-control-plane", job: "node-exporter" },
    lastError: 'Get "http://172.18.0.2:9100/metrics": dial tcp 172.18.0.2:9100: connect: connection refused',
  });
  const answer = await get("prometheus", `/api/v1/query?query=${encodeURIComponent("sum by (job) (up)")}`);
  expect(answer).toMatch(/\{"metric":\{"job":"endpoints"\},"value":\[[\d.]+,"2"\]\}/);
  expect(await get("prometheus", "/targets")).toContain("2 / 2 up");
});

test("a Prometheus without rights finds nothing, and its log names who may not", async () => {
  await start("powerless", { serviceAccountName: "default" });
  const log = await until(() => logs("powerless"), /list \*v1\.Node/);
  expect(log).toContain(
    String.raw`msg="Failed to watch" component=k8s_client_runtime err="failed to list *v1.Pod: pods is forbidden: User \"system:serviceaccount:default:default\" cannot list resource \"pods\" in API group \"\" at the cluster scope"`,
  );
  expect(await targets("powerless")).toEqual([]);
});

test("a Prometheus that loses its right to the metrics says so at the target", async () => {
  await kubectl("delete", "clusterrolebinding", "metrics");
  const error = async () => (await targets("prometheus")).find(({ scrapePool }) => scrapePool === "apiserver")!.lastError;
  expect(await until(error, /403/)).toBe("server returned HTTP status 403 Forbidden");
});

test("a key that the ConfigMap does not have becomes a folder, which is no configuration", async () => {
  await start("folder", {}, { subPath: "prometheus.yaml" });
  expect(await until(() => logs("folder"), /is a directory/)).toMatch(
    /level=ERROR source=main.go:580 msg="Error loading config \(--config.file=\/prometheus\/prometheus.yml\)" file=\/prometheus\/prometheus.yml err="read \/prometheus\/prometheus.yml: is a directory"/,
  );
});

test("a ConfigMap over the data folder leaves no place for the query log", async () => {
  await start("panic", {}, { mountPath: "/prometheus", subPath: undefined });
  expect(await until(() => logs("panic"), /goroutine 1/)).toContain("panic: Unable to create mmap-ed active query log\n");
});
