import { afterEach, describe, expect, test } from "vitest";
import type { KubeObject } from "../../src/simulator/api/object.ts";
import { volumeBinder } from "../../src/simulator/controllers/storage/binder.ts";
import { claimProtection, volumeProtection } from "../../src/simulator/controllers/storage/protection.ts";
import { localPathProvisioner } from "../../src/simulator/controllers/storage/provisioner.ts";
import type { Claim, Volume } from "../../src/simulator/controllers/storage/volumes.ts";
import { type Rig, startControllers } from "../helpers/controller-rig.ts";

let rig: Rig;
afterEach(() => rig.stop());

const claim = (name = "data") => rig.client.get<Claim>("persistentvolumeclaims", { namespace: "default", name });
const volumes = () => rig.client.list<Volume>("persistentvolumes");
const request = (spec: object, name = "data") =>
  rig.make<Claim>("persistentvolumeclaims", {
    metadata: { name },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "2Mi" } }, ...spec },
  });
const offer = (name: string, storage: string, spec: object = {}) =>
  rig.make<Volume>("persistentvolumes", {
    metadata: { name },
    spec: {
      capacity: { storage },
      accessModes: ["ReadWriteOnce"],
      storageClassName: "manual",
      hostPath: { path: "/x" },
      ...spec,
    },
  });
const use = () =>
  rig.make<KubeObject>("pods", {
    metadata: { name: "user" },
    spec: {
      nodeName: "n1",
      containers: [{ name: "c", image: "i" }],
      volumes: [{ name: "d", persistentVolumeClaim: { claimName: "data" } }],
    },
  });

async function start() {
  rig = await startControllers(volumeBinder, localPathProvisioner, claimProtection, volumeProtection);
  await rig.make("storageclasses.storage.k8s.io", {
    metadata: { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    provisioner: "rancher.io/local-path",
    volumeBindingMode: "WaitForFirstConsumer",
    reclaimPolicy: "Delete",
  });
}

describe("claims and volumes", () => {
  test("of the standard class wait for a consumer, then get a volume on its node, which goes with the claim", async () => {
    await start();
    const made = await request({ storageClassName: "standard" });
    await rig.settle();
    expect(claim()?.status?.phase).toBe("Pending");
    expect(rig.events.at(-1)).toBe("WaitForFirstConsumer: waiting for first consumer to be created before binding");
    await rig.patch("persistentvolumeclaims", "data", {
      metadata: { annotations: { "volume.kubernetes.io/selected-node": "n1" } },
    });
    await rig.settle();
    const name = `pvc-${made.metadata.uid}`;
    expect(claim()).toMatchObject({
      metadata: {
        finalizers: ["kubernetes.io/pvc-protection"],
        annotations: {
          "pv.kubernetes.io/bind-completed": "yes",
          "pv.kubernetes.io/bound-by-controller": "yes",
          "volume.beta.kubernetes.io/storage-provisioner": "rancher.io/local-path",
          "volume.kubernetes.io/storage-provisioner": "rancher.io/local-path",
        },
      },
      spec: { volumeName: name },
      status: { phase: "Bound", capacity: { storage: "2Mi" }, accessModes: ["ReadWriteOnce"] },
    });
    expect(volumes()).toMatchObject([
      { metadata: { name }, spec: { persistentVolumeReclaimPolicy: "Delete" }, status: { phase: "Bound" } },
    ]);
    expect(rig.events.filter((event) => event.startsWith("Provisioning"))).toEqual([
      'Provisioning: External provisioner is provisioning volume for claim "default/data"',
      `ProvisioningSucceeded: Successfully provisioned volume ${name}`,
    ]);
    await use();
    await rig.client.delete("persistentvolumeclaims", { namespace: "default", name: "data" });
    await rig.settle();
    expect(claim()?.metadata.deletionTimestamp).toBeDefined();
    await rig.client.delete("pods", { namespace: "default", name: "user" }, { gracePeriodSeconds: 0 });
    await rig.settle();
    expect([claim(), volumes()]).toEqual([undefined, []]);
    expect(rig.errors).toEqual([]);
  });

  test("bind the smallest volume that serves, and keep a retained one when the claim is gone", async () => {
    await start();
    await offer("large", "10Mi");
    await offer("small", "1Mi");
    await offer("fitting", "3Mi");
    await offer("shared", "2Mi", { accessModes: ["ReadOnlyMany"] });
    await rig.settle();
    expect(volumes().every(({ status }) => status?.phase === "Available")).toBe(true);
    await request({ storageClassName: "manual" });
    await rig.settle();
    expect(claim()?.spec?.volumeName).toBe("fitting");
    await rig.client.delete("persistentvolumeclaims", { namespace: "default", name: "data" });
    await rig.settle();
    const fitting = rig.client.get<Volume>("persistentvolumes", { name: "fitting" });
    expect(fitting?.status?.phase).toBe("Released");
    expect(fitting?.spec?.claimRef?.name).toBe("data");
  });

  test("a claim waits for a volume that comes later, and is lost with a volume that goes", async () => {
    await start();
    await request({ storageClassName: "manual" });
    await rig.settle();
    expect(rig.events.at(-1)).toBe('ProvisioningFailed: storageclass.storage.k8s.io "manual" not found');
    await offer("late", "2Mi");
    await rig.settle();
    expect(claim()?.status?.phase).toBe("Bound");
    await rig.client.delete("persistentvolumes", { namespace: "", name: "late" });
    await rig.settle();
    expect(volumes()[0]?.metadata.deletionTimestamp).toBeDefined();
    await rig.client.patch("persistentvolumes", { namespace: "", name: "late" }, { metadata: { finalizers: null } });
    await rig.settle();
    expect(claim()?.status?.phase).toBe("Lost");
    expect(rig.events.at(-1)).toBe("ClaimLost: Bound claim has lost its PersistentVolume. Data on the volume is lost!");
  });
});
