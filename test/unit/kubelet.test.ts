import type { PodSpec } from "kubernetes-types/core/v1";
import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../src/simulator/api/object.ts";
import { SteppedClock } from "../../src/simulator/clock.ts";
import { Backoff } from "../../src/simulator/kubelet/backoff.ts";
import { newRecord } from "../../src/simulator/kubelet/container-record.ts";
import type { ContainerRecord, Run } from "../../src/simulator/kubelet/container-record.ts";
import { containerEnv } from "../../src/simulator/kubelet/env.ts";
import { goDuration } from "../../src/simulator/kubelet/go-duration.ts";
import { NodeFiles } from "../../src/simulator/kubelet/node-files.ts";
import { podActions } from "../../src/simulator/kubelet/pod-actions.ts";
import { hostsFile, resolvConf } from "../../src/simulator/kubelet/pod-files.ts";
import { PodIPs } from "../../src/simulator/kubelet/pod-ips.ts";
import { containersOf } from "../../src/simulator/kubelet/pod.ts";
import type { Pod } from "../../src/simulator/kubelet/pod.ts";
import type { RunningContainer } from "../../src/simulator/kubelet/runtime.ts";
import { podStatus } from "../../src/simulator/kubelet/status.ts";

const pod = (spec: Partial<PodSpec> = {}): Pod => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    name: "web",
    namespace: "ns",
    uid: "u1",
    resourceVersion: "1",
    creationTimestamp: "2026-01-01T00:00:00Z",
    generation: 1,
  },
  spec: { containers: [{ name: "app", image: "a:1" }], ...spec },
});

const init = { name: "prepare", image: "i:1" };
const sidecar = { name: "proxy", image: "s:1", restartPolicy: "Always" };

type State = "never" | "running" | "starting" | number;

/** Runs in these states: an exit code, or how far it got. */
function records(one: Pod, states: Record<string, State>): ContainerRecord[] {
  return containersOf(one).map((container) => {
    const state = states[container.container.name] ?? "never";
    if (state === "never") return newRecord(container);
    const run: Run = {
      id: "containerd://1",
      image: "docker.io/library/a:1",
      imageID: "docker.io/library/a@sha256:1",
      specImage: container.container.image ?? "",
      startedAt: 0,
      started: state === "running",
      ready: state === "running",
      ended: Promise.resolve(),
    };
    if (typeof state === "number")
      run.exit = { exitCode: state, reason: state ? "Error" : "Completed", startedAt: 0, finishedAt: 0 };
    else run.process = {} as RunningContainer;
    return { ...newRecord(container), run };
  });
}

const summary = (one: Pod, states: Record<string, State>, over = false) => {
  const facts = {
    records: records(one, states),
    hostIP: "172.18.0.2",
    podIP: "10.244.0.2",
    hasSandbox: !over,
    startTime: 0,
    over,
  };
  const { phase, conditions = [] } = podStatus(one, facts, 0);
  return {
    phase,
    conditions: Object.fromEntries(conditions.map(({ type, status, reason }) => [type, reason ? `${status} ${reason}` : status])),
  };
};

