import { afterEach, describe, expect, test } from "vitest";
import type { Endpoints } from "../../src/simulator/controllers/endpoints/endpoints.ts";
import { endpointsController } from "../../src/simulator/controllers/endpoints/endpoints.ts";
import type { Service } from "../../src/simulator/controllers/endpoints/service-pods.ts";
import type { EndpointSlice } from "../../src/simulator/controllers/endpoints/slices.ts";
import { endpointSliceController } from "../../src/simulator/controllers/endpoints/slices.ts";
import type { Pod } from "../../src/simulator/controllers/pod-state.ts";
import { type Rig, startControllers } from "../helpers/controller-rig.ts";

const namespace = "default";
let rig: Rig;
afterEach(() => rig.stop());

async function start(spec: object = {}) {
  rig = await startControllers(endpointsController, endpointSliceController);
  await rig.client.create<Service>("services", {
    metadata: { name: "web", namespace, labels: { team: "a" } },
    spec: {
      selector: { app: "web" },
      ports: [{ name: "web", port: 80, protocol: "TCP", targetPort: "http" }],
      ...spec,
    },
  });
}
const pod = (name: string, ip: string, ready: boolean) => ({
  metadata: { name, namespace, labels: { app: "web" } },
  spec: { nodeName: "n1", containers: [{ name: "c", image: "i", ports: [{ name: "http", containerPort: 8080 }] }] },
  status: {
    phase: "Running",
    podIP: ip,
    conditions: [{ type: "Ready", status: ready ? "True" : "False", lastTransitionTime: "2026-01-01T00:00:01Z" }],
  },
});
const add = (name: string, ip: string, ready = true) => rig.make<Pod>("pods", pod(name, ip, ready));
const slices = () => rig.client.list<EndpointSlice>("endpointslices.discovery.k8s.io");
const endpoints = () => rig.client.get<Endpoints>("endpoints", { namespace, name: "web" });

describe("endpoints of a service", () => {
  test("show ready pods and others, with names of ports resolved in the pod", async () => {
    await start();
    await add("a", "10.244.1.10");
    await add("b", "10.244.1.9");
    await add("c", "10.244.1.2", false);
    await rig.settle();
    const [{ uid }] = [rig.client.get("pods", { namespace, name: "a" })?.metadata ?? { uid: "" }];
    expect(endpoints()?.subsets).toEqual([
      {
        addresses: [
          expect.objectContaining({ ip: "10.244.1.9" }),
          { ip: "10.244.1.10", nodeName: "n1", targetRef: { kind: "Pod", namespace, name: "a", uid } },
        ],
        notReadyAddresses: [expect.objectContaining({ ip: "10.244.1.2" })],
        ports: [{ name: "web", port: 8080, protocol: "TCP" }],
      },
    ]);
    expect(endpoints()?.metadata.labels).toEqual({ team: "a", "endpoints.kubernetes.io/managed-by": "endpoint-controller" });
    expect(slices()).toMatchObject([
      {
        metadata: {
          name: expect.stringMatching(/^web-[a-z0-9]{5}$/),
          labels: {
            team: "a",
            "kubernetes.io/service-name": "web",
            "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
          },
          annotations: { "endpoints.kubernetes.io/last-change-trigger-time": "2026-01-01T00:00:01Z" },
          ownerReferences: [{ kind: "Service", name: "web", controller: true }],
        },
        addressType: "IPv4",
        ports: [{ name: "web", port: 8080, protocol: "TCP" }],
        endpoints: [
          {
            addresses: ["10.244.1.10"],
            conditions: { ready: true, serving: true, terminating: false },
            nodeName: "n1",
            targetRef: { name: "a" },
          },
          { addresses: ["10.244.1.9"] },
          { addresses: ["10.244.1.2"], conditions: { ready: false, serving: false, terminating: false } },
        ],
      },
    ]);
  });

  test("keep a terminating pod in the slice as serving, and the slice itself when no pod is left", async () => {
    await start();
    await add("a", "10.244.1.10");
    await rig.settle();
    const [{ metadata }] = slices() as [EndpointSlice];
    await rig.client.delete("pods", { namespace, name: "a" });
    await rig.settle();
    expect(slices()[0]?.endpoints[0]?.conditions).toEqual({ ready: false, serving: true, terminating: true });
    expect(endpoints()?.subsets ?? []).toEqual([]);
    await rig.client.delete("pods", { namespace, name: "a" }, { gracePeriodSeconds: 0 });
    await rig.settle();
    expect(slices()).toMatchObject([{ metadata: { name: metadata.name }, ports: null, endpoints: null }]);
  });

  test("fill slices of 100, and touch no slice that need not change", async () => {
    await start();
    for (let i = 0; i < 250; i++) await add(`p${String(i).padStart(3, "0")}`, `10.244.${1 + (i >> 7)}.${i & 127}`);
    await rig.settle();
    const sizes = () => slices().map((slice) => slice.endpoints.length);
    expect(sizes().reduce((sum, size) => sum + size, 0)).toBe(250);
    expect(Math.max(...sizes())).toBeLessThanOrEqual(100);
    const versions = () => new Map(slices().map((slice) => [slice.metadata.name, slice.metadata.resourceVersion]));
    const before = versions();
    await rig.client.delete("pods", { namespace, name: "p123" }, { gracePeriodSeconds: 0 });
    await rig.settle();
    expect(sizes().reduce((sum, size) => sum + size, 0)).toBe(249);
    expect([...versions()].filter(([name, version]) => before.get(name) !== version)).toHaveLength(1);
  });

  test("publish pods that are not ready where the service says so", async () => {
    await start({ publishNotReadyAddresses: true, clusterIP: "None" });
    await add("a", "10.244.1.10", false);
    await rig.settle();
    expect(slices()[0]?.endpoints[0]?.conditions).toEqual({ ready: true, serving: false, terminating: false });
    expect(slices()[0]?.metadata.labels).toHaveProperty(["service.kubernetes.io/headless"], "");
    expect(endpoints()?.subsets?.[0]?.addresses).toHaveLength(1);
  });
});
