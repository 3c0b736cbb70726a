import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, test } from "vitest";
import type { PodSpec } from "kubernetes-types/core/v1";
import { sh, startNodes } from "../helpers/node-rig.ts";
import type { NodeRig } from "../helpers/node-rig.ts";

let rig: NodeRig;
afterEach(() => rig.stop());

const container = (more: Partial<PodSpec["containers"][0]>) => ({ containers: [{ name: "c", ...more }] });
const first = (name: string) => rig.live(name).status?.containerStatuses?.[0];
const key = (name: string) => ({ namespace: "default", name });
const configMap = (name: string, data: Record<string, string>) =>
  rig.client.create("configmaps", { metadata: key(name), data } as never);

describe("a container that does not stay", () => {
  test("is started again at once, then after 10, 20 and 40 seconds", async () => {
    rig = await startNodes();
    await rig.pod("crash", container(sh("echo starting; exit 7")));
    await rig.until(() => first("crash")?.restartCount === 4);
    const starts = rig.events(" Started ").map((line) => Math.round(parseFloat(line)));
    expect(starts.map((at) => at - (starts[0] ?? 0))).toEqual([0, 0, 10, 30, 70]);
    await rig.until(() => first("crash")?.state?.waiting);
    const { uid } = rig.live("crash").metadata;
    expect(first("crash")).toMatchObject({
      state: {
        waiting: {
          reason: "CrashLoopBackOff",
          message: `back-off 1m20s restarting failed container=c pod=crash_default(${uid})`,
        },
      },
      lastState: { terminated: { exitCode: 7, reason: "Error" } },
      ready: false,
      started: false,
    });
    expect(rig.live("crash").status?.phase).toBe("Running");
  });

  test("ends the pod when it must not come back, with its last words", async () => {
    rig = await startNodes();
    const words = { ...sh("echo bye > /dev/termination-log; exit 3") };
    const log = { ...sh("echo first; echo last; exit 1"), terminationMessagePolicy: "FallbackToLogsOnError" };
    await rig.pod("word", { ...container(words), restartPolicy: "Never" });
    await rig.pod("log", { ...container(log), restartPolicy: "Never" });
    await rig.pod("fine", { ...container(sh("exit 0")), restartPolicy: "OnFailure" });
    await rig.until(() => ["word", "log", "fine"].every((name) => first(name)?.state?.terminated));
    expect(first("word")?.state?.terminated).toMatchObject({ exitCode: 3, reason: "Error", message: "bye\n" });
    expect(first("log")?.state?.terminated?.message).toBe("first\nlast\n");
    expect(["word", "log", "fine"].map((name) => rig.live(name).status?.phase)).toEqual(["Failed", "Failed", "Succeeded"]);
  });

  test("is killed for good at the pod's deadline", async () => {
    rig = await startNodes();
    await rig.pod("dead", { ...container(sh("sleep 3600")), activeDeadlineSeconds: 15, terminationGracePeriodSeconds: 1 });
    await rig.until(() => rig.live("dead").status?.phase === "Failed");
    expect(rig.live("dead").status).toMatchObject({
      reason: "DeadlineExceeded",
      message: "Pod was active on the node longer than the specified deadline",
      containerStatuses: [{ state: { terminated: { exitCode: 137, reason: "Error" } } }],
    });
  });

  test("that could never start shows runc's words", async () => {
    rig = await startNodes();
    await rig.pod("nocmd", container({ image: "busybox:1.36", command: ["/no/such/program"] }));
    await rig.until(() => first("nocmd")?.state?.waiting?.reason === "CrashLoopBackOff");
    const words = 'unable to start container process: exec: "/no/such/program": stat /no/such/program: no such file or directory';
    expect(first("nocmd")?.lastState?.terminated).toMatchObject({
      exitCode: 128,
      reason: "StartError",
      startedAt: "1970-01-01T00:00:00Z",
    });
    expect(first("nocmd")?.lastState?.terminated?.message).toContain(words);
  });
});

test("an image nobody has shows as ErrImagePull and ImagePullBackOff in turn until the pod names another", async () => {
  rig = await startNodes();
  await rig.pod("bad", container({ image: "registry.invalid/nope:9" }));
  const seen = new Set<string>();
  await rig.until(() => {
    seen.add(first("bad")?.state?.waiting?.reason ?? "");
    return seen.has("ImagePullBackOff");
  });
  expect([...seen].slice(-2)).toEqual(["ErrImagePull", "ImagePullBackOff"]);
  expect(first("bad")?.state?.waiting?.message).toMatch(
    /^Back-off pulling image "registry.invalid\/nope:9": ErrImagePull: failed to pull/,
  );
  await rig.client.patch("pods", key("bad"), {
    spec: { containers: [{ ...rig.live("bad").spec?.containers[0], image: "busybox:1.36", command: null }] },
  });
  await rig.until(() => first("bad")?.image === "docker.io/library/busybox:1.36");
});

