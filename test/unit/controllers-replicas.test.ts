import { afterEach, describe, expect, test } from "vitest";
import { StatusError } from "../../src/simulator/api/status-error.ts";
import type { Pod } from "../../src/simulator/controllers/pod-state.ts";
import type { ReplicaSet } from "../../src/simulator/controllers/replicas.ts";
import { replicaSetController } from "../../src/simulator/controllers/replicas.ts";
import { type Rig, runPods, startControllers } from "../helpers/controller-rig.ts";

let rig: Rig;
afterEach(() => rig.stop());

const web = (replicas: number) => ({
  metadata: { name: "web", namespace: "default" },
  spec: {
    replicas,
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "i" }] } },
  },
});
const key = { namespace: "default", name: "web" };
const pods = () => rig.client.list<Pod>("pods");
const set = () => rig.client.get<ReplicaSet>("replicasets.apps", key) as ReplicaSet;
const owners = (name: string) => rig.client.get("pods", { namespace: "default", name })?.metadata.ownerReferences;

describe("replica sets", () => {
  test("make the pods that are missing, delete the surplus, and count", async () => {
    rig = await startControllers(replicaSetController);
    runPods(rig);
    await rig.client.create<ReplicaSet>("replicasets.apps", web(3));
    await rig.settle();
    expect(set().status).toEqual({
      replicas: 3,
      fullyLabeledReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      observedGeneration: 1,
    });
    expect(rig.events.filter((event) => event.startsWith("SuccessfulCreate: Created pod: web-"))).toHaveLength(3);
    await rig.client.patch("replicasets.apps", key, { spec: { replicas: 1 } });
    await rig.settle();
    expect(pods()).toHaveLength(1);
    expect(set().status).toEqual({
      replicas: 1,
      fullyLabeledReplicas: 1,
      readyReplicas: 1,
      availableReplicas: 1,
      observedGeneration: 2,
    });
    expect(rig.events.filter((event) => event.startsWith("SuccessfulDelete: Deleted pod: web-"))).toHaveLength(2);
    expect(rig.errors).toEqual([]);
  });

  test("adopt orphans they select, and let go of pods whose labels moved on", async () => {
    rig = await startControllers(replicaSetController);
    runPods(rig);
    await rig.client.create<Pod>("pods", {
      metadata: { name: "first", namespace: "default", labels: { app: "web" } },
      spec: { containers: [{ name: "c", image: "i" }] },
    });
    await rig.client.create<ReplicaSet>("replicasets.apps", web(2));
    await rig.settle();
    expect(pods()).toHaveLength(2);
    expect(owners("first")).toMatchObject([{ kind: "ReplicaSet", name: "web", controller: true, blockOwnerDeletion: true }]);
    await rig.client.patch("pods", { namespace: "default", name: "first" }, { metadata: { labels: { app: "free" } } });
    await rig.settle();
    expect(pods()).toHaveLength(3);
    expect(owners("first")).toBeUndefined();
  });

  test("give up pods that are not ready before ready ones, and the dear ones last", async () => {
    rig = await startControllers(replicaSetController);
    runPods(rig, (pod) => pod.metadata.name !== "sick");
    const named = (name: string, cost: string) => ({
      metadata: {
        name,
        namespace: "default",
        labels: { app: "web" },
        annotations: { "controller.kubernetes.io/pod-deletion-cost": cost },
      },
      spec: { containers: [{ name: "c", image: "i" }] },
    });
    for (const pod of [named("dear", "5"), named("sick", "100"), named("cheap", "-5")]) await rig.client.create<Pod>("pods", pod);
    await rig.client.create<ReplicaSet>("replicasets.apps", web(3));
    await rig.settle();
    await rig.client.patch("replicasets.apps", key, { spec: { replicas: 2 } });
    await rig.settle();
    await rig.client.patch("replicasets.apps", key, { spec: { replicas: 1 } });
    await rig.settle();
    expect(rig.events).toEqual(["SuccessfulDelete: Deleted pod: sick", "SuccessfulDelete: Deleted pod: cheap"]);
  });

  test("tell of a refusal, try it one pod at a time, and forget it once pods can be made", async () => {
    rig = await startControllers(replicaSetController);
    runPods(rig);
    const create = rig.client.create.bind(rig.client);
    let tries = 0;
    const refusal = StatusError.forbidden({ group: "", resource: "pods" }, "web-x", "exceeded quota: few");
    rig.client.create = async (resource, object, options) => {
      if (resource === "pods" && ++tries <= 3) throw refusal;
      return create(resource, object, options) as never;
    };
    await rig.client.create<ReplicaSet>("replicasets.apps", web(4));
    await new Promise(setImmediate);
    expect(tries).toBe(rig.events.length);
    expect(rig.events[0]).toBe('FailedCreate: Error creating: pods "web-x" is forbidden: exceeded quota: few');
    expect(set().status?.conditions).toMatchObject([
      {
        type: "ReplicaFailure",
        status: "True",
        reason: "FailedCreate",
        message: 'pods "web-x" is forbidden: exceeded quota: few',
      },
    ]);
    await rig.settle();
    expect(set().status).toEqual({
      replicas: 4,
      fullyLabeledReplicas: 4,
      readyReplicas: 4,
      availableReplicas: 4,
      observedGeneration: 1,
    });
  });

  test("count a pod as available once it was ready for minReadySeconds", async () => {
    rig = await startControllers(replicaSetController);
    runPods(rig);
    const slow = web(1);
    await rig.client.create<ReplicaSet>("replicasets.apps", { ...slow, spec: { ...slow.spec, minReadySeconds: 30 } });
    await rig.settle();
    expect([set().status?.readyReplicas, set().status?.availableReplicas]).toEqual([1, undefined]);
    await rig.clock.step(30_000);
    await rig.settle();
    expect(set().status?.availableReplicas).toBe(1);
  });
});
