import type { Secret } from "kubernetes-types/core/v1";
import { afterEach, describe, expect, test } from "vitest";
import type { KubeObject, Live } from "../../src/simulator/api/object.ts";
import type { Controller } from "../../src/simulator/controllers/controller.ts";
import { rootCAController, serviceAccountController } from "../../src/simulator/controllers/in-each-namespace.ts";
import { type Namespace, namespaceController } from "../../src/simulator/controllers/namespace.ts";
import { serviceAccountTokenController } from "../../src/simulator/controllers/service-account-token.ts";
import { type Rig, startControllers } from "../helpers/controller-rig.ts";

let rig: Rig;
afterEach(() => rig.stop());

const get = <T>(resource: string, name: string, namespace = "team") =>
  rig.client.get(resource, { namespace, name }) as Live<T> | undefined;
const namespace = () => get<Namespace>("namespaces", "team", "");

describe("namespaces", () => {
  test("get a ServiceAccount and the cluster's certificates, and get them back", async () => {
    rig = await startControllers(serviceAccountController, rootCAController);
    await rig.make("namespaces", { metadata: { name: "team" } });
    await rig.settle();
    expect(get("serviceaccounts", "default")).toBeDefined();
    expect(get("configmaps", "kube-root-ca.crt")).toMatchObject({ data: { "ca.crt": "-----BEGIN CERTIFICATE-----" } });
    await rig.client.delete("serviceaccounts", { namespace: "team", name: "default" });
    await rig.client.patch(
      "configmaps",
      { namespace: "team", name: "kube-root-ca.crt" },
      { data: { "ca.crt": "mine", more: "x" } },
    );
    await rig.settle();
    expect(get("serviceaccounts", "default")).toBeDefined();
    expect(get<KubeObject & { data: object }>("configmaps", "kube-root-ca.crt")?.data).toEqual({
      "ca.crt": "-----BEGIN CERTIFICATE-----",
    });
    expect(rig.errors).toEqual([]);
  });

  test("are emptied before they go, pods first, and say what holds them", async () => {
    rig = await startControllers(namespaceController);
    await rig.make("namespaces", { metadata: { name: "team" } });
    await rig.make("serviceaccounts", { metadata: { name: "default", namespace: "team" } });
    await rig.make("pods", {
      metadata: { name: "p", namespace: "team" },
      spec: { containers: [{ name: "c", image: "i" }], nodeName: "n1" },
    });
    await rig.make("configmaps", { metadata: { name: "held", namespace: "team", finalizers: ["example.com/hold"] } });
    await rig.client.delete("namespaces", { namespace: "", name: "team" });
    await rig.settle();
    expect(get("pods", "p")?.metadata.deletionTimestamp).toBeDefined();
    expect(get("serviceaccounts", "default")).toBeDefined();
    await rig.client.delete("pods", { namespace: "team", name: "p" }, { gracePeriodSeconds: 0 });
    await rig.clock.step(1000);
    await rig.settle();
    expect(get("serviceaccounts", "default")).toBeUndefined();
    expect(
      namespace()?.status?.conditions?.map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`),
    ).toEqual([
      "NamespaceDeletionDiscoveryFailure=False ResourcesDiscovered: All resources successfully discovered",
      "NamespaceDeletionGroupVersionParsingFailure=False ParsedGroupVersions: All legacy kube types successfully parsed",
      "NamespaceDeletionContentFailure=False ContentDeleted: All content successfully deleted, may be waiting on finalization",
      "NamespaceContentRemaining=True SomeResourcesRemain: Some resources are remaining: configmaps. has 1 resource instances",
      "NamespaceFinalizersRemaining=True SomeFinalizersRemain: Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances",
    ]);
    await rig.client.patch("configmaps", { namespace: "team", name: "held" }, { metadata: { finalizers: null } });
    await rig.clock.step(1000);
    await rig.settle();
    expect(namespace()).toBeUndefined();
  });
});

test("a Secret for a ServiceAccount's token is filled, and goes with the account", async () => {
  const withTokens: Controller = (context) =>
    serviceAccountTokenController({ ...context, issueToken: ({ name, uid }) => `token of ${name} ${uid}` });
  rig = await startControllers(withTokens);
  const account = await rig.make("serviceaccounts", { metadata: { name: "robot" } });
  const annotations = { "kubernetes.io/service-account.name": "robot" };
  await rig.make("secrets", { metadata: { name: "robot-token", annotations }, type: "kubernetes.io/service-account-token" });
  await rig.settle();
  const secret = get<Secret>("secrets", "robot-token", "default");
  expect(Buffer.from(secret?.data?.["token"] ?? "", "base64").toString()).toBe(`token of robot ${account.metadata.uid}`);
  expect(Object.keys(secret?.data ?? {})).toEqual(expect.arrayContaining(["ca.crt", "namespace", "token"]));
  expect(secret?.metadata.annotations).toHaveProperty(["kubernetes.io/service-account.uid"], account.metadata.uid);
  await rig.client.delete("serviceaccounts", { namespace: "default", name: "robot" });
  await rig.settle();
  expect(get("secrets", "robot-token", "default")).toBeUndefined();
});
