import { afterEach, describe, expect, test } from "vitest";
import type { Live } from "../../src/simulator/api/object.ts";
import type { Controller } from "../../src/simulator/controllers/controller.ts";
import { deploymentController } from "../../src/simulator/controllers/deployment/deployment.ts";
import type { Deployment } from "../../src/simulator/controllers/deployment/quantities.ts";
import { horizontalAutoscaler } from "../../src/simulator/controllers/hpa/hpa.ts";
import type { Autoscaler } from "../../src/simulator/controllers/hpa/metric-replicas.ts";
import { replicaSetController } from "../../src/simulator/controllers/replicas.ts";
import { type Rig, runPods, startControllers } from "../helpers/controller-rig.ts";

let rig: Rig;
/** Millicores each pod uses. */
let cpu: number;
afterEach(() => rig.stop());

const get = <T>(resource: string) => rig.client.get(resource, { namespace: "default", name: "web" }) as Live<T>;
const replicas = () => get<Deployment>("deployments.apps").spec?.replicas;
const status = () => get<Autoscaler>("horizontalpodautoscalers.autoscaling").status;
const conditions = () => status()?.conditions?.map(({ type, status: is, reason }) => `${type}=${is} ${reason}`);

const measured: Controller = (context) =>
  horizontalAutoscaler({
    ...context,
    podMetrics: async () => ({
      of: () => ({ at: context.clock.now(), containers: [{ name: "c", cpuMillicores: cpu, memoryBytes: 1 }] }),
    }),
  });

async function start(autoscaler: Controller, count: number, behavior?: object) {
  rig = await startControllers(deploymentController, replicaSetController, autoscaler);
  runPods(rig);
  const containers = [{ name: "c", image: "i", resources: { requests: { cpu: "200m" } } }];
  await rig.make("deployments.apps", {
    metadata: { name: "web" },
    spec: {
      replicas: count,
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" } }, spec: { containers } },
    },
  });
  await rig.settle();
  for (const { metadata } of rig.client.list("pods"))
    await rig.patch("pods", metadata.name, { status: { startTime: "2025-12-31T00:00:00Z" } });
  const target = { type: "Utilization", averageUtilization: 50 };
  await rig.make("horizontalpodautoscalers.autoscaling", {
    metadata: { name: "web" },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      minReplicas: 1,
      maxReplicas: 10,
      metrics: [{ type: "Resource", resource: { name: "cpu", target } }],
      ...(behavior && { behavior }),
    },
  });
  await pass(15);
}
async function pass(seconds: number) {
  await rig.clock.step(seconds * 1000);
  await rig.settle();
}

describe("horizontal pod autoscalers", () => {
  test("without a metrics API leave the count alone and say what is missing", async () => {
    await start(horizontalAutoscaler, 2);
    expect(replicas()).toBe(2);
    expect(conditions()).toEqual(["AbleToScale=True SucceededGetScale", "ScalingActive=False FailedGetResourceMetric"]);
    expect(rig.events.slice(-2)).toEqual([
      "FailedGetResourceMetric: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)",
      "FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)",
    ]);
  });

  test("scale up to meet the target, and down only after five quiet minutes", async () => {
    cpu = 300;
    await start(measured, 2);
    expect(replicas()).toBe(4);
    expect(rig.events).toContain(
      "SuccessfulRescale: New size: 4; reason: cpu resource utilization (percentage of request) above target",
    );
    expect(status()).toMatchObject({
      currentReplicas: 2,
      desiredReplicas: 4,
      currentMetrics: [{ resource: { current: { averageUtilization: 150, averageValue: "300m" } } }],
    });
    cpu = 100;
    await pass(30);
    expect(replicas()).toBe(4);
    cpu = 10;
    await pass(30);
    expect(replicas()).toBe(4);
    expect(conditions()).toContain("AbleToScale=True ScaleDownStabilized");
    await pass(330);
    expect(replicas()).toBe(1);
    expect(rig.events).toContain("SuccessfulRescale: New size: 1; reason: All metrics below target");
  });

  test("keep to the maximum, and to the rates of a behaviour", async () => {
    cpu = 2000;
    await start(measured, 4, { scaleUp: { policies: [{ type: "Pods", value: 1, periodSeconds: 60 }] } });
    expect(replicas()).toBe(5);
    expect(conditions()).toContain("ScalingLimited=True ScaleUpLimit");
    await pass(30);
    expect(replicas()).toBe(5);
    await rig.patch("horizontalpodautoscalers.autoscaling", "web", { spec: { behavior: null, maxReplicas: 6 } });
    await pass(15);
    expect(replicas()).toBe(6);
    expect(conditions()).toContain("ScalingLimited=True TooManyReplicas");
  });
});
