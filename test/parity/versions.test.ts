import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kubectlBinary } from "../helpers/kubectl.ts";
import { startPracticeCluster, type PracticeCluster } from "../helpers/practice-cluster.ts";

/** The oldest and newest kubectl we promise, and two between: SPDY and WebSocket, OpenAPI v2 and v3, lists and streamed lists. */
const VERSIONS = ["1.28", "1.31", "1.34", "1.35"];

const APP = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: bootcamp
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
        ports:
        - containerPort: 8080
---
apiVersion: v1
kind: Service
metadata:
  name: bootcamp-svc
spec:
  ports:
  - port: 80
    targetPort: 8080
  selector: { app: bootcamp }
---
apiVersion: v1
kind: Pod
metadata:
  name: probe
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - name: probe
    image: busybox:1.36
    command: [sleep, "3600"]
`;

let cluster: PracticeCluster;
let folder: string;
beforeAll(async () => {
  cluster = await startPracticeCluster({ nodes: 4 });
  folder = await mkdtemp(join(tmpdir(), "kubectl-"));
  await writeFile(join(folder, "app.yml"), APP);
});
afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe.each(VERSIONS)("kubectl %s", (version) => {
  const namespace = `with-${version.replace(".", "-")}`;
  let binary: string;
  const start = (...args: string[]) => {
    const env = {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      KUBECONFIG: cluster.kubeconfig,
      KUBECACHEDIR: join(folder, version),
    };
    return execa(binary, ["--namespace", namespace, ...args], { env, extendEnv: false, reject: false, cwd: folder, all: true });
  };
  /** Standard output of a command that must succeed. */
  const kubectl = async (...args: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await start(...args);
    expect({ args, exitCode, stderr: exitCode === 0 ? "" : stderr }).toEqual({ args, exitCode: 0, stderr: "" });
    return String(stdout);
  };
  /** What a command that runs on says until it said `expected`. */
  const until = (running: ReturnType<typeof start>, expected: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      let said = "";
      running.all.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        if (expected.test(said)) resolve(said);
      });
      running.all.on("end", () => reject(new Error(`ended without ${expected}: ${said}`)));
    });

  beforeAll(async () => {
    binary = await kubectlBinary(version);
    await kubectl("create", "namespace", namespace);
    await kubectl("apply", "-f", "app.yml");
    await kubectl("rollout", "status", "deploy/bootcamp", "--timeout=60s");
    await kubectl("wait", "--for=condition=Ready", "pod/probe", "--timeout=60s");
  });

  it("shows kind's nodes, ready", async () => {
    const rows = (await kubectl("get", "nodes", "--no-headers")).split("\n").map((row) => row.split(/\s+/).slice(0, 3).join(" "));
    expect(rows).toEqual([
      "bootcamp-control-plane Ready control-plane",
      "bootcamp-worker Ready <none>",
      "bootcamp-worker2 Ready <none>",
      "bootcamp-worker3 Ready <none>",
    ]);
  });

  it("applies again without a change, explains, diffs and describes", async () => {
    expect(await kubectl("apply", "-f", "app.yml")).toContain("deployment.apps/bootcamp unchanged");
    expect(await kubectl("apply", "-f", "app.yml", "--server-side", "--force-conflicts")).toContain("serverside-applied");
    expect((await start("diff", "-f", "app.yml")).exitCode).toBe(0);
    expect(await kubectl("explain", "deployment.spec.replicas")).toContain("<integer>");
    expect(await kubectl("describe", "deploy", "bootcamp")).toContain(
      "2 desired | 2 updated | 2 total | 2 available | 0 unavailable",
    );
    expect(await kubectl("get", "pods", "-l", "app=bootcamp", "-o", "wide")).toMatch(
      /READY\s+STATUS\s+RESTARTS\s+AGE\s+IP\s+NODE/,
    );
  });

  it("watches Pods come while it scales", async () => {
    const watching = start("get", "pods", "-l", "app=bootcamp", "-w");
    // What there is comes first; from there on nothing is missed.
    await until(watching, /(?:1\/1\s+Running[^]*){2}/);
    const seen = until(watching, /1\/1\s+Running/);
    await kubectl("scale", "deploy/bootcamp", "--replicas=3");
    expect(await seen).toMatch(/Pending|ContainerCreating/);
    watching.kill();
    await kubectl("scale", "deploy/bootcamp", "--replicas=2");
    await kubectl("rollout", "status", "deploy/bootcamp", "--timeout=60s");
  });

  it("executes commands, with their output, input and exit code", async () => {
    expect(await kubectl("exec", "probe", "--", "echo", "hello")).toBe("hello");
    expect((await start("exec", "probe", "--", "sh", "-c", "exit 3")).exitCode).toBe(3);
    expect(await kubectl("exec", "probe", "--", "wget", "-qO-", "http://bootcamp-svc")).toMatch(/^Request served by bootcamp-/);
  });

  it("forwards a port, and follows the log of what the request left", async () => {
    const [pod] = (await kubectl("get", "pods", "-l", "app=bootcamp", "-o", "name")).split("\n");
    const logs = start("logs", "-f", pod as string);
    const logged = until(logs, /GET \/from-outside/);
    const forward = start("port-forward", pod as string, ":8080");
    const port = /127\.0\.0\.1:(\d+)/.exec(await until(forward, /127\.0\.0\.1:\d+/))?.[1];
    const reply = await (await fetch(`http://127.0.0.1:${port}/from-outside`)).text();
    expect(reply).toContain(`Request served by ${pod?.replace("pod/", "")}`);
    expect(await logged).toContain("/from-outside");
    forward.kill();
    logs.kill();
  });

  it("reaches a Service through kubectl proxy", async () => {
    const proxy = start("proxy", "--port=0");
    const port = /127\.0\.0\.1:(\d+)/.exec(await until(proxy, /127\.0\.0\.1:\d+/))?.[1];
    const reply = await fetch(`http://127.0.0.1:${port}/api/v1/namespaces/${namespace}/services/bootcamp-svc/proxy/`);
    expect(reply.status).toBe(200);
    expect(await reply.text()).toMatch(/^Request served by bootcamp-/);
    proxy.kill();
  });

  it("deletes, waits until it is gone, and says what is not there", async () => {
    await kubectl("delete", "-f", "app.yml", "--timeout=60s");
    const { exitCode, stderr } = await start("get", "deploy", "bootcamp");
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Error from server (NotFound): deployments.apps "bootcamp" not found');
  });
});

it("kube-system has the ConfigMaps that kubeadm and the API server leave there, and kube-proxy reads its own", async () => {
  const words = async (args: string) => (await cluster.kubectl(args.split(" "))).stdout.trim().split(/\s+/);
  const inSystem = "-n kube-system -o jsonpath=";
  expect(await words(`get configmaps ${inSystem}{.items[*].metadata.name}`)).toEqual([
    "coredns",
    "extension-apiserver-authentication",
    "kube-apiserver-legacy-service-account-token-tracking",
    "kube-proxy",
    "kube-root-ca.crt",
    "kubeadm-config",
    "kubelet-config",
  ]);
  expect(
    await words(`get pods -l k8s-app=kube-proxy ${inSystem}{.items[*].spec.volumes[?(@.configMap)].configMap.name}`),
  ).toEqual(Array.from({ length: 4 }, () => "kube-proxy"));
  const mounts = await words(`get daemonset kube-proxy ${inSystem}{.spec.template.spec.containers[0].volumeMounts[*].mountPath}`);
  expect(mounts).toEqual(["/var/lib/kube-proxy", "/run/xtables.lock", "/lib/modules"]);
});
