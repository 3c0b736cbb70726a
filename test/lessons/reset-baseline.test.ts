import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Baseline } from "../../src/clusters/current.ts";
import { loadCourse } from "../../src/course/course.ts";
import { connectKube, type Kube } from "../../src/kube/kube.ts";
import type { Workshop } from "../../src/steps/actions.ts";
import { takeBaseline } from "../../src/steps/baseline.ts";
import { prepareStep } from "../../src/steps/prepare.ts";
import { type PracticeCluster, startPracticeCluster } from "../helpers/practice-cluster.ts";

const course = await loadCourse(new URL("../../lessons", import.meta.url).pathname);
const step = course.step("deployments/first/birth");

let cluster: PracticeCluster;
let kube: Kube;
let workshop: Workshop;
let baseline: Baseline;

beforeAll(async () => {
  cluster = await startPracticeCluster({ nodes: 4, speed: 20 });
  kube = connectKube({ ...cluster, namespace: "default" });
  const workspace = await mkdtemp(join(tmpdir(), "workspace-"));
  workshop = {
    course,
    language: "en",
    target: cluster,
    namespace: "default",
    workspace,
    kube: () => Promise.resolve(kube),
    kubectl: (args) => cluster.kubectl(args, workspace),
    clock: cluster.clock,
  };
  baseline = await takeBaseline(kube);
});

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await rm(workshop.workspace, { recursive: true, force: true });
});

async function kubectl(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await workshop.kubectl(args);
  expect({ args, exitCode, stderr: exitCode ? stderr : "" }).toEqual({ args, exitCode: 0, stderr: "" });
  return stdout;
}

/** What is in a namespace, and what is in none. */
const names = async (namespace: string) =>
  (await kubectl("get", "all,cm,secret,sa,role,rolebinding,pvc", "-n", namespace, "-o", "name")).split("\n").filter(Boolean);
const beside = async () => (await kubectl("get", "ns,clusterrole,clusterrolebinding,sc,priorityclass", "-o", "name")).split("\n");

test("a reset takes all that was made beside the step, and nothing that was there before or lies elsewhere", async () => {
  await prepareStep(step, workshop, baseline);
  const before = { here: await names("default"), system: await names("kube-system") };
  const bootcamp = await kube.get("Deployment", "bootcamp");
  await kubectl("create", "namespace", "elsewhere");
  await kubectl("create", "configmap", "theirs", "-n", "elsewhere");
  const everywhere = { elsewhere: await names("elsewhere"), beside: await beside() };
  await kubectl("create", "clusterrole", "mine", "--verb=get", "--resource=pods");
  await kubectl("create", "configmap", "mine");
  await kubectl("create", "secret", "generic", "mine");
  await kubectl("create", "serviceaccount", "mine");
  await kubectl("create", "role", "mine", "--verb=get", "--resource=pods");
  await kubectl("create", "deployment", "mine", "--image=kicbase/echo-server:1.0", "--replicas=2");
  await kubectl("expose", "deployment", "mine", "--port=80");
  await kubectl("create", "cronjob", "mine", "--schedule=0 0 1 1 *", "--image=busybox:1.36");
  await kubectl("run", "mine", "--image=busybox:1.36", "--command", "--", "sleep", "3600");
  await kubectl("delete", "configmap", "kube-root-ca.crt");
  const claim = join(workshop.workspace, "claim.yml");
  await writeFile(
    claim,
    "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: mine }\nspec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Mi } } }\n",
  );
  await kubectl("apply", "-f", claim);

  const { did } = await prepareStep(step, workshop, baseline);

  expect(did.map(({ what, kind, name, ours }) => `${what} ${kind}/${name} ${ours}`).toSorted()).toEqual(
    ["ClusterRole", "ConfigMap", "CronJob", "Deployment", "PersistentVolumeClaim", "Pod", "Role", "Secret", "Service", "ServiceAccount"].map(
      (kind) => `delete ${kind}/mine false`,
    ),
  );
  expect({ here: await names("default"), system: await names("kube-system") }).toEqual(before);
  expect({ elsewhere: await names("elsewhere"), beside: await beside() }).toEqual(everywhere);
  expect((await kube.get("Deployment", "bootcamp"))?.metadata?.uid).toBe(bootcamp?.metadata?.uid);
  expect((await prepareStep(step, workshop, baseline)).did).toEqual([]);
});
