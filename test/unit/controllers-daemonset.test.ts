import { afterEach, describe, expect, test } from "vitest";
import type { ControllerRevision } from "../../src/simulator/controllers/controller-revisions.ts";
import { type DaemonSet, nodeOf } from "../../src/simulator/controllers/daemonset/daemon-pods.ts";
import { daemonSetController } from "../../src/simulator/controllers/daemonset/daemonset.ts";
import type { Pod } from "../../src/simulator/controllers/pod-state.ts";
import { type Rig, runPods, startControllers } from "../helpers/controller-rig.ts";

const key = { namespace: "default", name: "agent" };
const CONTROL_PLANE = [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }];
let rig: Rig;
let broken: string[] = [];
afterEach(() => rig.stop());

const set = () => rig.client.get<DaemonSet>("daemonsets.apps", key) as DaemonSet;
const pods = () => rig.client.list<Pod>("pods");
const nodes = () =>
  pods()
    .map((pod) => nodeOf(pod) ?? "")
    .sort((a, b) => a.localeCompare(b));
const template = (image: string, spec: object = {}) => ({
  metadata: { labels: { app: "agent" } },
  spec: { containers: [{ name: "a", image }], ...spec },
});

/** A node that is ready: what admission taints it with is taken away. */
async function addNode(name: string, taints: object[] = []) {
  await rig.make("nodes", { metadata: { name } });
  await rig.patch("nodes", name, { spec: { taints } });
}

async function start(updateStrategy: object = { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } }) {
  broken = [];
  rig = await startControllers(daemonSetController);
  runPods(rig, (pod) => !broken.includes(pod.spec?.containers[0]?.image ?? ""));
  for (const name of ["n1", "n2", "n3"]) await addNode(name);
  await addNode("control", CONTROL_PLANE);
  await rig.client.create<DaemonSet>("daemonsets.apps", {
    metadata: key,
    spec: { selector: { matchLabels: { app: "agent" } }, revisionHistoryLimit: 10, updateStrategy, template: template("a:1") },
  });
  await rig.settle();
}
async function patch(spec: object) {
  await rig.client.patch("daemonsets.apps", key, { spec });
  await rig.settle();
}

describe("daemon sets", () => {
  test("run one pod on each node that fits, pinned there, with the tolerations of a daemon", async () => {
    await start();
    expect(nodes()).toEqual(["n1", "n2", "n3"]);
    const [pod] = pods();
    const hash = pod?.metadata.labels?.["controller-revision-hash"];
    expect(pod?.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution).toEqual({
      nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", operator: "In", values: ["n1"] }] }],
    });
    expect(pod?.spec?.tolerations?.map(({ key: name, effect }) => `${name?.split("/")[1]}:${effect}`)).toEqual([
      "not-ready:NoExecute",
      "unreachable:NoExecute",
      "disk-pressure:NoSchedule",
      "memory-pressure:NoSchedule",
      "pid-pressure:NoSchedule",
      "unschedulable:NoSchedule",
    ]);
    expect(rig.client.list<ControllerRevision>("controllerrevisions.apps")).toMatchObject([
      { metadata: { name: `agent-${hash}`, labels: { app: "agent", "controller-revision-hash": hash } }, revision: 1 },
    ]);
    expect(set().status).toEqual({
      currentNumberScheduled: 3,
      desiredNumberScheduled: 3,
      numberAvailable: 3,
      numberMisscheduled: 0,
      numberReady: 3,
      observedGeneration: 1,
      updatedNumberScheduled: 3,
    });
    expect(rig.errors).toEqual([]);
  });

  test("follow nodes as they come, go, and get labels", async () => {
    await start();
    await addNode("n4");
    await rig.settle();
    expect(nodes()).toEqual(["n1", "n2", "n3", "n4"]);
    await patch({ template: template("a:1", { nodeSelector: { disk: "ssd" } }) });
    expect(nodes()).toEqual([]);
    expect(set().status).toMatchObject({ desiredNumberScheduled: 0, currentNumberScheduled: 0, numberMisscheduled: 0 });
    await rig.client.patch("nodes", { namespace: "", name: "n2" }, { metadata: { labels: { disk: "ssd" } } });
    await rig.settle();
    expect(nodes()).toEqual(["n2"]);
  });

  test("replace pods one by one, stop at a broken template, and take an old revision up again", async () => {
    await start();
    broken = ["bad:1"];
    await patch({ template: template("bad:1") });
    expect(set().status).toMatchObject({ updatedNumberScheduled: 1, numberAvailable: 2, numberUnavailable: 1 });
    await patch({ template: template("a:1") });
    expect(set().status).toMatchObject({ updatedNumberScheduled: 3, numberAvailable: 3 });
    expect(rig.client.list<ControllerRevision>("controllerrevisions.apps").map(({ revision }) => revision)).toEqual(
      expect.arrayContaining([2, 3]),
    );
  });

  test("surge: the old pod goes after the new one is available", async () => {
    await start({ type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } });
    let fewest = 3;
    rig.client.watch<Pod>("pods", () => {
      fewest = Math.min(fewest, pods().filter((pod) => pod.status?.conditions?.[0]?.status === "True").length);
    });
    await patch({ template: template("a:2") });
    expect(fewest).toBe(3);
    expect(pods().map((pod) => pod.spec?.containers[0]?.image)).toEqual(["a:2", "a:2", "a:2"]);
  });

  test("replace a failed pod and say so", async () => {
    await start();
    const [pod] = pods() as [Pod];
    await rig.patch("pods", pod.metadata.name, { status: { phase: "Failed" } });
    await rig.settle();
    expect(rig.events).toContain(
      `FailedDaemonPod: Found failed daemon pod default/${pod.metadata.name} on node n1, will try to kill it`,
    );
    expect(nodes()).toEqual(["n1", "n2", "n3"]);
  });
});
