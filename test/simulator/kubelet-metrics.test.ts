import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startPracticeCluster, type PracticeCluster } from "../helpers/practice-cluster.ts";

const PODS = `
apiVersion: v1
kind: Pod
metadata: { name: asker }
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - { name: asker, image: "curlimages/curl:8.14.1", command: [sleep, "3600"] }
---
apiVersion: v1
kind: Pod
metadata: { name: probed }
spec:
  nodeName: bootcamp-worker
  terminationGracePeriodSeconds: 0
  containers:
  - name: probed
    image: kicbase/echo-server:1.0
    readinessProbe: { tcpSocket: { port: 8080 } }
---
apiVersion: v1
kind: Pod
metadata: { name: busy }
spec:
  nodeName: bootcamp-worker
  terminationGracePeriodSeconds: 0
  containers:
  - name: loop
    image: busybox:1.36
    command: [sh, -c, "while true; do :; done"]
    resources: { limits: { cpu: "2", memory: 64Mi } }
`;

const RIGHTS = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: asker }
rules:
- apiGroups: [""]
  resources: [nodes/metrics]
  verbs: [get]
- nonResourceURLs: [/metrics]
  verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: asker }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: asker }
subjects:
- { kind: ServiceAccount, name: default, namespace: default }
`;

let cluster: PracticeCluster;
let folder: string;
beforeAll(async () => {
  cluster = await startPracticeCluster({ nodes: 2, speed: 5 });
  folder = await mkdtemp(join(tmpdir(), "kubelet-metrics-"));
  await apply(PODS);
  await kubectl("wait", "--for=condition=Ready", "pod", "--all", "--timeout=60s");
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function kubectl(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await cluster.kubectl(args);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout.trimEnd();
}

async function apply(manifest: string): Promise<void> {
  const file = join(folder, "manifest.yml");
  await writeFile(file, manifest);
  await kubectl("apply", "-f", file);
}

/** What a pod sees that asks a kubelet or the API server, with its token or without: code and body. */
async function ask(url: string, options: { token: boolean }): Promise<{ code: number; body: string }> {
  const token = '-H "Authorization: Bearer $(cat /var/run/secrets/kubernetes.io/serviceaccount/token)"';
  const script = `curl -sk -w "\\n%{http_code}" ${options.token ? token : ""} ${url}`;
  const lines = (await kubectl("exec", "asker", "--", "sh", "-c", script)).trimEnd().split("\n");
  return { code: Number(lines.pop()), body: lines.join("\n") };
}

const onNode = (path: string, node = "bootcamp-worker") => kubectl("get", "--raw", `/api/v1/nodes/${node}/proxy${path}`);

/** The value of the only series that begins so. */
function value(text: string, series: RegExp): number {
  const found = text.split("\n").filter((line) => !line.startsWith("#") && series.test(line));
  expect(found).toHaveLength(1);
  return Number(found[0]!.replace(/^[^{]+(\{.*\})? /, "").split(" ")[0]);
}

it("a kubelet answers nobody, and of accounts those with the right to metrics, in a real kubelet's words", async () => {
  const node = "https://172.18.0.3:10250";
  expect(await ask(`${node}/metrics/cadvisor`, { token: false })).toEqual({ code: 401, body: "Unauthorized" });
  expect(await ask(`${node}/metrics/cadvisor`, { token: true })).toEqual({
    code: 403,
    body: "Forbidden (user=system:serviceaccount:default:default, verb=get, resource=nodes, subresource(s)=[metrics])\n",
  });
  expect((await ask("https://kubernetes.default.svc/metrics", { token: true })).body).toContain(
    'forbidden: User \\"system:serviceaccount:default:default\\" cannot get path \\"/metrics\\"',
  );

  await apply(RIGHTS);
  expect((await ask(`${node}/metrics/cadvisor`, { token: true })).code).toBe(200);
  expect((await ask(`${node}/pods`, { token: true })).body).toContain("subresource(s)=[pods proxy])");
  const { code, body } = await ask("https://kubernetes.default.svc/metrics", { token: true });
  expect(code).toBe(200);
  const creates = 'code="201",component="apiserver",dry_run="",group="rbac.authorization.k8s.io",resource="clusterrolebindings"';
  expect(body).toContain(`apiserver_request_total{${creates},scope="resource",subresource="",verb="POST",version="v1"}`);
  expect(body).toMatch(/^apiserver_request_duration_seconds_bucket\{.*verb="LIST",version="v1",le="\+Inf"\} [1-9]/m);
});

it("a kubelet's certificate is its own: who checks it does not trust it", async () => {
  const { exitCode } = await cluster.kubectl(["exec", "asker", "--", "curl", "-s", "https://172.18.0.3:10250/metrics"]);
  expect(exitCode).toBe(60);
});

it("cAdvisor's figures tell a busy container from an idle one", async () => {
  const loop = /^container_cpu_usage_seconds_total\{container="loop",cpu="total".*pod="busy"\}/;
  const before = await onNode("/metrics/cadvisor");
  await cluster.clock.sleep(30_000);
  const after = await onNode("/metrics/cadvisor");

  const at = (text: string) => Number(/pod="busy"\} \S+ (\d+)$/m.exec(text)?.[1]);
  const used = (value(after, loop) - value(before, loop)) / ((at(after) - at(before)) / 1000);
  expect(used).toBeGreaterThan(0.4);
  expect(used).toBeLessThan(1.1);
  expect(value(after, /^container_cpu_usage_seconds_total\{container="kube-proxy"/)).toBeLessThan(1);
  expect(value(after, /^container_memory_working_set_bytes\{container="loop"/)).toBe(600 * 1024);
  expect(value(after, /^container_spec_memory_limit_bytes\{container="loop"/)).toBe(64 * 1024 * 1024);
  expect(value(after, /^container_spec_cpu_quota\{container="loop"/)).toBe(200_000);
  expect(value(after, /^machine_cpu_cores/)).toBe(4);
  expect(after).toMatch(
    /^container_network_receive_bytes_total\{container="",id="[^"]+",image="registry.k8s.io\/pause:[^"]+",interface="eth0",name="\w{64}",namespace="default",pod="busy"\}/m,
  );
});

it("the other endpoints tell the same of the same pods", async () => {
  const resource = await onNode("/metrics/resource");
  expect(value(resource, /^pod_memory_working_set_bytes\{namespace="default",pod="busy"\}/)).toBe(600 * 1024 + 253_952);
  const summary = JSON.parse(await onNode("/stats/summary")) as {
    node: { nodeName: string };
    pods: { podRef: { name: string }; containers: { name: string; memory: { workingSetBytes: number } }[] }[];
  };
  expect(summary.node.nodeName).toBe("bootcamp-worker");
  expect(summary.pods.find(({ podRef }) => podRef.name === "busy")?.containers).toMatchObject([
    { name: "loop", memory: { workingSetBytes: 600 * 1024 } },
  ]);
  expect(value(await onNode("/metrics"), /^kubelet_running_pods/)).toBe(summary.pods.length);
  expect(await onNode("/metrics/probes")).toMatch(
    /^prober_probe_total\{container="probed",.*pod="probed".*,probe_type="Readiness",result="successful"\} [1-9]/m,
  );
  expect(await onNode("/healthz")).toBe("ok");
  expect(await cluster.kubectl(["get", "--raw", "/api/v1/nodes/bootcamp-worker:9100/proxy/metrics"])).toMatchObject({
    stderr:
      "Error from server (ServiceUnavailable): error trying to reach service: dial tcp 172.18.0.3:9100: connect: connection refused\n",
  });
});