describe("probes", () => {
  test("readiness follows what the command says, and changes nothing else", async () => {
    rig = await startNodes();
    await rig.pod(
      "web",
      container({
        ...sh("sleep 3600"),
        readinessProbe: { exec: { command: ["cat", "/tmp/ready"] }, periodSeconds: 1, failureThreshold: 1 },
      }),
    );
    await rig.until(() => first("web")?.started);
    await rig.pass(3);
    expect(rig.events("Unhealthy").at(-1)).toContain(
      "Readiness probe failed: cat: can't open '/tmp/ready': No such file or directory",
    );
    expect(first("web")?.ready).toBe(false);
    await rig.exec("web", "touch", "/tmp/ready");
    await rig.until(() => first("web")?.ready);
    await rig.exec("web", "rm", "/tmp/ready");
    await rig.until(() => !first("web")?.ready);
    expect(first("web")?.restartCount).toBe(0);
  });

  test("liveness waits for startup, then restarts the container after so many failures", async () => {
    rig = await startNodes();
    const failing = { exec: { command: ["sh", "-c", "echo broken; exit 1"] }, periodSeconds: 1, failureThreshold: 2 };
    const startupProbe = { exec: { command: ["cat", "/tmp/up"] }, periodSeconds: 1, failureThreshold: 60 };
    await rig.pod("sick", {
      ...container({ ...sh("sleep 20; touch /tmp/up; sleep 3600"), livenessProbe: failing, startupProbe }),
      terminationGracePeriodSeconds: 0,
    });
    await rig.pass(15);
    expect(first("sick")).toMatchObject({ started: false, ready: false, restartCount: 0 });
    await rig.until(() => first("sick")?.restartCount === 1);
    expect(first("sick")?.lastState?.terminated).toMatchObject({ exitCode: 137, reason: "Error" });
    const events = rig.events();
    expect(events.filter((line) => line.includes("Liveness probe failed: broken"))).toHaveLength(2);
    expect(events.filter((line) => line.includes("Killing"))).toEqual([
      expect.stringMatching(/Container c failed liveness probe, will be restarted$/),
    ]);
  });

  test("over HTTP speak as Go does", async () => {
    rig = await startNodes();
    const readinessProbe = { httpGet: { path: "/", port: 81 }, periodSeconds: 1 };
    await rig.pod(
      "web",
      container({ image: "kicbase/echo-server:1.0", ports: [{ containerPort: 8080, name: "http" }], readinessProbe }),
    );
    const named = { httpGet: { path: "/", port: "http" }, periodSeconds: 1 };
    await rig.pod(
      "good",
      container({ image: "kicbase/echo-server:1.0", ports: [{ containerPort: 8080, name: "http" }], readinessProbe: named }),
    );
    await rig.until(() => first("good")?.ready);
    const ip = rig.live("web").status?.podIP;
    expect(rig.events("Unhealthy web")[0]).toContain(
      `Readiness probe failed: Get "http://${ip}:81/": dial tcp ${ip}:81: connect: connection refused`,
    );
  });
});

describe("the end of a pod", () => {
  test("takes preStop, SIGTERM and the grace period, in this order", async () => {
    rig = await startNodes();
    const preStop = { exec: { command: ["sh", "-c", "sleep 5"] } };
    await rig.pod("polite", container({ ...sh("trap 'exit 0' TERM; while true; do sleep 1; done"), lifecycle: { preStop } }));
    await rig.pod("deaf", { ...container(sh("trap '' TERM; sleep 3600")), terminationGracePeriodSeconds: 10 });
    await rig.until(() => first("polite")?.ready && first("deaf")?.ready);
    const deleted = rig.clock.now();
    for (const name of ["polite", "deaf"]) await rig.client.delete("pods", key(name));
    await rig.pass(4);
    expect(rig.live("polite").status?.phase).toBe("Running");
    await rig.until(() => !rig.live("polite"));
    expect(rig.clock.now() - deleted).toBeLessThan(7500);
    await rig.until(() => !rig.live("deaf"));
    expect(Math.round((rig.clock.now() - deleted) / 1000)).toBe(10);
    expect(rig.events("Killing")).toHaveLength(2);
  });

  test("can be hurried, and comes without an answer when the pod is forced out", async () => {
    rig = await startNodes();
    await rig.pod("slow", container(sh("trap '' TERM; sleep 3600")));
    await rig.pod("gone", container(sh("trap '' TERM; sleep 3600")));
    await rig.until(() => first("slow")?.ready && first("gone")?.ready);
    await rig.client.delete("pods", key("slow"));
    await rig.pass(3);
    await rig.client.delete("pods", key("slow"), { gracePeriodSeconds: 1 });
    await rig.pass(2.5);
    expect(rig.live("slow")).toBeUndefined();
    await rig.client.delete("pods", key("gone"), { gracePeriodSeconds: 0 });
    await rig.pass(3);
    expect(rig.kubelets.get("a")?.stats()).toEqual([]);
  });

  test("comes to sidecars last", async () => {
    rig = await startNodes();
    const initContainers = [{ name: "side", restartPolicy: "Always", ...sh("trap 'exit 0' TERM; while true; do sleep 1; done") }];
    await rig.pod("job", { ...container(sh("sleep 5")), initContainers, restartPolicy: "Never" });
    await rig.until(() => rig.live("job").status?.phase === "Succeeded");
    const [line] = rig.events("Killing");
    expect(line).toContain("Stopping container side");
    expect(rig.live("job").status?.initContainerStatuses?.[0]?.state?.terminated?.exitCode).toBe(0);
  });
});

