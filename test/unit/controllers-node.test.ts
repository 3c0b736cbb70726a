import { afterEach, describe, expect, test } from "vitest";
import { microTimestamp, timestamp } from "../../src/simulator/api/object.ts";
import { nodeLifecycleController } from "../../src/simulator/controllers/node/node-health.ts";
import { podGarbageCollector } from "../../src/simulator/controllers/node/pod-garbage.ts";
import { taintEvictionController } from "../../src/simulator/controllers/node/taint-eviction.ts";
import type { Pod } from "../../src/simulator/controllers/pod-state.ts";
import type { Node } from "../../src/simulator/scheduler/node-info.ts";
import { type Rig, startControllers } from "../helpers/controller-rig.ts";

let rig: Rig;
afterEach(() => rig.stop());

const lease = (name: string) => ({ namespace: "kube-node-lease", name });
const node = (name: string) => rig.client.get<Node>("nodes", { name }) as Node;
const pod = (name: string) => rig.client.get<Pod>("pods", { namespace: "default", name });
const taints = (name: string) => node(name).spec?.taints?.map(({ key, effect }) => `${key.split("/")[1]}:${effect}`) ?? [];

async function start(...names: string[]) {
  rig = await startControllers(nodeLifecycleController, taintEvictionController, podGarbageCollector);
  for (const name of names) {
    const at = timestamp(rig.clock.now());
    await rig.make<Node>("nodes", {
      metadata: { name },
      spec: {},
      status: {
        conditions: [{ type: "Ready", status: "True", reason: "KubeletReady", lastHeartbeatTime: at, lastTransitionTime: at }],
      },
    });
    await rig.client.create("leases.coordination.k8s.io", { metadata: lease(name), spec: {} } as never);
  }
  await rig.settle();
}
async function addPod(name: string, nodeName: string, tolerationSeconds?: number) {
  const toleration = (key: string) => ({
    key,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds: tolerationSeconds ?? 0,
  });
  const tolerations = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"].map(toleration);
  await rig.make<Pod>("pods", {
    metadata: { name, namespace: "default" },
    spec: { nodeName, containers: [{ name: "c", image: "i" }], ...(tolerationSeconds !== undefined && { tolerations }) },
    status: { phase: "Running", conditions: [{ type: "Ready", status: "True", lastTransitionTime: timestamp(rig.clock.now()) }] },
  });
}
/** Time passes while these kubelets renew their leases. */
async function pass(seconds: number, ...alive: string[]) {
  for (let gone = 0; gone < seconds; gone += 10) {
    for (const name of alive) {
      await rig.client.patch("leases.coordination.k8s.io", lease(name), { spec: { renewTime: microTimestamp(rig.clock.now()) } });
    }
    await rig.clock.step(10_000);
  }
  await rig.settle();
}

describe("node lifecycle", () => {
  test("a silent kubelet: node Unknown and tainted, pods not ready, evicted after what they tolerate", async () => {
    await start("n1", "n2");
    await addPod("web", "n1", 300);
    await addPod("daemon", "n2", 300);
    await pass(40, "n2");
    expect(node("n1").status?.conditions?.[0]?.status).toBe("True");
    await pass(20, "n2");
    expect(node("n1").status?.conditions).toMatchObject([
      { type: "Ready", status: "Unknown", reason: "NodeStatusUnknown", message: "Kubelet stopped posting node status." },
      { type: "MemoryPressure", reason: "NodeStatusNeverUpdated" },
      { type: "DiskPressure" },
      { type: "PIDPressure" },
    ]);
    expect(taints("n1")).toEqual(["unreachable:NoSchedule", "unreachable:NoExecute"]);
    expect(taints("n2")).toEqual([]);
    expect(pod("web")?.status?.conditions?.[0]).toMatchObject({ type: "Ready", status: "False" });
    expect(rig.events).toContain("NodeNotReady: Node n1 status is now: NodeNotReady");
    await pass(280, "n2");
    expect(pod("web")?.metadata.deletionTimestamp).toBeUndefined();
    await pass(20, "n2");
    expect(pod("web")?.metadata.deletionTimestamp).toBeDefined();
    expect(pod("web")?.status?.conditions?.at(-1)).toMatchObject({ type: "DisruptionTarget", reason: "DeletionByTaintManager" });
    expect(rig.events).toContain("TaintManagerEviction: Marking for deletion Pod default/web");
    expect(pod("daemon")?.metadata.deletionTimestamp).toBeUndefined();
  });

  test("a kubelet that comes back in time: taints go, the eviction is called off", async () => {
    await start("n1", "n2");
    await addPod("web", "n1", 300);
    await pass(120, "n2");
    const { status } = node("n1");
    const back = { type: "Ready", status: "True", reason: "KubeletReady", lastHeartbeatTime: timestamp(rig.clock.now()) };
    await rig.patch("nodes", "n1", { status: { conditions: [back, ...(status?.conditions?.slice(1) ?? [])] } });
    await pass(400, "n1", "n2");
    expect(taints("n1")).toEqual([]);
    expect(pod("web")?.metadata.deletionTimestamp).toBeUndefined();
    expect(rig.events).toContain("TaintManagerEviction: Cancelling deletion of Pod default/web");
  });

  test("evicts nothing while no node at all answers", async () => {
    await start("n1");
    await addPod("web", "n1", 0);
    await pass(120);
    expect(taints("n1")).toEqual(["unreachable:NoSchedule"]);
    expect(pod("web")?.metadata.deletionTimestamp).toBeUndefined();
  });

  test("a cordon is a taint, and an untolerated NoExecute taint evicts at once", async () => {
    await start("n1");
    await addPod("web", "n1");
    await rig.patch("nodes", "n1", { spec: { unschedulable: true } });
    await rig.settle();
    expect(taints("n1")).toEqual(["unschedulable:NoSchedule"]);
    expect(pod("web")?.metadata.deletionTimestamp).toBeUndefined();
    const mine = { key: "example.com/mine", effect: "NoExecute" };
    await rig.patch("nodes", "n1", { spec: { unschedulable: null, taints: [mine] } });
    await rig.settle();
    expect(node("n1").spec?.taints).toEqual([mine]);
    expect(pod("web")?.metadata.deletionTimestamp).toBeDefined();
  });

  test("pods of a node that stays away are given up after 40 seconds", async () => {
    await start("n1");
    await addPod("web", "n1");
    const reasons: (string | undefined)[] = [];
    rig.client.watch<Pod>("pods", ({ object }) =>
      reasons.push(`${object.status?.phase} ${object.status?.conditions?.at(-1)?.reason}`),
    );
    await rig.client.delete("nodes", { namespace: "", name: "n1" });
    await pass(30);
    expect(pod("web")?.status?.phase).toBe("Running");
    await pass(20);
    expect(pod("web")).toBeUndefined();
    expect(reasons.at(-1)).toBe("Failed DeletionByPodGC");
    expect(rig.events).toContain("RemovingNode: Node n1 event: Removing Node n1 from Controller");
  });
});
