import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startPracticeCluster, type PracticeCluster } from "../helpers/practice-cluster.ts";

const ACCOUNT = `
apiVersion: v1
kind: ServiceAccount
metadata: { name: kube-state-metrics, namespace: kube-system }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: kube-state-metrics, namespace: kube-system }
spec:
  selector:
    matchLabels: { app: kube-state-metrics }
  template:
    metadata:
      labels: { app: kube-state-metrics }
    spec:
      serviceAccountName: kube-state-metrics
      containers:
      - name: kube-state-metrics
        image: registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.20.0
        args: ["--resources=deployments,pods,nodes", "--metric-labels-allowlist=pods=[app]"]
        ports:
        - { name: http-metrics, containerPort: 8080 }
        - { name: telemetry, containerPort: 8081 }
        livenessProbe:
          httpGet: { path: /livez, port: http-metrics }
          timeoutSeconds: 5
        readinessProbe:
          httpGet: { path: /readyz, port: telemetry }
          timeoutSeconds: 5
        securityContext: { readOnlyRootFilesystem: true, runAsNonRoot: true, runAsUser: 65534 }
---
apiVersion: v1
kind: Service
metadata: { name: kube-state-metrics, namespace: kube-system }
spec:
  selector: { app: kube-state-metrics }
  ports:
  - { name: http-metrics, port: 8080, targetPort: http-metrics }
  - { name: telemetry, port: 8081, targetPort: telemetry }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: bootcamp, namespace: default }
spec:
  replicas: 2
  selector:
    matchLabels: { app: bootcamp }
  template:
    metadata:
      labels: { app: bootcamp }
    spec:
      containers:
      - name: bootcamp-app
        image: kicbase/echo-server:1.0
        resources:
          requests: { cpu: 100m, memory: 64Mi }
`;

const RIGHTS = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: kube-state-metrics }
rules:
- apiGroups: [""]
  resources: [nodes, pods]
  verbs: [list, watch]
- apiGroups: [apps]
  resources: [deployments]
  verbs: [list, watch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: kube-state-metrics }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: kube-state-metrics }
subjects:
- { kind: ServiceAccount, name: kube-state-metrics, namespace: kube-system }
`;

let cluster: PracticeCluster;
let folder: string;
beforeAll(async () => {
  cluster = await startPracticeCluster({ nodes: 2, speed: 10 });
  folder = await mkdtemp(join(tmpdir(), "kube-state-metrics-"));
  await apply(ACCOUNT);
  await kubectl("-n", "kube-system", "rollout", "status", "deploy/kube-state-metrics");
  await kubectl("rollout", "status", "deploy/bootcamp");
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function kubectl(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await cluster.kubectl(args);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}

async function apply(manifest: string): Promise<void> {
  const file = join(folder, "manifest.yml");
  await writeFile(file, manifest);
  await kubectl("apply", "-f", file);
}

const metrics = (port: string, path = "metrics") =>
  kubectl("get", "--raw", `/api/v1/namespaces/kube-system/services/kube-state-metrics:${port}/proxy/${path}`);

async function until(reached: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await reached()) return;
    await cluster.clock.sleep(1_000);
  }
  throw new Error(`it was not so: ${reached.toString()}`);
}

it("without rights it is ready, tells of nothing, and says in its log what it may not list", async () => {
  expect(await metrics("http-metrics")).toBe("");
  expect(await kubectl("-n", "kube-system", "logs", "deploy/kube-state-metrics")).toMatch(
    /^E\d{4} [\d:.]+ {7}1 reflector\.go:\d+\] "Failed to watch" err="failed to list \*v1\.Pod: pods is forbidden: User \\"system:serviceaccount:kube-system:kube-state-metrics\\" cannot list resource \\"pods\\" in API group \\"\\" at the cluster scope" logger="UnhandledError" .* type="\*v1\.Pod"$/m,
  );
  expect(await metrics("telemetry")).toMatch(/^kube_state_metrics_list_total\{resource="\*v1\.Pod",result="error"\} [1-9]/m);
  expect(await metrics("http-metrics", "healthz")).toBe("OK");
});

it("with rights it tells of every object, and goes on as they change", async () => {
  await apply(RIGHTS);
  const available = 'kube_deployment_status_replicas_available{namespace="default",deployment="bootcamp"}';
  await until(async () => (await metrics("http-metrics")).includes(`${available} 2\n`));

  const text = await metrics("http-metrics");
  const [name, uid, node] = (
    await kubectl(
      "get",
      "pods",
      "-l",
      "app=bootcamp",
      "-o",
      "jsonpath={.items[0].metadata.name} {.items[0].metadata.uid} {.items[0].spec.nodeName}",
    )
  ).split(" ") as [string, string, string];
  const pod = `namespace="default",pod="${name}",uid="${uid}"`;
  for (const line of [
    "# HELP kube_pod_status_phase [STABLE] The pods current phase.",
    "# TYPE kube_pod_container_status_restarts_total counter",
    `kube_pod_status_phase{${pod},phase="Running"} 1`,
    `kube_pod_status_phase{${pod},phase="Pending"} 0`,
    `kube_pod_status_ready{${pod},condition="true"} 1`,
    `kube_pod_container_status_restarts_total{${pod},container="bootcamp-app"} 0`,
    `kube_pod_container_resource_requests{${pod},container="bootcamp-app",node="${node}",resource="cpu",unit="core"} 0.1`,
    `kube_pod_container_resource_requests{${pod},container="bootcamp-app",node="${node}",resource="memory",unit="byte"} 6.7108864e+07`,
    `kube_pod_labels{${pod},label_app="bootcamp"} 1`,
    'kube_deployment_spec_replicas{namespace="default",deployment="bootcamp"} 2',
    'kube_node_spec_taint{node="bootcamp-control-plane",key="node-role.kubernetes.io/control-plane",value="",effect="NoSchedule"} 1',
    'kube_node_status_condition{node="bootcamp-worker",condition="Ready",status="true"} 1',
    'kube_node_status_capacity{node="bootcamp-worker",resource="cpu",unit="core"} 4',
  ]) {
    expect(text.split("\n")).toContain(line);
  }

  await kubectl("set", "image", "deploy/bootcamp", "bootcamp-app=kicbase/echo-server:nope");
  await until(async () =>
    /kube_pod_container_status_waiting_reason\{namespace="default",pod="bootcamp-[^}]+reason="(ErrImagePull|ImagePullBackOff)"\} 1/.test(
      await metrics("http-metrics"),
    ),
  );
  await kubectl("delete", "deploy", "bootcamp");
  await until(async () => !(await metrics("http-metrics")).includes('deployment="bootcamp"'));
});
