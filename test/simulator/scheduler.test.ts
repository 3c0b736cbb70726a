import { afterEach, expect, test } from "vitest";
import type { PersistentVolumeClaim } from "kubernetes-types/core/v1";
import type { Live } from "../../src/simulator/api/object.ts";
import { controllers } from "../../src/simulator/controllers/index.ts";
import { sh, startNodes } from "../helpers/node-rig.ts";
import type { NodeRig } from "../helpers/node-rig.ts";

let rig: NodeRig;
afterEach(() => rig.stop());

const key = (name: string) => ({ namespace: "default", name });
const scheduled = (name: string) => rig.live(name).status?.conditions?.find(({ type }) => type === "PodScheduled");
const asking = (cpu: string) => ({
  containers: [{ name: "c", image: "busybox:1.36", command: ["sleep", "3600"], resources: { requests: { cpu } } }],
});
const NO_HELP = "no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.";

test("a pod waits with upstream's words, and runs as soon as a node has what it asks for", async () => {
  rig = await startNodes({ nodes: ["a", "b"] });
  await rig.pod("picky", { nodeSelector: { disk: "ssd" } });
  await rig.pass(1);
  const message = `0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. ${NO_HELP}`;
  expect(scheduled("picky")).toMatchObject({ status: "False", reason: "Unschedulable", message });
  expect(rig.events("FailedScheduling")).toEqual([expect.stringContaining(message)]);
  await rig.client.patch("nodes", { namespace: "", name: "a" }, { metadata: { labels: { unrelated: "x" } } });
  await rig.pass(1);
  expect(rig.events("FailedScheduling")).toEqual([]);
  await rig.client.patch("nodes", { namespace: "", name: "b" }, { metadata: { labels: { disk: "ssd" } } });
  await rig.pass(1);
  expect(rig.live("picky").spec?.nodeName).toBe("b");
  expect(rig.events("Scheduled")).toEqual([expect.stringMatching(/Successfully assigned default\/picky to b$/)]);
});

test("a gated pod is not looked at until its gates are gone", async () => {
  rig = await startNodes();
  await rig.pod("gated", { schedulingGates: [{ name: "example.com/wait" }] });
  await rig.pass(5);
  expect(rig.events()).toEqual([]);
  await rig.client.patch("pods", key("gated"), { spec: { schedulingGates: null } });
  await rig.pass(1);
  expect(rig.live("gated").spec?.nodeName).toBe("a");
});

test("the important go first when room is scarce, and take it from others when there is none", async () => {
  rig = await startNodes();
  for (const [name, value] of [
    ["low", 1],
    ["high", 1000],
  ] as const) {
    await rig.client.create("priorityclasses.scheduling.k8s.io", { metadata: { name }, value } as never);
  }
  const wanting = (name: string, cpu: string, priorityClassName: string) =>
    rig.pod(name, { ...asking(cpu), priorityClassName, terminationGracePeriodSeconds: 5 });
  await wanting("old", "3", "low");
  await rig.until(() => rig.live("old").status?.phase === "Running");
  await Promise.all([wanting("small", "2", "low"), wanting("urgent", "2", "high")]);
  await rig.pass(1);
  expect(rig.live("urgent").status?.nominatedNodeName).toBe("a");
  expect(rig.live("old").status?.conditions).toContainEqual(
    expect.objectContaining({ type: "DisruptionTarget", reason: "PreemptionByScheduler", status: "True" }),
  );
  const { uid } = rig.live("urgent").metadata;
  expect(rig.events("Preempted")).toEqual([
    expect.stringMatching(new RegExp(`Preempted old Preempted by pod ${uid} on node a$`)),
  ]);
  await rig.until(() => rig.live("urgent").status?.phase === "Running");
  expect(rig.live("old")).toBeUndefined();
  await rig.until(() => rig.live("small").status?.phase === "Running");
});

test("replicas of a Service spread, whoever made them", async () => {
  rig = await startNodes({ nodes: ["a", "b", "c"] });
  await rig.client.create("services", {
    metadata: key("web"),
    spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
  } as never);
  for (const name of ["one", "two", "three"]) await rig.pod(name, {}, { labels: { app: "web" } });
  await rig.pass(1);
  expect(new Set(["one", "two", "three"].map((name) => rig.live(name).spec?.nodeName))).toEqual(new Set(["a", "b", "c"]));
});

test("a claim that waits for its consumer learns the node, and the pod waits for the volume", async () => {
  const binders = controllers.filter(({ name }) => /persistent|provisioner|local-path/i.test(name));
  rig = await startNodes({ nodes: ["a", "b"], controllers: binders.map(({ start }) => start) });
  const containers = [{ name: "c", ...sh("sleep 3600"), volumeMounts: [{ name: "v", mountPath: "/data" }] }];
  await rig.pod("user", { containers, volumes: [{ name: "v", persistentVolumeClaim: { claimName: "data" } }] });
  await rig.pass(1);
  expect(scheduled("user")?.message).toBe('0/2 nodes are available: persistentvolumeclaim "data" not found. not found');
  await rig.client.create("storageclasses.storage.k8s.io", {
    metadata: { name: "standard" },
    provisioner: "rancher.io/local-path",
    volumeBindingMode: "WaitForFirstConsumer",
  } as never);
  const spec = { accessModes: ["ReadWriteOnce"], storageClassName: "standard", resources: { requests: { storage: "1Mi" } } };
  await rig.client.create("persistentvolumeclaims", { metadata: key("data"), spec } as never);
  await rig.until(() => rig.live("user").status?.phase === "Running");
  const claim = rig.client.get<Live<PersistentVolumeClaim>>("persistentvolumeclaims", key("data"));
  expect(claim?.status?.phase).toBe("Bound");
  expect(await rig.exec("user", "sh", "-c", "echo kept > /data/file; cat /data/file")).toBe("kept\n");
  expect(claim?.metadata.annotations?.["volume.kubernetes.io/selected-node"]).toBe(rig.live("user").spec?.nodeName);
});
