import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadCourse } from "../../src/course/course.ts";
import { connectKube, type Kube } from "../../src/kube/kube.ts";
import { rightTexts, Rights } from "../../src/kube/rights.ts";
import {
  claimNamespace,
  emptyNamespace,
  findNamespace,
  foreignObjects,
  leaveNamespace,
  objectsInTheWay,
} from "../../src/steps/borrowed-namespace.ts";
import { lacksOf } from "../../src/steps/rights.ts";
import { type PracticeCluster, startPracticeCluster } from "../helpers/practice-cluster.ts";

const folder = new URL("../../lessons", import.meta.url).pathname;

let cluster: PracticeCluster;
const at = (namespace: string): Kube => connectKube({ ...cluster, namespace });
const courseIn = (namespace: string) => loadCourse(folder, { namespace });

beforeAll(async () => {
  cluster = await startPracticeCluster({ nodes: 2, speed: 10 });
});
afterAll(() => cluster[Symbol.asyncDispose]());

const labelsOf = async (name: string) => (await at("default").get("Namespace", name))?.metadata?.labels;
const configMap = (name: string) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name } });

describe("a namespace for the course", () => {
  it("is made and labelled where it isn't there, and gone again when the course leaves", async () => {
    const kube = at("fresh");
    const found = await findNamespace(kube);
    const claim = await claimNamespace(kube, found, cluster.clock);
    expect([found, claim]).toEqual([{ state: "absent" }, { made: true, labelled: true }]);
    expect(await labelsOf("fresh")).toMatchObject({ "app.kubernetes.io/managed-by": "k8s-bootcamp" });
    await kube.create({ apiVersion: "v1", kind: "Pod", metadata: { name: "own" }, spec: { containers: [{ name: "a", image: "busybox:1.36" }] } });
    await leaveNamespace(kube, await courseIn("fresh"), cluster.clock, claim);
    expect(await findNamespace(kube)).toEqual({ state: "absent" });
  });

  it("that was there keeps all but what the course has put into it, and loses our label", async () => {
    await cluster.kubectl(["create", "namespace", "team"]);
    const kube = at("team");
    await kube.create(configMap("theirs"));
    expect(await foreignObjects(kube)).toEqual(["ConfigMap theirs"]);
    const course = await courseIn("team");
    const claim = await claimNamespace(kube, await findNamespace(kube), cluster.clock);
    expect(claim).toEqual({ made: false, labelled: true });
    for (const name of ["app.yml", "service.yml"])
      await cluster.kubectl(["apply", "-n", "team", "-f", new URL(`../../manifests/${name}`, import.meta.url).pathname]);
    await emptyNamespace(kube, course, cluster.clock);
    expect(await Promise.all(["Deployment", "ReplicaSet", "Pod", "Service"].map((kind) => kube.list(kind)))).toEqual([[], [], [], []]);
    await leaveNamespace(kube, course, cluster.clock, claim);
    expect(await labelsOf("team")).toEqual({ "kubernetes.io/metadata.name": "team" });
    expect(await foreignObjects(kube)).toEqual(["ConfigMap theirs"]);
  });

  it("keeps the label of whoever manages it", async () => {
    const metadata = { name: "helmed", labels: { "app.kubernetes.io/managed-by": "Helm" } };
    await at("default").create({ apiVersion: "v1", kind: "Namespace", metadata });
    const kube = at("helmed");
    expect(await claimNamespace(kube, await findNamespace(kube), cluster.clock)).toEqual({ made: false, labelled: false });
    expect(await labelsOf("helmed")).toMatchObject({ "app.kubernetes.io/managed-by": "Helm" });
  });

  it("has in the way what bears the names and labels of the course, not what has them elsewhere", async () => {
    await cluster.kubectl(["create", "namespace", "busy"]);
    await at("busy").create(configMap("promise"));
    await cluster.kubectl(["run", "stray", "-n", "busy", "--image=busybox:1.36", "--labels=app=bootcamp"]);
    await cluster.kubectl(["create", "clusterrole", "prometheus", "--verb=get", "--resource=pods"]);
    expect(await objectsInTheWay(at("busy"), await courseIn("busy"))).toEqual(["ConfigMap promise", "Pod stray"]);
    expect(await objectsInTheWay(at("team"), await courseIn("team"))).toEqual([]);
  });
});

describe("what steps lack", () => {
  const granted = new Set(["real-images"] as const);

  it("is nothing for who may do everything, but a cluster of one's own and a third node", async () => {
    const [course, kube] = [await courseIn("team"), at("team")];
    const lacks = await lacksOf(course, course.steps, granted, async () => ({ kube, rights: new Rights(kube) }));
    const needs = [...new Set([...lacks.values()].flatMap((lack) => lack.needs))];
    expect(needs.toSorted()).toEqual(["nodes>=3", "own-cluster"]);
    expect([...lacks.values()].flatMap(({ rights }) => rights)).toEqual([]);
    expect(lacks.has("monitoring/rbac/manifest")).toBe(false);
  });

  it("is asked of the cluster right by right, where a rule for one name is none for all", async () => {
    await cluster.kubectl(["create", "serviceaccount", "eye", "-n", "team"]);
    await cluster.kubectl(["create", "role", "eye", "-n", "team", "--verb=get,list", "--resource=pods,services,endpointslices"]);
    await cluster.kubectl(["create", "role", "one", "-n", "team", "--verb=get", "--resource=configmaps", "--resource-name=promise"]);
    for (const role of ["eye", "one"])
      await cluster.kubectl(["create", "rolebinding", role, "-n", "team", `--role=${role}`, "--serviceaccount=team:eye"]);
    const token = (await cluster.kubectl(["create", "token", "eye", "-n", "team"])).stdout.trim();
    const admin = (await cluster.kubectl(["config", "view", "--raw", "-o", "json"])).stdout;
    const config = { ...(JSON.parse(admin) as object), users: [{ name: cluster.context, user: { token } }] };
    const kube = connectKube({ ...cluster, namespace: "team", text: JSON.stringify(config) });
    const course = await courseIn("team");
    const lacks = await lacksOf(course, course.steps, granted, async () => ({ kube, rights: new Rights(kube) }));
    const told = (id: string) => rightTexts(lacks.get(id)?.rights ?? []);
    expect(told("deployments/first/app-yml")).toEqual(["create, patch deployments -n team"]);
    expect(told("services/cluster-ip/vip")).toContain("get configmaps -n kube-system");
    expect(told("concepts/declarative/twice").join("; ")).toContain("configmaps -n team");
    expect(told("concepts/architecture/every-node")).toEqual(["list nodes", "list daemonsets -n kube-system"]);
    expect(told("services/reach-it/other-namespace").join("; ")).toContain("create, update, delete namespaces");
    expect(lacks.has("deployments/scale/predict")).toBe(true);
    expect(lacks.has("deployments/first/api-version")).toBe(false);
  });
});
