import { afterEach, describe, expect, test } from "vitest";
import type { ControllerRevision } from "../../src/simulator/controllers/controller-revisions.ts";
import type { Pod } from "../../src/simulator/controllers/pod-state.ts";
import type { Claim, StatefulSet } from "../../src/simulator/controllers/statefulset/stateful-pods.ts";
import { statefulSetController } from "../../src/simulator/controllers/statefulset/statefulset.ts";
import { type Rig, runPods, startControllers } from "../helpers/controller-rig.ts";

let rig: Rig;
let broken: string[] = [];
afterEach(() => rig.stop());

const template = (image: string) => ({ metadata: { labels: { app: "db" } }, spec: { containers: [{ name: "c", image }] } });
const set = () => rig.client.get<StatefulSet>("statefulsets.apps", { namespace: "default", name: "db" }) as StatefulSet;
const pods = () => rig.client.list<Pod>("pods");
const images = () => Object.fromEntries(pods().map((pod) => [pod.metadata.name, pod.spec?.containers[0]?.image]));
const revisions = () => rig.client.list<ControllerRevision>("controllerrevisions.apps");

async function start(spec: object = {}) {
  broken = [];
  rig = await startControllers(statefulSetController);
  runPods(rig, (pod) => !broken.includes(pod.spec?.containers[0]?.image ?? ""));
  await rig.make<StatefulSet>("statefulsets.apps", {
    metadata: { name: "db" },
    spec: { serviceName: "db", replicas: 3, selector: { matchLabels: { app: "db" } }, template: template("db:1"), ...spec },
  });
  await rig.settle();
}
async function patch(spec: object) {
  await rig.patch("statefulsets.apps", "db", { spec });
  await rig.settle();
}

describe("stateful sets", () => {
  test("make numbered pods one after the other, each with its own claim", async () => {
    await start({
      volumeClaimTemplates: [
        { metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Mi" } } } },
      ],
    });
    const [revision] = revisions();
    expect(pods()[1]).toMatchObject({
      metadata: {
        name: "db-1",
        generateName: "db-",
        labels: {
          app: "db",
          "statefulset.kubernetes.io/pod-name": "db-1",
          "apps.kubernetes.io/pod-index": "1",
          "controller-revision-hash": revision?.metadata.name,
        },
      },
      spec: {
        hostname: "db-1",
        subdomain: "db",
        volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data-db-1" } }, {}],
      },
    });
    expect(rig.client.list<Claim>("persistentvolumeclaims").map(({ metadata }) => [metadata.name, metadata.labels])).toEqual([
      ["data-db-0", { app: "db" }],
      ["data-db-1", { app: "db" }],
      ["data-db-2", { app: "db" }],
    ]);
    expect(rig.events.slice(0, 3)).toEqual([
      "SuccessfulCreate: create Claim data-db-0 Pod db-0 in StatefulSet db success",
      "SuccessfulCreate: create Pod db-0 in StatefulSet db successful",
      "SuccessfulCreate: create Claim data-db-1 Pod db-1 in StatefulSet db success",
    ]);
    expect(set().status).toEqual({
      availableReplicas: 3,
      collisionCount: 0,
      currentReplicas: 3,
      currentRevision: revision?.metadata.name,
      observedGeneration: 1,
      readyReplicas: 3,
      replicas: 3,
      updateRevision: revision?.metadata.name,
      updatedReplicas: 3,
    });
    expect(rig.errors).toEqual([]);
  });

  test("wait for a pod that is not ready, but not with parallel management", async () => {
    await start({ template: template("slow:1") });
    broken = ["db:2"];
    await patch({ template: template("db:2") });
    expect(images()).toEqual({ "db-0": "slow:1", "db-1": "slow:1", "db-2": "db:2" });
    expect(set().status).toMatchObject({ updatedReplicas: 1, currentReplicas: 2, readyReplicas: 2 });
    rig.stop();
    await start({ podManagementPolicy: "Parallel", replicas: 0 });
    broken = ["db:1"];
    await patch({ replicas: 4 });
    expect(pods()).toHaveLength(4);
  });

  test("scale down from the top and keep the claims", async () => {
    await start();
    await patch({ replicas: 1 });
    expect(Object.keys(images())).toEqual(["db-0"]);
    expect(rig.events.filter((event) => event.includes("delete"))).toEqual([
      "SuccessfulDelete: delete Pod db-2 in StatefulSet db successful",
      "SuccessfulDelete: delete Pod db-1 in StatefulSet db successful",
    ]);
  });

  test("update from the top down to the partition, and go back to a former revision", async () => {
    await start({ updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 2 } } });
    await patch({ template: template("db:2") });
    expect(images()).toEqual({ "db-0": "db:1", "db-1": "db:1", "db-2": "db:2" });
    expect(set().status).toMatchObject({ currentReplicas: 2, updatedReplicas: 1 });
    await rig.client.delete("pods", { namespace: "default", name: "db-0" });
    await rig.settle();
    expect(images()).toMatchObject({ "db-0": "db:1" });
    await patch({ updateStrategy: { rollingUpdate: { partition: 0 } } });
    expect(images()).toEqual({ "db-0": "db:2", "db-1": "db:2", "db-2": "db:2" });
    expect(set().status?.currentRevision).toBe(set().status?.updateRevision);
    await patch({ template: template("db:1") });
    expect(images()).toMatchObject({ "db-0": "db:1" });
    expect(revisions().map(({ revision }) => revision)).toEqual(expect.arrayContaining([2, 3]));
  });

  test("replace a failed pod", async () => {
    await start();
    await rig.patch("pods", "db-1", { status: { phase: "Failed" } });
    await rig.settle();
    expect(rig.events).toContain("RecreatingFailedPod: StatefulSet default/db is recreating failed Pod db-1");
    expect(set().status?.readyReplicas).toBe(3);
  });
});