describe("volumes", () => {
  test("show a changed ConfigMap within a minute and a half; a subPath and the environment never do", async () => {
    rig = await startNodes();
    await configMap("conf", { "a.txt": "one" });
    const volumeMounts = [
      { name: "v", mountPath: "/conf" },
      { name: "v", mountPath: "/etc/sub.txt", subPath: "a.txt" },
    ];
    const env = [{ name: "A", valueFrom: { configMapKeyRef: { name: "conf", key: "a.txt" } } }];
    await rig.pod("files", {
      ...container({ ...sh("sleep 3600"), volumeMounts, env }),
      volumes: [{ name: "v", configMap: { name: "conf" } }],
    });
    await rig.until(() => first("files")?.ready);
    await rig.client.patch("configmaps", key("conf"), { data: { "a.txt": "two" } });
    await rig.pass(2);
    const read = () => rig.exec("files", "sh", "-c", "cat /conf/a.txt /etc/sub.txt; echo $A");
    expect(await read()).toBe("oneoneone\n");
    await rig.pass(90);
    expect(await read()).toBe("twooneone\n");
  });

  test("that can't be set up keep the pod back, are tried ever more rarely, and succeed in the end", async () => {
    rig = await startNodes();
    const volumeMounts = [{ name: "v", mountPath: "/v" }];
    await rig.pod("nocm", {
      ...container({ ...sh("sleep 3600"), volumeMounts }),
      volumes: [{ name: "v", configMap: { name: "nope" } }],
    });
    await rig.pass(20);
    const tries = rig.events("FailedMount");
    expect(tries[0]).toMatch(/FailedMount nocm MountVolume.SetUp failed for volume "v" : configmap "nope" not found$/);
    const at = tries.map((line) => parseFloat(line));
    expect(at.slice(1).map((time, index) => time - (at[index] ?? 0))).toEqual([0.5, 1, 2, 4, 8]);
    expect(first("nocm")?.state?.waiting?.reason).toBe("ContainerCreating");
    await configMap("nope", { k: "v" });
    await rig.until(() => first("nocm")?.ready);
  });

  test("hold the ServiceAccount's token, and a new one before it expires", async () => {
    rig = await startNodes();
    await rig.pod("tool", container(sh("sleep 360000")));
    await rig.until(() => first("tool")?.ready);
    const folder = "/var/run/secrets/kubernetes.io/serviceaccount";
    const token = await rig.exec("tool", "cat", `${folder}/token`);
    expect(await rig.exec("tool", "sh", "-c", `ls ${folder}; cat ${folder}/namespace`)).toBe("ca.crt\nnamespace\ntoken\ndefault");
    await rig.clock.step(2_900_000);
    expect(await rig.exec("tool", "cat", `${folder}/token`)).not.toBe(token);
  });
});

test("a kubelet that starts again finds its pods and their files as they were", async () => {
  const files = new Map<string, Buffer>();
  rig = await startNodes({ files });
  const volumeMounts = [{ name: "work", mountPath: "/work" }];
  const initContainers = [{ name: "prepare", ...sh("echo made > /work/file"), volumeMounts }];
  const volumes = [{ name: "work", emptyDir: {} }];
  await rig.pod("files", { ...container({ ...sh("sleep 3600"), volumeMounts }), initContainers, volumes });
  await rig.until(() => first("files")?.ready);
  await rig.pod("web", container({ image: "kicbase/echo-server:1.0" }));
  await rig.pod("done", { ...container(sh("echo yes")), restartPolicy: "Never" });
  await rig.pod("crash", container(sh("exit 1")));
  await rig.until(
    () => first("web")?.ready && rig.live("done").status?.phase === "Succeeded" && first("crash")?.restartCount === 1,
  );
  const [web, done] = [rig.live("web").status, rig.live("done").status];
  rig.kubelets.get("a")?.stop();
  rig.events();
  rig.startKubelet("a", { files });
  await rig.pass(5);
  expect(await rig.exec("files", "cat", "/work/file")).toBe("made\n");
  expect(rig.live("web").status).toEqual(web);
  expect(rig.live("done").status).toEqual(done);
  expect(first("crash")?.restartCount).toBeGreaterThan(1);
  expect(rig.events(" web ")).toEqual([]);
  const connection = (await rig.kubelets.get("a")?.connect(key("web"), 8080)) as Duplex;
  connection.write("GET / HTTP/1.0\r\n\r\n");
  expect(await text(connection)).toContain("Request served by web");
  await rig.client.delete("pods", key("files"), { gracePeriodSeconds: 0 });
  await rig.pass(3);
  expect([...files.keys()].filter((path) => path.endsWith("/file"))).toEqual([]);
});