describe("a pod's phase and conditions", () => {
  const withInit = pod({ initContainers: [init, sidecar] });
  test.each<[string, Pod, Record<string, State>, string, string, string]>([
    ["nothing started", withInit, {}, "Pending", "False ContainersNotInitialized", "False ContainersNotReady"],
    ["init running", withInit, { prepare: "running" }, "Pending", "False ContainersNotInitialized", "False ContainersNotReady"],
    [
      "init failed, to be tried again",
      withInit,
      { prepare: 1 },
      "Pending",
      "False ContainersNotInitialized",
      "False ContainersNotReady",
    ],
    [
      "sidecar not started yet",
      withInit,
      { prepare: 0, proxy: "starting" },
      "Pending",
      "False ContainersNotInitialized",
      "False ContainersNotReady",
    ],
    ["all up", withInit, { prepare: 0, proxy: "running", app: "running" }, "Running", "True", "True"],
    ["sidecar down", withInit, { prepare: 0, proxy: 1, app: "running" }, "Running", "True", "False ContainersNotReady"],
    ["app crashed, Always", pod(), { app: 1 }, "Running", "True", "False ContainersNotReady"],
    ["app done, Never", pod({ restartPolicy: "Never" }), { app: 0 }, "Succeeded", "True PodCompleted", "False PodCompleted"],
    ["app failed, Never", pod({ restartPolicy: "Never" }), { app: 2 }, "Failed", "True", "False PodFailed"],
    ["app failed, OnFailure", pod({ restartPolicy: "OnFailure" }), { app: 2 }, "Running", "True", "False ContainersNotReady"],
    [
      "init failed, Never",
      { ...withInit, spec: { ...withInit.spec, containers: [], restartPolicy: "Never" } },
      { prepare: 1 },
      "Failed",
      "False ContainersNotInitialized",
      "False PodFailed",
    ],
  ])("%s", (_, one, states, phase, initialized, ready) => {
    expect(summary(one, states)).toMatchObject({
      phase,
      conditions: { Initialized: initialized, Ready: ready, ContainersReady: ready },
    });
  });

  test("a deleted pod that ended well has succeeded whatever its restart policy", () => {
    expect(summary(pod(), { app: 0 }, true)).toMatchObject({
      phase: "Succeeded",
      conditions: { PodReadyToStartContainers: "False" },
    });
    expect(summary(pod(), { app: 137 }, true).phase).toBe("Failed");
  });

  test("a condition keeps its time while its status stays", () => {
    const one = pod();
    const facts = { hostIP: "", hasSandbox: true, startTime: 0, over: false };
    const first = podStatus(one, { ...facts, records: records(one, {}) }, 0);
    const second = podStatus({ ...one, status: first }, { ...facts, records: records(one, { app: "running" }) }, 60_000);
    const times = (status: typeof first) =>
      Object.fromEntries((status.conditions ?? []).map((c) => [c.type, c.lastTransitionTime]));
    expect(times(second)).toEqual({ ...times(first), Ready: "1970-01-01T00:01:00Z", ContainersReady: "1970-01-01T00:01:00Z" });
  });

  test("conditions of others come first, a readiness gate holds Ready back", () => {
    const gated = pod({ readinessGates: [{ conditionType: "example.com/gate" }] });
    const one = { ...gated, status: { conditions: [{ type: "DisruptionTarget", status: "True" }] } };
    const { conditions } = summary(one, { app: "running" });
    expect(Object.entries(conditions)).toEqual([
      ["DisruptionTarget", "True"],
      ["PodReadyToStartContainers", "True"],
      ["Initialized", "True"],
      ["Ready", "False ReadinessGatesNotReady"],
      ["ContainersReady", "True"],
      ["PodScheduled", "True"],
    ]);
  });
});

describe("what is to be done next", () => {
  const full = pod({ initContainers: [init, sidecar, { ...init, name: "last" }] });
  test.each<[string, Pod, Record<string, State>, string[], boolean]>([
    ["first the first init container", full, {}, ["prepare"], false],
    ["nothing while it runs", full, { prepare: "running" }, [], false],
    ["a failed one again", full, { prepare: 1 }, ["prepare"], false],
    ["then the sidecar", full, { prepare: 0 }, ["proxy"], false],
    ["nothing while the sidecar starts up", full, { prepare: 0, proxy: "starting" }, [], false],
    ["then the init container behind it", full, { prepare: 0, proxy: "running" }, ["last"], false],
    ["then the app", full, { prepare: 0, proxy: "running", last: 0 }, ["app"], false],
    ["a sidecar that ended while the app runs", full, { prepare: 0, proxy: 0, last: 0, app: "running" }, ["proxy"], false],
    ["init containers never twice", full, { proxy: "running", app: "running" }, [], false],
    ["no app again under Never", pod({ restartPolicy: "Never" }), { app: 1 }, [], true],
    ["no app again that ended well under OnFailure", pod({ restartPolicy: "OnFailure" }), { app: 0 }, [], true],
    ["the app again under Always", pod(), { app: 0 }, ["app"], false],
    [
      "the end when an init container failed under Never",
      { ...full, spec: { containers: [], ...full.spec, restartPolicy: "Never" } },
      { prepare: 1 },
      [],
      true,
    ],
  ])("%s", (_, one, states, start, done) => {
    const actions = podActions(one, records(one, states));
    expect({ start: actions.start.map(({ container }) => container.name), done: actions.done }).toEqual({ start, done });
  });

  test("another image in the spec replaces the container, a failed probe restarts it", () => {
    const old = records(pod(), { app: "running" });
    const [record] = old;
    if (record) record.container = { name: "app", image: "a:2" };
    expect(podActions(pod(), old).stop.map(({ why }) => why)).toEqual(["Container app definition changed, will be restarted"]);
    const sick = records(pod(), { app: "running" });
    if (sick[0]?.run) sick[0].run.failedProbe = { type: "liveness", grace: 3 };
    expect(podActions(pod(), sick)).toMatchObject({
      stop: [{ why: "Container app failed liveness probe, will be restarted", grace: 3 }],
      start: [{ container: { name: "app" } }],
    });
    expect(podActions(pod({ restartPolicy: "Never" }), sick)).toMatchObject({
      stop: [{ why: "Container app failed liveness probe" }],
      start: [],
    });
  });
});

