import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { deploymentController } from "../../src/simulator/controllers/deployment/deployment.ts";
import type { Deployment } from "../../src/simulator/controllers/deployment/quantities.ts";
import type { Pod } from "../../src/simulator/controllers/pod-state.ts";
import type { ReplicaSet } from "../../src/simulator/controllers/replicas.ts";
import { replicaSetController } from "../../src/simulator/controllers/replicas.ts";
import { type Rig, runPods, startControllers } from "../helpers/controller-rig.ts";

const key = { namespace: "default", name: "web" };
const template = (image: string) => ({
  metadata: { labels: { app: "web" } },
  spec: { containers: [{ name: "web", image }] },
});
const web = (replicas: number, spec: object = {}) => ({
  metadata: { ...key, annotations: { team: "a" } },
  spec: {
    replicas,
    progressDeadlineSeconds: 600,
    revisionHistoryLimit: 10,
    selector: { matchLabels: { app: "web" } },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } },
    template: template("good:1"),
    ...spec,
  },
});

let rig: Rig;
/** Images whose pods never get ready. */
let broken: string[];
beforeEach(async () => {
  broken = [];
  rig = await startControllers(deploymentController, replicaSetController);
  runPods(rig, (pod) => !broken.includes(pod.spec?.containers[0]?.image ?? ""));
});
afterEach(() => rig.stop());

const deployment = () => rig.client.get<Deployment>("deployments.apps", key) as Deployment;
const sets = () => rig.client.list<ReplicaSet>("replicasets.apps");
const sizes = () => Object.fromEntries(sets().map((set) => [set.spec?.template?.spec?.containers[0]?.image, set.spec?.replicas]));
const conditions = () => deployment().status?.conditions?.map(({ type, status, reason }) => `${type}=${status} ${reason}`);
const scalings = () =>
  rig.events.filter((event) => event.startsWith("Scaling")).map((event) => event.replace(/web-[a-z0-9]+/, "RS"));

async function apply(spec: object) {
  await rig.client.patch("deployments.apps", key, { spec });
  await rig.settle();
}
async function create(replicas: number, spec?: object) {
  await rig.client.create<Deployment>("deployments.apps", web(replicas, spec));
  await rig.settle();
}