test("a static pod's mirror comes back when somebody deletes it, its program goes on", async () => {
  rig = await startNodes({ nodes: [] });
  await rig.client.create("nodes", { metadata: { name: "cp" } } as never);
  const manifest = {
    metadata: { name: "etcd", namespace: "kube-system" },
    spec: { hostNetwork: true, ...container(sh("sleep 3600")) },
  };
  rig.startKubelet("cp", { staticPods: [manifest], nodeIP: "172.18.0.9" });
  const mirror = () => rig.client.get<ReturnType<NodeRig["live"]>>("pods", { namespace: "kube-system", name: "etcd-cp" });
  await rig.until(() => mirror()?.status?.phase === "Running");
  const before = mirror();
  await rig.client.delete("pods", { namespace: "kube-system", name: "etcd-cp" });
  await rig.until(() => mirror() && mirror()?.metadata.uid !== before?.metadata.uid && mirror()?.status?.phase === "Running");
  expect(mirror()?.status?.containerStatuses?.[0]?.containerID).toBe(before?.status?.containerStatuses?.[0]?.containerID);
  expect(mirror()?.metadata.ownerReferences?.[0]).toMatchObject({ kind: "Node", name: "cp" });
});

test("a kubelet that starts is not disturbed by who deletes its mirrors or writes to the pods it refuses", async () => {
  rig = await startNodes({ nodes: [] });
  await rig.client.create("nodes", { metadata: { name: "cp" } } as never);
  const etcd = { metadata: { name: "etcd", namespace: "kube-system" }, spec: container(sh("sleep 3600")) };
  const mirrorKey = { namespace: "kube-system", name: "etcd-cp" };
  const start = () => rig.startKubelet("cp", { staticPods: [etcd], nodeIP: "172.18.0.9" });
  start();
  await rig.until(() => rig.client.get<ReturnType<NodeRig["live"]>>("pods", mirrorKey)?.status?.phase === "Running");
  rig.kubelets.get("cp")?.stop();
  rig.client.watch("pods", ({ type, object: { metadata } }) => {
    if (type === "ADDED" && metadata.name === "picky")
      void rig.client.patch("pods", { namespace: "default", name: "picky" }, { metadata: { labels: { seen: "yes" } } });
  });
  start();
  await rig.client.delete("pods", mirrorKey, { gracePeriodSeconds: 0 });
  await rig.pod("picky", { nodeName: "cp", nodeSelector: { disk: "ssd" } });
  await rig.until(() => rig.live("picky").status?.phase === "Failed");
  expect(rig.live("picky").metadata.labels).toEqual({ seen: "yes" });
  await rig.until(() => rig.client.get("pods", mirrorKey));
});

test("a pod that was marked unready because its node seemed lost is ready again when the kubelet hears of it", async () => {
  rig = await startNodes();
  await rig.pod("web");
  const ready = () => rig.live("web").status?.conditions?.find(({ type }) => type === "Ready")?.status;
  await rig.until(() => ready() === "True");
  const conditions = rig.live("web").status?.conditions?.map((one) => (one.type === "Ready" ? { ...one, status: "False" } : one));
  const marked = await rig.client.patch<ReturnType<NodeRig["live"]>>(
    "pods",
    key("web"),
    { status: { conditions } },
    { subresource: "status" },
  );
  expect(marked.status?.conditions?.find(({ type }) => type === "Ready")?.status).toBe("False");
  await rig.until(() => ready() === "True");
});

test("a node refuses what was put on it and does not fit", async () => {
  rig = await startNodes();
  await rig.pod("big", { nodeName: "a", ...container({ image: "busybox:1.36", resources: { requests: { cpu: "64" } } }) });
  await rig.pod("picky", { nodeName: "a", nodeSelector: { disk: "ssd" } });
  await rig.until(() => rig.live("picky").status?.phase === "Failed");
  expect(rig.live("big").status).toMatchObject({
    reason: "OutOfcpu",
    message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 64000, used: 0, capacity: 4000",
  });
  expect(rig.live("picky").status?.message).toBe(
    "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
  );
});
