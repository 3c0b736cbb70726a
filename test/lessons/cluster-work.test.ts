import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Deployment } from "kubernetes-types/apps/v1";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { solved } from "../../src/course/blanks.ts";
import { loadCourse } from "../../src/course/course.ts";
import { ApiError, ClusterUnreachable } from "../../src/kube/api-error.ts";
import { connectKube, type Kube } from "../../src/kube/kube.ts";
import { currentContext } from "../../src/kube/kubeconfig.ts";
import { fieldsAt } from "../../src/kube/openapi.ts";
import { discover } from "../../src/kube/resources.ts";
import { loadConfig, openTransport } from "../../src/kube/transport.ts";
import { applyFiles } from "../../src/steps/apply-files.ts";
import type { Workshop } from "../../src/steps/actions.ts";
import { prepareStep } from "../../src/steps/prepare.ts";
import { type PracticeCluster, startPracticeCluster } from "../helpers/practice-cluster.ts";

const course = await loadCourse(new URL("../../lessons", import.meta.url).pathname);
const appYml = solved(await course.manifest("app.yml"));

let cluster: PracticeCluster;
let kube: Kube;
let workshop: Workshop;

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
  await writeFile(join(workspace, "app.yml"), appYml);
});

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await rm(workshop.workspace, { recursive: true, force: true });
});

/** Real kubectl, which must succeed; its output, with what it warned of. */
async function kubectl(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await workshop.kubectl(args);
  expect({ args, exitCode, stderr: exitCode ? stderr : "" }).toEqual({ args, exitCode: 0, stderr: "" });
  return stdout + stderr;
}

const begin = (id: string) => prepareStep(course.step(id), workshop);

describe("speaking to a cluster", () => {
  beforeEach(() => begin("services/cluster-ip/dns"));

  test("stays with its own context, whatever the file says is current", async () => {
    const file = join(workshop.workspace, "two-clusters");
    await writeFile(file, (await readFile(cluster.kubeconfig, "utf8")).replace(/^current-context: .*$/m, "current-context: production"));
    const own = connectKube({ kubeconfig: file, context: cluster.context, namespace: "default" });
    expect(await own.get("Deployment", "bootcamp")).toBeDefined();
    expect(() => connectKube({ kubeconfig: file, context: "production", namespace: "default" })).toThrow(/context-missing/);
  });

  test("tells a cluster that nobody answers for from one that refuses", async () => {
    const file = join(workshop.workspace, "nobody");
    await writeFile(file, (await readFile(cluster.kubeconfig, "utf8")).replace(/server: .*/, "server: https://127.0.0.1:1"));
    const nobody = connectKube({ kubeconfig: file, context: cluster.context, namespace: "default" });
    await expect(nobody.list("pods")).rejects.toThrow(ClusterUnreachable);
    await expect(nobody.exec({ pod: "probe", command: ["true"] })).rejects.toThrow(ClusterUnreachable);
    await expect(kube.create({ apiVersion: "v1", kind: "Pod", metadata: { name: "X" } })).rejects.toThrow(ApiError);
    await expect(kube.exec({ pod: "nobody", command: ["true"] })).rejects.toThrow(ApiError);
  });

  test("gives a command's output, its complaint and its exit code", async () => {
    expect(await kube.exec({ pod: "probe", command: ["cat", "/etc/hostname"] })).toEqual({ code: 0, stdout: "probe\n", stderr: "" });
    const failed = await kube.exec({ pod: "probe", command: ["cat", "/nothing"] });
    expect(failed).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("No such file") });
  });

  test("finds the same kinds on a server without aggregated discovery", async () => {
    const { send } = openTransport(loadConfig(cluster));
    const aggregated = await kube.discovery();
    const plain = await discover((request) => send({ ...request, headers: { Accept: "application/json" } }));
    const names = (resources: typeof plain): string[] => resources.map(({ apiVersion, kind, plural }) => `${apiVersion} ${kind} ${plural}`);
    expect(names(plain)).toEqual(expect.arrayContaining(names([...aggregated])));
    expect(plain.find(({ plural }) => plural === "cronjobs")?.apiVersion).toBe("batch/v1");
  });

  test("knows what a kind's fields are and which must be there", async () => {
    const resource = (await kube.resource("deploy"))!;
    expect(await fieldsAt(kube, resource, ["spec"])).toMatchObject({ required: ["selector", "template"] });
    const container = await fieldsAt(kube, resource, ["spec", "template", "spec", "containers", 0]);
    expect(container?.names).toContain("image");
  });

  test("asks what one may do, and reads a program's log", async () => {
    expect(await kube.may({ verb: "create", resource: "pods/exec", namespace: "default" })).toBe(true);
    const [pod] = await kube.list("pods", { selector: "app=bootcamp" });
    expect(await kube.log(pod!.metadata!.name!)).toContain("8080");
  });
});

