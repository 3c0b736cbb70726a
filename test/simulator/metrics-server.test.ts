import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startPracticeCluster, type PracticeCluster } from "../helpers/practice-cluster.ts";

/** As metrics-server's own manifest has it; `more` are further arguments. */
const metricsServer = (...more: string[]) => `
apiVersion: v1
kind: ServiceAccount
metadata: { name: metrics-server, namespace: kube-system }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: metrics-server-auth-reader, namespace: kube-system }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: extension-apiserver-authentication-reader }
subjects: [{ kind: ServiceAccount, name: metrics-server, namespace: kube-system }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: "metrics-server:system:auth-delegator" }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:auth-delegator" }
subjects: [{ kind: ServiceAccount, name: metrics-server, namespace: kube-system }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: "system:metrics-server" }
rules:
- { apiGroups: [""], resources: [nodes/metrics], verbs: [get] }
- { apiGroups: [""], resources: [pods, nodes], verbs: [get, list, watch] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: "system:metrics-server" }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:metrics-server" }
subjects: [{ kind: ServiceAccount, name: metrics-server, namespace: kube-system }]
---
apiVersion: v1
kind: Service
metadata: { name: metrics-server, namespace: kube-system }
spec:
  selector: { k8s-app: metrics-server }
  ports: [{ name: https, port: 443, targetPort: https }]
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: { name: v1beta1.metrics.k8s.io }
spec:
  group: metrics.k8s.io
  version: v1beta1
  insecureSkipTLSVerify: true
  groupPriorityMinimum: 100
  versionPriority: 100
  service: { name: metrics-server, namespace: kube-system }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: metrics-server, namespace: kube-system }
spec:
  selector:
    matchLabels: { k8s-app: metrics-server }
  template:
    metadata:
      labels: { k8s-app: metrics-server }
    spec:
      serviceAccountName: metrics-server
      containers:
      - name: metrics-server
        image: registry.k8s.io/metrics-server/metrics-server:v0.8.0
        args: ${JSON.stringify(["--secure-port=10250", "--kubelet-use-node-status-port", "--metric-resolution=15s", ...more])}
        ports: [{ name: https, containerPort: 10250 }]
        readinessProbe:
          httpGet: { path: /readyz, port: https, scheme: HTTPS }
          timeoutSeconds: 5
`;

const APP = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
      - name: loop
        image: busybox:1.36
        command: [sh, -c, "while true; do :; done"]
        resources: { requests: { cpu: 300m } }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  minReplicas: 1
  maxReplicas: 3
  metrics:
  - type: Resource
    resource: { name: cpu, target: { type: Utilization, averageUtilization: 50 } }
`;

let cluster: PracticeCluster;
let folder: string;
beforeAll(async () => {
  cluster = await startPracticeCluster({ nodes: 2, speed: 10 });
  folder = await mkdtemp(join(tmpdir(), "metrics-server-"));
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

async function until(reached: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 120; tries++) {
    if (await reached()) return;
    await cluster.clock.sleep(2_000);
  }
  throw new Error(`it was not so: ${reached.toString()}`);
}

it("a fresh cluster has no metrics API, and metrics-server as it comes does not trust the kubelets", async () => {
  expect((await cluster.kubectl(["top", "nodes"])).stderr).toBe("error: Metrics API not available\n");

  await apply(metricsServer());
  await until(async () =>
    (await cluster.kubectl(["-n", "kube-system", "logs", "deploy/metrics-server"])).stdout.includes(
      'err="Get \\"https://172.18.0.3:10250/metrics/resource\\": tls: failed to verify certificate: x509: cannot validate certificate for 172.18.0.3 because it doesn\'t contain any IP SANs" node="bootcamp-worker"',
    ),
  );
  expect(await kubectl("get", "apiservice", "v1beta1.metrics.k8s.io", "--no-headers")).toMatch(
    /^v1beta1\.metrics\.k8s\.io +kube-system\/metrics-server +False \(MissingEndpoints\) /,
  );
}, 60_000);

it("told to trust them, it serves kubectl top, to those who may see it", async () => {
  await apply(metricsServer("--kubelet-insecure-tls"));
  await until(async () => (await cluster.kubectl(["top", "pods", "-A"])).stdout.includes("kube-proxy-"));

  const nodes = (await kubectl("top", "nodes", "--no-headers")).split("\n");
  expect(nodes).toHaveLength(2);
  for (const line of nodes) expect(line).toMatch(/^bootcamp-\S+ +\d{1,4}m +\d+% +\d{3,4}Mi +\d+% *$/);
  expect(await kubectl("top", "pod", "-n", "kube-system", "-l", "component=etcd", "--no-headers")).toMatch(
    /^etcd-bootcamp-control-plane +\d+m +48Mi/,
  );
  expect(await kubectl("get", "apiservice", "v1beta1.metrics.k8s.io", "--no-headers")).toMatch(/ True /);
  expect(await kubectl("api-resources", "--api-group=metrics.k8s.io", "-o", "name")).toBe(
    "nodes.metrics.k8s.io\npods.metrics.k8s.io",
  );
  const asNobody = ["top", "nodes", "--as=system:serviceaccount:default:default"];
  expect((await cluster.kubectl(asNobody)).stderr).toBe(
    'Error from server (Forbidden): nodes.metrics.k8s.io is forbidden: User "system:serviceaccount:default:default" cannot list resource "nodes" in API group "metrics.k8s.io" at the cluster scope\n',
  );
}, 90_000);

it("an autoscaler scales on what it tells", async () => {
  await apply(APP);
  await until(async () => (await kubectl("get", "hpa", "web", "-o", "jsonpath={.status.desiredReplicas}")) === "3");
  expect(await kubectl("get", "deploy", "web", "-o", "jsonpath={.spec.replicas}")).toBe("3");
  expect(await kubectl("describe", "hpa", "web")).toMatch(
    /SuccessfulRescale .* New size: \d; reason: cpu resource utilization \(percentage of request\) above target/,
  );
}, 90_000);
