import type { ResourceQuota } from "kubernetes-types/core/v1";
import type { PodDisruptionBudget } from "kubernetes-types/policy/v1";
import type { ClusterRole } from "kubernetes-types/rbac/v1";
import { afterEach, describe, expect, test } from "vitest";
import type { Live } from "../../src/simulator/api/object.ts";
import { clusterRoleAggregation } from "../../src/simulator/controllers/cluster-role-aggregation.ts";
import { deploymentController } from "../../src/simulator/controllers/deployment/deployment.ts";
import { disruptionController } from "../../src/simulator/controllers/disruption.ts";
import { quotaController } from "../../src/simulator/controllers/quota.ts";
import { replicaSetController } from "../../src/simulator/controllers/replicas.ts";
import { type Rig, runPods, startControllers } from "../helpers/controller-rig.ts";

let rig: Rig;
afterEach(() => rig?.stop());

const containers = (resources: object = {}) => [{ name: "c", image: "i", resources }];
const deployment = (replicas: number) => ({
  metadata: { name: "web" },
  spec: {
    replicas,
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: containers() } },
  },
});
const get = <T>(resource: string, name: string) => rig.client.get(resource, { namespace: "default", name }) as Live<T>;

describe("disruption budgets", () => {
  const budget = () => get<PodDisruptionBudget>("poddisruptionbudgets.policy", "keep").status;
  const make = (spec: object) =>
    rig.make("poddisruptionbudgets.policy", {
      metadata: { name: "keep" },
      spec: { selector: { matchLabels: { app: "web" } }, ...spec },
    });

  test("count from the Deployment behind the pods", async () => {
    rig = await startControllers(deploymentController, replicaSetController, disruptionController);
    runPods(rig);
    await make({ maxUnavailable: "30%" });
    await rig.settle();
    expect(rig.events).toContain("NoPods: No matching pods found");
    expect(budget()).toMatchObject({ disruptionsAllowed: 0, conditions: [{ reason: "InsufficientPods", status: "False" }] });
    await rig.make("deployments.apps", deployment(4));
    await rig.settle();
    expect(budget()).toEqual({
      currentHealthy: 4,
      desiredHealthy: 2,
      disruptionsAllowed: 2,
      expectedPods: 4,
      observedGeneration: 1,
      conditions: [
        {
          type: "DisruptionAllowed",
          status: "True",
          reason: "SufficientPods",
          message: "",
          observedGeneration: 1,
          lastTransitionTime: expect.any(String),
        },
      ],
    });
  });

  test("with a plain number need no controller; with a share they warn of pods that have none", async () => {
    rig = await startControllers(disruptionController);
    runPods(rig);
    await rig.make("pods", { metadata: { name: "alone", labels: { app: "web" } }, spec: { containers: containers() } });
    await make({ minAvailable: 1 });
    await rig.settle();
    expect(budget()).toMatchObject({ currentHealthy: 1, desiredHealthy: 1, disruptionsAllowed: 0, expectedPods: 1 });
    await rig.patch("poddisruptionbudgets.policy", "keep", { spec: { minAvailable: "50%" } });
    await rig.settle();
    expect(rig.events.at(-1)).toMatch(/^UnmanagedPods: Pods selected by this PodDisruptionBudget \(selector: app=web\)/);
  });
});

describe("resource quotas", () => {
  test("sum what is used of each amount they limit, within their scopes", async () => {
    rig = await startControllers(quotaController);
    const hard = { pods: "5", "requests.cpu": "1", "limits.memory": "1Gi", "count/configmaps": "9", "services.nodeports": "2" };
    await rig.make("resourcequotas", { metadata: { name: "all" }, spec: { hard } });
    await rig.make("resourcequotas", { metadata: { name: "brief" }, spec: { hard: { pods: "1" }, scopes: ["Terminating"] } });
    const resources = { requests: { cpu: "250m" }, limits: { memory: "256Mi", cpu: "1" } };
    await rig.make("pods", { metadata: { name: "a" }, spec: { containers: containers(resources) } });
    await rig.make("pods", { metadata: { name: "b" }, spec: { containers: containers(resources), activeDeadlineSeconds: 9 } });
    await rig.make("pods", {
      metadata: { name: "over" },
      spec: { containers: containers(resources) },
      status: { phase: "Succeeded" },
    });
    await rig.make("services", { metadata: { name: "s" }, spec: { type: "NodePort", ports: [{ port: 80 }] } });
    await rig.make("configmaps", { metadata: { name: "c" } });
    await rig.settle();
    expect(get<ResourceQuota>("resourcequotas", "all").status).toEqual({
      hard,
      used: { pods: "2", "requests.cpu": "500m", "limits.memory": "512Mi", "count/configmaps": "1", "services.nodeports": "1" },
    });
    expect(get<ResourceQuota>("resourcequotas", "brief").status?.used).toEqual({ pods: "1" });
    await rig.client.delete("pods", { namespace: "default", name: "a" }, { gracePeriodSeconds: 0 });
    await rig.settle();
    expect(get<ResourceQuota>("resourcequotas", "all").status?.used).toMatchObject({ pods: "1", "requests.cpu": "250m" });
  });
});

test("an aggregated ClusterRole is the sum of the roles it selects", async () => {
  rig = await startControllers(clusterRoleAggregation);
  const rule = (resource: string) => ({ apiGroups: [""], resources: [resource], verbs: ["get"] });
  const roles = "clusterroles.rbac.authorization.k8s.io";
  const labels = { "rbac.example.com/to-all": "true" };
  await rig.make(roles, {
    metadata: { name: "all" },
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: labels }] },
    rules: [],
  });
  await rig.make(roles, { metadata: { name: "b", labels }, rules: [rule("pods")] });
  await rig.make(roles, { metadata: { name: "a", labels }, rules: [rule("secrets"), rule("pods")] });
  await rig.settle();
  expect((rig.client.get(roles, { name: "all" }) as Live<ClusterRole>).rules).toEqual([rule("secrets"), rule("pods")]);
});