describe("a container's environment", () => {
  const object = (kind: string, name: string, rest: object): KubeObject => ({
    apiVersion: "v1",
    kind,
    metadata: { name, namespace: "ns", uid: name, resourceVersion: "1", creationTimestamp: "" },
    ...rest,
  });
  const service = (name: string, clusterIP: string, ports: object[]) => object("Service", name, { spec: { clusterIP, ports } });
  const objects: Record<string, KubeObject[]> = {
    configmaps: [object("ConfigMap", "colors", { data: { SKY: "blue", "bad-name": "x" } })],
    secrets: [object("Secret", "keys", { data: { API: Buffer.from("s3cret").toString("base64") } })],
    services: [
      service("kubernetes", "10.96.0.1", [{ name: "https", port: 443 }]),
      service("my-web", "10.96.0.7", [{ port: 80 }]),
      service("head", "None", [{ port: 80 }]),
    ],
  };
  const context = {
    client: {
      get: <T extends KubeObject>(resource: string, { name }: { name: string }) =>
        objects[resource]?.find(({ metadata }) => metadata.name === name) as T | undefined,
      list: <T extends KubeObject>(resource: string) => (objects[resource] ?? []) as T[],
    },
    place: { podIP: "10.244.0.2", hostIP: "172.18.0.2" },
    allocatable: { cpu: "4", memory: "8Gi" },
  };
  const env = (container: Partial<PodSpec["containers"][0]>, spec: Partial<PodSpec> = {}) => {
    const whole = { name: "app", image: "a:1", ...container };
    return containerEnv(pod({ ...spec, containers: [whole] }), whole, context);
  };

  test("comes from Services, envFrom and env, and expands what came before", () => {
    const result = env({
      resources: { limits: { cpu: "500m", memory: "64Mi" } },
      envFrom: [
        { configMapRef: { name: "colors" } },
        { prefix: "A_", configMapRef: { name: "colors" } },
        { secretRef: { name: "nope", optional: true } },
      ],
      env: [
        { name: "ONE", value: "1" },
        { name: "TWO", value: "$(ONE)2" },
        { name: "ESC", value: "$$(ONE)" },
        { name: "REF", value: "$(NOPE) $(SKY)" },
        { name: "IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
        { name: "CPU", valueFrom: { resourceFieldRef: { resource: "limits.cpu" } } },
        { name: "MEM", valueFrom: { resourceFieldRef: { resource: "limits.memory", divisor: "1Mi" } } },
        { name: "API", valueFrom: { secretKeyRef: { name: "keys", key: "API" } } },
        { name: "GONE", valueFrom: { configMapKeyRef: { name: "nope", key: "k", optional: true } } },
      ],
    });
    expect(result).toMatchObject({
      SKY: "blue",
      "bad-name": "x",
      A_SKY: "blue",
      ONE: "1",
      TWO: "12",
      ESC: "$(ONE)",
      REF: "$(NOPE) blue",
      IP: "10.244.0.2",
      CPU: "1",
      MEM: "64",
      API: "s3cret",
      KUBERNETES_SERVICE_HOST: "10.96.0.1",
      KUBERNETES_SERVICE_PORT_HTTPS: "443",
      MY_WEB_PORT_80_TCP: "tcp://10.96.0.7:80",
    });
    expect(result).not.toHaveProperty("GONE");
    expect(Object.keys(result).filter((name) => name.startsWith("HEAD"))).toEqual([]);
    const unlimited = env({ env: [{ name: "CPU", valueFrom: { resourceFieldRef: { resource: "limits.cpu" } } }] });
    expect(unlimited["CPU"]).toBe("4");
    expect(env({}, { enableServiceLinks: false })).not.toHaveProperty("MY_WEB_SERVICE_HOST");
  });

  test.each([
    [
      "a missing ConfigMap",
      { env: [{ name: "X", valueFrom: { configMapKeyRef: { name: "nope", key: "k" } } }] },
      'configmap "nope" not found',
    ],
    ["a missing Secret", { envFrom: [{ secretRef: { name: "nope" } }] }, 'secret "nope" not found'],
    [
      "a missing key",
      { env: [{ name: "X", valueFrom: { configMapKeyRef: { name: "colors", key: "k" } } }] },
      "couldn't find key k in ConfigMap ns/colors",
    ],
  ])("can't be made with %s", (_, container, message) => {
    expect(() => env(container)).toThrow(message);
  });
});

test("waits double to five minutes and start over after ten minutes of quiet", async () => {
  const clock = new SteppedClock();
  const backoff = new Backoff(clock);
  const waits: string[] = [];
  for (let crash = 0; crash < 8; crash++) {
    backoff.next("c", clock.now());
    waits.push(goDuration(backoff.wait("c")));
    await clock.step(backoff.left("c", clock.now()));
  }
  expect(waits).toEqual(["10s", "20s", "40s", "1m20s", "2m40s", "5m0s", "5m0s", "5m0s"]);
  await clock.step(601_000);
  expect(backoff.left("c", clock.now())).toBe(0);
  backoff.next("c", clock.now());
  expect(backoff.wait("c")).toBe(10_000);
});

test("addresses go round the node's range, and come back when they are free", () => {
  const ips = new PodIPs("10.244.3.0/29");
  ips.reserve("10.244.3.3");
  expect([ips.take(), ips.take(), ips.take(), ips.take()]).toEqual(["10.244.3.4", "10.244.3.5", "10.244.3.6", "10.244.3.2"]);
  expect(() => ips.take()).toThrow("no IP addresses available in range set");
  ips.release("10.244.3.5");
  expect(ips.take()).toBe("10.244.3.5");
});

test("pods below one path of a node share files, however they mount them", () => {
  const node = new NodeFiles();
  node.folder("/data/").files.set("a/b", Buffer.from("x"));
  const inner = node.folder("/data/a").files;
  expect([...inner.keys(), inner.get("")]).toEqual(["b", undefined]);
  inner.set("c", Buffer.from("y"));
  expect(node.folder("/data").files.get("a/c")?.toString()).toBe("y");
  expect([node.kindOf("/data/a/c"), node.kindOf("/data/a"), node.kindOf("/tmp"), node.kindOf("/nope")]).toEqual([
    "file",
    "folder",
    "folder",
    undefined,
  ]);
});

test("a pod's resolv.conf and hosts follow its DNS policy and names", () => {
  const names = { clusterDNS: "10.96.0.10", clusterDomain: "cluster.local", nodeName: "n1", nodeIP: "172.18.0.2" };
  expect(resolvConf(pod(), names)).toBe(
    "search ns.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n",
  );
  const own = { nameservers: ["1.1.1.1"], options: [{ name: "ndots", value: "2" }] };
  expect(resolvConf(pod({ dnsPolicy: "None", dnsConfig: own }), names)).toBe("nameserver 1.1.1.1\noptions ndots:2\n");
  expect(resolvConf(pod({ hostNetwork: true }), names)).not.toContain("cluster.local");
  expect(hostsFile(pod({ hostname: "one", subdomain: "sub" }), "10.244.0.2", names)).toContain(
    "10.244.0.2\tone.sub.ns.svc.cluster.local\tone\n",
  );
});
