import { afterEach, describe, expect, test } from "vitest";
import type { KubeObject, OwnerReference } from "../../src/simulator/api/object.ts";
import { garbageCollector } from "../../src/simulator/controllers/garbage-collector/garbage-collector.ts";
import { type Rig, startControllers } from "../helpers/controller-rig.ts";

let rig: Rig;
afterEach(() => rig.stop());

const place = (name: string, namespace = "default") => ({ namespace, name });
const get = (name: string, namespace?: string) => rig.client.get("configmaps", place(name, namespace));
const reference = ({ apiVersion, kind, metadata: { name, uid } }: KubeObject, block = true): OwnerReference => ({
  apiVersion,
  kind,
  name,
  uid,
  blockOwnerDeletion: block,
});
const make = (name: string, ...ownerReferences: OwnerReference[]) =>
  rig.client.create("configmaps", { metadata: { ...place(name), ...(ownerReferences.length > 0 && { ownerReferences }) } });
const names = () => rig.client.list("configmaps").map(({ metadata }) => metadata.name);

describe("the garbage collector", () => {
  test("deletes what an owner left behind, level by level, but for objects another owner keeps", async () => {
    rig = await startControllers(garbageCollector);
    const [parent, other] = [await make("parent"), await make("other")];
    const child = await make("child", reference(parent));
    await make("grandchild", reference(child));
    await make("shared", reference(parent), reference(other));
    await rig.client.delete("configmaps", place("parent"));
    await rig.settle();
    expect(names()).toEqual(["other", "shared"]);
    expect(get("shared")?.metadata.ownerReferences).toEqual([reference(other)]);
  });

  test("in the foreground, the owner goes after the dependents that block it", async () => {
    rig = await startControllers(garbageCollector);
    const parent = await make("parent");
    const child = await make("child", reference(parent));
    await make("loose", reference(parent, false));
    await make("grandchild", reference(child));
    await rig.client.patch("configmaps", place("grandchild"), { metadata: { finalizers: ["example.com/hold"] } });
    await rig.client.delete("configmaps", place("parent"), { propagationPolicy: "Foreground" });
    await rig.settle();
    expect(names()).toEqual(["child", "grandchild", "parent"]);
    await rig.client.patch("configmaps", place("grandchild"), { metadata: { finalizers: null } });
    await rig.settle();
    expect(names()).toEqual([]);
  });

  test("orphans dependents when told to, and lets the owner go", async () => {
    rig = await startControllers(garbageCollector);
    const parent = await make("parent");
    await make("child", reference(parent));
    await rig.client.delete("configmaps", place("parent"), { propagationPolicy: "Orphan" });
    await rig.settle();
    expect(names()).toEqual(["child"]);
    expect(get("child")?.metadata.ownerReferences).toBeUndefined();
  });

  test("takes neither a namesake nor an object of another namespace for the owner", async () => {
    rig = await startControllers(garbageCollector);
    const parent = await make("parent");
    await make("child", { ...reference(parent), uid: "00000000-0000-4000-8000-000000000000" });
    await rig.client.create("configmaps", { metadata: { ...place("far", "elsewhere"), ownerReferences: [reference(parent)] } });
    await make("unknown", { ...reference(parent), kind: "Widget" });
    await rig.settle();
    expect(names()).toEqual(["parent", "unknown"]);
    expect(rig.events).toEqual([
      `OwnerRefInvalidNamespace: ownerRef [v1/ConfigMap, namespace: elsewhere, name: parent, uid: ${parent.metadata.uid}] does not exist in namespace "elsewhere"`,
    ]);
  });

  test("lets two objects that own each other go", async () => {
    rig = await startControllers(garbageCollector);
    const first = await make("first");
    const second = await make("second", reference(first));
    await rig.client.patch("configmaps", place("first"), { metadata: { ownerReferences: [reference(second)] } });
    await rig.client.delete("configmaps", place("first"), { propagationPolicy: "Foreground" });
    await rig.settle();
    expect(names()).toEqual([]);
  });
});
