import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPracticeCluster, type PracticeCluster } from "../helpers/practice-cluster.ts";

let cluster: PracticeCluster;
let folder: string;

beforeAll(async () => {
  // Scrapes have a few seconds of the cluster's time, on a machine that is busy with other tests.
  cluster = await startPracticeCluster({ nodes: 2, speed: 4 });
  folder = await mkdtemp(join(tmpdir(), "prometheus-"));
  const all = { apiVersion: "v1", kind: "List", items: [...RIGHTS, configMap, ...PODS] };
  await writeFile(join(folder, "all.json"), JSON.stringify(all));
  await kubectl("create", "-f", join(folder, "all.json"));
});

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

const CONFIG = `global: {scrape_interval: 5s}
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

const configMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "prometheus" }, data: { "prometheus.yml": CONFIG } };

const RBAC = "rbac.authorization.k8s.io";

/** A role for all namespaces, and the account of Prometheus bound to it. */
const right = (name: string, rule: object) => [
  { apiVersion: `${RBAC}/v1`, kind: "ClusterRole", metadata: { name }, rules: [rule] },
  {
    apiVersion: `${RBAC}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef: { apiGroup: RBAC, kind: "ClusterRole", name },
    subjects: [{ kind: "ServiceAccount", name: "prometheus", namespace: "default" }],
  },
];

const RIGHTS = [
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "prometheus" } },
  ...right("discovery", {
    apiGroups: [""],
    resources: ["nodes", "services", "endpoints", "pods"],
    verbs: ["get", "list", "watch"],
  }),
  ...right("metrics", { nonResourceURLs: ["/metrics"], verbs: ["get"] }),
];

const prometheus = (name: string, spec: object = {}, mount: object = {}) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name },
  spec: {
    containers: [
      {
        name: "prometheus",
        image: "prom/prometheus:v3.13.2",
        args: ["--config.file=/prometheus/prometheus.yml", "--log.level=debug"],
        ports: [{ containerPort: 9090 }],
        volumeMounts: [{ name: "config", mountPath: "/prometheus/prometheus.yml", subPath: "prometheus.yml", ...mount }],
      },
    ],
    volumes: [{ name: "config", configMap: { name: "prometheus" } }],
    serviceAccountName: "prometheus",
    ...spec,
  },
});

const PODS = [
  prometheus("prometheus"),
  prometheus("powerless", { serviceAccountName: "default" }),
  prometheus("folder", {}, { subPath: "prometheus.yaml" }),
  prometheus("panic", {}, { mountPath: "/prometheus", subPath: undefined }),
];

async function kubectl(...args: string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await cluster.kubectl(args);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}

/** Polls at the cluster's pace until a text has what is looked for. */
async function until(read: () => Promise<string>, found: RegExp): Promise<string> {
  let last = "";
  for (let tries = 0; tries < 200; tries++) {
    last = await read().catch(String);
    if (found.test(last)) return last;
    await cluster.clock.sleep(1_000);
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
  expect(await until(() => logs("folder"), /is a directory/)).toMatch(
    /level=ERROR source=main.go:580 msg="Error loading config \(--config.file=\/prometheus\/prometheus.yml\)" file=\/prometheus\/prometheus.yml err="read \/prometheus\/prometheus.yml: is a directory"/,
  );
});

test("a ConfigMap over the data folder leaves no place for the query log", async () => {
  expect(await until(() => logs("panic"), /goroutine 1/)).toContain("panic: Unable to create mmap-ed active query log\n");
});