describe("applying files", () => {
  beforeEach(() => begin("deployments/first/apply"));

  const apply = (text: string, force = false) => applyFiles(kube, [{ file: "app.yml", text }], { force });

  test("says what became of each object, as kubectl does", async () => {
    const name = { resource: "deployment.apps", name: "bootcamp", namespace: "default" };
    expect(await apply(appYml)).toEqual([{ file: "app.yml", line: 1, outcome: "created", object: name }]);
    expect(await apply(appYml)).toMatchObject([{ outcome: "unchanged" }]);
    expect(await apply(appYml.replace("replicas: 2", "replicas: 3"))).toMatchObject([{ outcome: "configured" }]);
  });

  test("takes turns with kubectl apply: no conflict, no warning", async () => {
    await kubectl("apply", "-f", "app.yml");
    expect(await apply(appYml.replace("replicas: 2", "replicas: 3"))).toMatchObject([{ outcome: "configured" }]);
    expect(await kubectl("apply", "-f", "app.yml")).toBe("deployment.apps/bootcamp configured\n");
    expect(await apply(appYml)).toMatchObject([{ outcome: "unchanged" }]);
  });

  test("names who owns a field that somebody else set, and takes it when told to", async () => {
    await apply(appYml);
    await kubectl("scale", "deployment", "bootcamp", "--replicas=5");
    const conflicts = [{ manager: "kubectl", subresource: "scale", field: "spec.replicas" }];
    expect(await apply(appYml)).toMatchObject([{ outcome: "conflict", conflicts }]);
    expect((await kube.get<Deployment>("Deployment", "bootcamp"))?.spec?.replicas).toBe(5);
    expect(await apply(appYml, true)).toMatchObject([{ outcome: "configured" }]);
    expect((await kube.get<Deployment>("Deployment", "bootcamp"))?.spec?.replicas).toBe(2);
  });

  test("says where a file is wrong, in both languages, and applies the rest", async () => {
    const config = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: extra\n";
    const applied = await apply(`${appYml.replace("replicas:", "replica:")}---\n${config}`);
    expect(applied).toMatchObject([
      { outcome: "refused", line: 6, what: { en: 'unknown field "spec.replica"; did you mean "replicas"?', ja: expect.stringContaining("replicas") } },
      { outcome: "created", object: { resource: "configmap", name: "extra" } },
    ]);
    expect(await apply("\tkind: Pod")).toMatchObject([{ outcome: "not-yaml", line: 1 }]);
    await kubectl("delete", "configmap", "extra");
  });
});

describe("beginning a step", () => {
  test("clears away what carries the course's labels, and nothing else", async () => {
    await begin("deployments/first/birth");
    await kubectl("run", "stray", "--image=busybox:1.36", "--labels=app=bootcamp");
    await kubectl("create", "deployment", "mine", "--image=kicbase/echo-server:1.0");
    await kubectl("create", "configmap", "mine");
    await kubectl("expose", "deployment", "bootcamp", "--name=bootcamp-svc", "--port=80");
    await kubectl("delete", "deployment", "bootcamp", "--cascade=orphan");
    const { did } = await begin("deployments/first/apply");
    expect(did.map(({ what, kind, ours }) => `${what} ${kind} ${ours}`).toSorted()).toEqual([
      "delete Pod false",
      "delete ReplicaSet true",
      "delete Service false",
    ]);
    expect(await kube.list("pods", { selector: "app=bootcamp" })).toEqual([]);
    expect(await kube.get("Deployment", "mine")).toBeDefined();
    expect(await kube.get("ConfigMap", "mine")).toBeDefined();
    await kubectl("delete", "deployment,configmap", "mine");
  });

  test("takes back every change to an object, and leaves a good one running", async () => {
    await begin("deployments/first/birth");
    const before = await kube.get<Deployment>("Deployment", "bootcamp");
    await kubectl("set", "env", "deployment/bootcamp", "EXTRA=1");
    await kubectl("scale", "deployment", "bootcamp", "--replicas=1");
    const { did, unready } = await begin("deployments/first/birth");
    const after = await kube.get<Deployment>("Deployment", "bootcamp");
    expect(did).toMatchObject([{ what: "change", kind: "Deployment", name: "bootcamp", ours: true }]);
    expect(unready).toEqual([]);
    expect(after?.spec).toEqual(before?.spec);
    expect(after?.metadata?.uid).toBe(before?.metadata?.uid);
  });

  test("makes objects that kubectl apply goes on with, as with its own", async () => {
    await begin("deployments/first/birth");
    expect(await kubectl("apply", "-f", "app.yml")).toBe("deployment.apps/bootcamp unchanged\n");
    expect(await kubectl("diff", "-f", "app.yml")).toBe("");
    expect(await kubectl("apply", "--server-side", "-f", "app.yml")).toBe("deployment.apps/bootcamp serverside-applied\n");
  });

  test("makes anew what can't be changed: another selector, a Pod that doesn't start", async () => {
    await begin("deployments/first/apply");
    await kubectl("run", "probe", "--image=busybox:none");
    await kubectl("create", "deployment", "bootcamp", "--image=kicbase/echo-server:1.0");
    await kubectl("delete", "deployment", "bootcamp");
    await writeFile(join(workshop.workspace, "other.yml"), appYml.replaceAll("app: bootcamp\n", "app: other\n"));
    await kubectl("apply", "-f", "other.yml");
    const { did, unready } = await begin("services/cluster-ip/service-yml");
    expect(did.map(({ what, kind, name }) => `${what} ${kind}/${name}`).toSorted()).toEqual([
      "make-anew Deployment/bootcamp",
      "make-anew Pod/probe",
    ]);
    expect(unready).toEqual([]);
  });

  test("brings the kubeconfig's context and namespace back", async () => {
    await kubectl("config", "set-context", "--current", "--namespace=kube-system");
    expect(await begin("deployments/first/api-version")).toMatchObject({ contextRestored: true });
    expect(await currentContext(cluster)).toMatchObject({ name: cluster.context, namespace: "default" });
    expect(await begin("deployments/first/api-version")).toMatchObject({ contextRestored: false });
    expect(await kubectl("get", "nodes", "-o", "name")).toContain("node/bootcamp-worker");
  });
});