describe("deployments", () => {
  test("make a ReplicaSet named after the template's hash, and report as upstream does", async () => {
    await create(2);
    const [set] = sets();
    const hash = set?.metadata.labels?.["pod-template-hash"];
    expect(set).toMatchObject({
      metadata: {
        name: `web-${hash}`,
        labels: { app: "web" },
        annotations: {
          team: "a",
          "deployment.kubernetes.io/desired-replicas": "2",
          "deployment.kubernetes.io/max-replicas": "3",
          "deployment.kubernetes.io/revision": "1",
        },
        ownerReferences: [{ kind: "Deployment", name: "web", controller: true, blockOwnerDeletion: true }],
      },
      spec: { replicas: 2, selector: { matchLabels: { app: "web", "pod-template-hash": hash } } },
    });
    expect(deployment().metadata.annotations).toEqual({ team: "a", "deployment.kubernetes.io/revision": "1" });
    expect(deployment().status).toEqual({
      availableReplicas: 2,
      observedGeneration: 1,
      readyReplicas: 2,
      replicas: 2,
      updatedReplicas: 2,
      conditions: [
        expect.objectContaining({ type: "Available", message: "Deployment has minimum availability." }),
        expect.objectContaining({ type: "Progressing", message: `ReplicaSet "web-${hash}" has successfully progressed.` }),
      ],
    });
    expect(scalings()).toEqual(["ScalingReplicaSet: Scaled up replica set RS from 0 to 2"]);
    expect(rig.errors).toEqual([]);
  });

  test("roll a new template out within surge and unavailability, and scale without a new revision", async () => {
    await create(1);
    await apply({ replicas: 2 });
    await apply({ template: template("good:2") });
    expect(scalings().map((event) => event.slice("ScalingReplicaSet: ".length))).toEqual([
      "Scaled up replica set RS from 0 to 1",
      "Scaled up replica set RS from 1 to 2",
      "Scaled up replica set RS from 0 to 1",
      "Scaled down replica set RS from 2 to 1",
      "Scaled up replica set RS from 1 to 2",
      "Scaled down replica set RS from 1 to 0",
    ]);
    expect(sizes()).toEqual({ "good:1": 0, "good:2": 2 });
    expect(deployment().metadata.annotations?.["deployment.kubernetes.io/revision"]).toBe("2");
  });

  test("stop at a broken template, run into the deadline, and come back by an undo", async () => {
    await create(4, { progressDeadlineSeconds: 10 });
    broken = ["bad:1"];
    await apply({ template: template("bad:1") });
    expect(sizes()).toEqual({ "good:1": 3, "bad:1": 2 });
    await rig.clock.step(12_000);
    await rig.settle();
    expect(conditions()).toEqual(["Available=True MinimumReplicasAvailable", "Progressing=False ProgressDeadlineExceeded"]);
    expect(deployment().status).toMatchObject({ replicas: 5, updatedReplicas: 2, unavailableReplicas: 2, availableReplicas: 3 });
    await apply({ template: template("good:1") });
    expect(sizes()).toEqual({ "good:1": 4, "bad:1": 0 });
    const [good] = sets();
    expect(good?.metadata.annotations).toMatchObject({
      "deployment.kubernetes.io/revision": "3",
      "deployment.kubernetes.io/revision-history": "1",
    });
    expect(conditions()).toEqual(["Available=True MinimumReplicasAvailable", "Progressing=True NewReplicaSetAvailable"]);
  });

  test("scale all sets by their share in the middle of a rollout", async () => {
    await create(10, { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } } });
    broken = ["bad:1"];
    await apply({ template: template("bad:1") });
    expect(sizes()).toEqual({ "good:1": 8, "bad:1": 5 });
    await apply({ replicas: 15 });
    expect(sizes()).toEqual({ "good:1": 11, "bad:1": 7 });
  });

  test("recreate: no new pod while an old one runs", async () => {
    await create(3, { strategy: { type: "Recreate" } });
    const images = new Set<string>();
    rig.client.watch<Pod>("pods", () => {
      images.add([...new Set(rig.client.list<Pod>("pods").map((pod) => pod.spec?.containers[0]?.image))].join(" and "));
    });
    await apply({ template: template("good:2") });
    expect([...images].sort()).toEqual(["", "good:1", "good:2"]);
    expect(sizes()).toEqual({ "good:1": 0, "good:2": 3 });
  });

  test("pause and resume", async () => {
    await create(2);
    await apply({ paused: true, template: template("good:2") });
    expect(sizes()).toEqual({ "good:1": 2 });
    expect(conditions()).toContain("Progressing=Unknown DeploymentPaused");
    expect(deployment().status?.updatedReplicas).toBeUndefined();
    await apply({ paused: null });
    expect(sizes()).toEqual({ "good:1": 0, "good:2": 2 });
    expect(conditions()).toEqual(["Available=True MinimumReplicasAvailable", "Progressing=True NewReplicaSetAvailable"]);
  });

  test("keep as many old ReplicaSets as revisionHistoryLimit says", async () => {
    await create(1, { revisionHistoryLimit: 1 });
    for (const image of ["good:2", "good:3", "good:4"]) await apply({ template: template(image) });
    expect(sizes()).toEqual({ "good:3": 0, "good:4": 1 });
  });

  test("count a collision and take another name when the name is another template's", async () => {
    await create(1);
    const taken = { ...key, name: sets()[0]?.metadata.name ?? "" };
    await rig.client.delete("deployments.apps", key);
    await rig.client.delete("replicasets.apps", taken);
    const other = { ...web(0).spec, selector: { matchLabels: { app: "other" } } };
    const labels = { app: "other" };
    await rig.client.create<ReplicaSet>("replicasets.apps", {
      metadata: taken,
      spec: { ...other, template: { ...template("other:1"), metadata: { labels } } },
    });
    await create(1);
    expect(deployment().status?.collisionCount).toBe(1);
    expect(sets().map(({ metadata }) => metadata.name)).toHaveLength(2);
    expect(deployment().status?.availableReplicas).toBe(1);
  });
});
