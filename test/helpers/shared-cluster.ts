import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dump, load } from "js-yaml";
import { main } from "../../src/cli/main.ts";
import { type Course, loadCourse } from "../../src/course/course.ts";
import type { Step } from "../../src/course/lesson.ts";
import { fillPlaceholders } from "../../src/course/placeholders.ts";
import type { Snapshot } from "../../src/course/progress.ts";
import { connectKube, type Kube } from "../../src/kube/kube.ts";
import type { KubeObject } from "../../src/kube/objects.ts";
import { knownResources } from "../../src/kube/resources.ts";
import { doAction, valueOf, type Workshop } from "../../src/steps/actions.ts";
import { systemClock } from "../../src/system/clock.ts";
import { systemExec } from "../../src/system/exec.ts";
import { type CommandLine, openCommandLine, type Ran } from "./command-line.ts";
import { kubectlBinary } from "./kubectl.ts";
import { memoryDeps } from "./memory-io.ts";

/** A cluster that somebody runs for a class, and a kubeconfig that may do everything in it. */
export interface SharedCluster extends AsyncDisposable {
  kubeconfig: string;
  context: string;
}

const inProject = (path: string): string => new URL(`../../${path}`, import.meta.url).pathname;

const CLASS = "class-2b";
const lessons = ["deployments/first", "deployments/scale", "services/cluster-ip", "self-healing/delete-a-pod"];
const beyond = ["deployments/first/birth", "services/cluster-ip/vip"];

const all = { apiGroups: ["", "apps", "discovery.k8s.io"], resources: ["*"], verbs: ["*"] };
const rule = (group: string, resources: string[], verbs: string[]) => ({ apiGroups: [group], resources, verbs });
const write = ["get", "list", "watch", "create", "update", "patch", "delete"];

/** Three learners, what they may do in their namespaces, and the steps that this leaves out. */
const learners = [
  { name: "ana", rules: [all], notHere: beyond, differs: lessons },
  {
    name: "ben",
    rules: [
      rule("", ["pods", "services", "configmaps", "services/proxy"], write),
      rule("apps", ["deployments", "deployments/scale", "replicasets"], write),
      rule("discovery.k8s.io", ["endpointslices"], ["get", "list", "watch"]),
    ],
    notHere: [...beyond, "services/cluster-ip/dns"],
    differs: ["services/cluster-ip"],
  },
  {
    name: "eri",
    rules: [
      rule("", ["pods", "pods/exec", "services", "configmaps", "services/proxy"], write),
      rule("apps", ["deployments", "deployments/scale"], write),
      rule("apps", ["replicasets"], ["get", "list", "watch"]),
      rule("discovery.k8s.io", ["endpointslices"], ["get", "list", "watch"]),
    ],
    notHere: [...beyond, "self-healing/delete-a-pod/replicaset"],
    differs: ["self-healing/delete-a-pod"],
  },
] as const;

interface Seat {
  line: CommandLine;
  /** The whole command line, in this process. */
  run(args: string | readonly string[]): Promise<Ran>;
  /** What the learner's own kubeconfig says. */
  theirs: string;
  namespace: string;
}

type Learner = (typeof learners)[number] & Seat;

/**
 * What must hold on any cluster that a class shares, be it simulated or real. All walk at once; where that would take too long, only
 * one learner the whole way, the others the lessons that their rights make different.
 */
export function testSharedCluster(open: () => Promise<SharedCluster>, { shortly = false } = {}): void {
  const wayOf = ({ differs }: Learner): readonly string[] => (shortly ? differs : lessons);
  describe("a cluster that a class shares", () => {
    let cluster: SharedCluster;
    let kube: Kube;
    let course: Course;
    let school: Learner[];
    let trap: Awaited<ReturnType<typeof decoy>>;
    let before: Map<string, string>;

    beforeAll(async () => {
      [cluster, course, trap] = await Promise.all([open(), loadCourse(inProject("lessons")), decoy()]);
      kube = connectKube({ ...cluster, namespace: "default" });
      await applyAs(cluster, [...learners.flatMap(desk), ...neighbours]);
      school = await Promise.all(
        learners.map(async (learner) => ({ ...learner, ...(await sitDown(cluster, learner.name, trap.port)) })),
      );
      before = await others(kube);
    }, 900_000);

    afterAll(async () => {
      for (const { line } of school ?? []) await line[Symbol.asyncDispose]();
      trap?.close();
      await cluster?.[Symbol.asyncDispose]();
    });

    it.each([
      [CLASS, 2, "which namespace"],
      [`${CLASS} --namespace default`, 2, "does not live in namespace default"],
      [`${CLASS} --namespace kube-system`, 2, "it belongs to the cluster itself"],
      [`prod-2b --namespace ${CLASS}-ana`, 2, 'its name is "prod-2b"'],
      [`${CLASS} --namespace ${CLASS}-ben`, 3, `missing right: list pods -n ${CLASS}-ben`],
      [`${CLASS} --namespace ${CLASS}-ana`, 2, `namespace ${CLASS}-ana is in use: ConfigMap handout`],
      ["class-2c", 2, `did you mean ${CLASS}?`],
    ])("refuses %s: exit code %i", async (context, code, says) => {
      const [ana] = school as [Learner, Learner, Learner];
      expect(await ana.run(`cluster use context ${context}`)).toMatchObject({
        code,
        stdout: "",
        stderr: expect.stringContaining(says),
      });
    });

    it("takes in three learners at once, and knows what the rights of each leave out", async () => {
      const used = await Promise.all(
        school.map(({ run, namespace }) => run(`cluster use context ${CLASS} --namespace ${namespace} --yes`)),
      );
      for (const [index, { namespace, run, notHere }] of school.entries()) {
        expect(used[index]).toMatchObject({
          code: 0,
          stdout: expect.stringContaining(`The course lives in namespace ${namespace} of "${CLASS}".`),
        });
        const { chapters } = JSON.parse((await run("list -o json")).stdout) as {
          chapters: { lessons: { id: string; steps: { id: string; notHere?: object }[] }[] }[];
        };
        const walked = chapters.flatMap((chapter) => chapter.lessons).filter(({ id }) => lessons.includes(id));
        expect(walked.flatMap(({ steps }) => steps.filter((step) => step.notHere).map(({ id }) => id))).toEqual(notHere);
      }
    });

    it("lets each walk every step that the rights allow, all at the same time", async () => {
      const walks = await Promise.all(school.map((learner) => walk(learner, course, wayOf(learner))));
      expect(walks).toEqual(
        school.map((learner) =>
          wayOf(learner)
            .flatMap((lesson) => stepsFor(learner, course, lesson))
            .map(({ id }) => id),
        ),
      );
    }, 600_000);

    it("says which right a step lacks: exit code 3", async () => {
      const [, { run, namespace }] = school as [Learner, Learner, Learner];
      const dns = await run("next services/cluster-ip/dns");
      expect(dns).toMatchObject({ code: 3, stdout: "" });
      expect(dns.stderr).toContain("error: services/cluster-ip/dns cannot be checked here");
      expect(dns.stderr).toContain(`it has to run commands in containers; missing rights: get, create pods/exec -n ${namespace}`);
    });

    it("takes a learner's own objects away when it leaves, and nobody else's", async () => {
      const [ana, ...others_] = school as [Learner, Learner, Learner];
      const theirs = await Promise.all(others_.map(({ namespace }) => objectsIn(kube, namespace)));
      await kube.create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "notes", namespace: ana.namespace } });
      const unsure = await ana.run("cluster delete");
      expect(unsure).toMatchObject({ code: 2, stderr: expect.stringContaining("k8s-bootcamp cluster delete --yes") });
      expect(await ana.run("reset --cluster --yes")).toMatchObject({
        code: 0,
        stderr: expect.stringContaining(`in namespace ${ana.namespace} will be deleted, and nothing else`),
      });
      expect(await ana.run("cluster delete --yes")).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("The course now runs on the practice cluster."),
      });
      const left = [...(await objectsIn(kube, ana.namespace)).keys()].filter((key) => !/ServiceAccount|kube-root-ca/.test(key));
      expect(left).toEqual(["ConfigMap/handout", "ConfigMap/notes", "Role/learner", "RoleBinding/learner"]);
      expect(await Promise.all(others_.map(({ namespace }) => objectsIn(kube, namespace)))).toEqual(theirs);
    });

    it("leaves every other namespace and the user's own kubeconfig as they were", async () => {
      expect(Object.fromEntries(await others(kube))).toEqual(Object.fromEntries(before));
      for (const { line, theirs } of school)
        expect(await readFile(join(line.env["HOME"]!, ".kube", "config"), "utf8")).toBe(theirs);
      expect(trap.visits()).toBe(0);
    });
  });
}

/** A learner's namespace, account and rights. */
function desk({ name, rules }: (typeof learners)[number]): KubeObject[] {
  const namespace = `${CLASS}-${name}`;
  const metadata = { name: "learner", namespace };
  const rbac = "rbac.authorization.k8s.io";
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "handout", namespace }, data: { page: "1" } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    { apiVersion: `${rbac}/v1`, kind: "Role", metadata, rules },
    {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: rbac, kind: "Role", name: "learner" },
      subjects: [{ kind: "ServiceAccount", name: "learner", namespace }],
    },
  ];
}

/** What somebody else has in the same cluster, called as the course's own things are. */
const neighbours: KubeObject[] = ["neighbours", "default"].flatMap((namespace) => [
  ...(namespace === "default" ? [] : [{ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }]),
  { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "promise", namespace }, data: { color: "blue" } },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "bootcamp", namespace, labels: { app: "bootcamp" } },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: "bootcamp" } },
      template: {
        metadata: { labels: { app: "bootcamp" } },
        spec: { containers: [{ name: "own", image: "busybox:1.36" }] },
      },
    },
  },
]);

async function applyAs({ kubeconfig }: SharedCluster, objects: readonly KubeObject[]): Promise<void> {
  const input = objects.map((object) => dump(object)).join("---\n");
  const done = await systemExec(await kubectlBinary("1.34"), ["--kubeconfig", kubeconfig, "apply", "-f", "-"], { input });
  expect(done.stderr).toBe("");
}

/** A machine of one's own, with a kubeconfig as a school hands it out: beside another cluster, which is the current one. */
async function sitDown({ kubeconfig, context }: SharedCluster, name: string, decoyPort: number): Promise<Seat> {
  const line = await openCommandLine();
  const folder = join(line.env["HOME"]!, ".kube");
  await mkdir(folder);
  const namespace = `${CLASS}-${name}`;
  const kubectl = await kubectlBinary("1.34");
  const admin = async (...args: string[]): Promise<string> =>
    (await systemExec(kubectl, ["--kubeconfig", kubeconfig, "--context", context, ...args])).stdout;
  const config = load(await admin("config", "view", "--raw", "--minify")) as {
    clusters: { cluster: { server: string; "certificate-authority-data": string } }[];
  };
  const { server, "certificate-authority-data": ca } = config.clusters[0]!.cluster;
  await writeFile(join(folder, "class-ca.crt"), Buffer.from(ca, "base64"));
  const token = (await admin("create", "token", "learner", "--namespace", namespace, "--duration", "24h")).trim();
  const theirs = dump({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "home",
    contexts: [
      { name: "home", context: { cluster: "home", user: "me" } },
      { name: CLASS, context: { cluster: "class", user: "me-in-class" } },
      { name: "prod-2b", context: { cluster: "class", user: "me-in-class" } },
    ],
    clusters: [
      { name: "home", cluster: { server: `http://127.0.0.1:${decoyPort}` } },
      { name: "class", cluster: { server, "certificate-authority": "class-ca.crt" } },
    ],
    users: [
      { name: "me", user: { token: "secret" } },
      { name: "me-in-class", user: { token } },
    ],
  });
  await writeFile(join(folder, "config"), theirs);
  return { line, theirs, namespace, run: (args) => runHere(line, args) };
}

async function runHere({ folder, env }: CommandLine, args: string | readonly string[]): Promise<Ran> {
  const deps = memoryDeps(folder, { env });
  const installation = { ...deps.installation, course: inProject("dist/course") };
  const code = await main(typeof args === "string" ? args.split(" ") : args, { ...deps, installation });
  return { code, stdout: deps.io.out(), stderr: deps.io.err() };
}

/** Whoever asks the other cluster is seen. */
async function decoy(): Promise<{ port: number; visits: () => number; close(): void }> {
  let visits = 0;
  const server = createServer((socket) => {
    visits++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as { port: number }).port, visits: () => visits, close: () => void server.close() };
}

/** Every lesson by `next` and `verify`, each step done as its solution does it. Gives the steps passed. */
async function walk(learner: Learner, course: Course, way: readonly string[]): Promise<string[]> {
  const { line, run, namespace } = learner;
  const workshop = workshopOf(line, namespace, course);
  const passed: string[] = [];
  for (const lesson of way) {
    const steps = stepsFor(learner, course, lesson);
    for (const step of steps) {
      succeeded(step, await run(step === steps[0] ? `next ${lesson}` : "next"));
      const { current, steps: marks } = await progressOf(line);
      const answer = await solve(step, workshop, marks[current]?.snapshot);
      succeeded(step, await run(["verify", ...(answer === undefined ? [] : ["--answer", answer])]));
      passed.push(current);
    }
  }
  return passed;
}

const stepsFor = ({ notHere }: Learner, course: Course, lesson: string): Step[] =>
  course.lesson(lesson).steps.filter(({ id }) => !(notHere as readonly string[]).includes(id));

async function solve(step: Step, workshop: Workshop, snapshot: Snapshot | undefined): Promise<string | undefined> {
  for (const action of step.solution.do) {
    const { exitCode, stdout, stderr } = await doAction(action, workshop, snapshot);
    succeeded(step, { code: exitCode, stdout, stderr });
  }
  return step.solution.answer === undefined
    ? undefined
    : fillPlaceholders(step.solution.answer, (expression) => valueOf(expression, workshop, snapshot));
}

function succeeded({ id }: Step, { code, stdout, stderr }: Ran): void {
  if (code !== 0) throw new Error(`${id}: exit code ${code}\n${stdout}${stderr}`);
}

async function progressOf({ state }: CommandLine) {
  const text = await readFile(join(state, "progress.json"), "utf8");
  return JSON.parse(text) as { current: string; steps: Record<string, { snapshot?: Snapshot }> };
}

function workshopOf({ state, workspace, env }: CommandLine, namespace: string, course: Course): Workshop {
  const target = { kubeconfig: join(state, "kubeconfig"), context: CLASS };
  let kube: Kube | undefined;
  return {
    course,
    language: "en",
    target,
    namespace,
    workspace,
    clock: systemClock,
    kube: () => Promise.resolve((kube ??= connectKube({ ...target, namespace }))),
    kubectl: (args) => systemExec("kubectl", args, { cwd: workspace, env: { ...env, KUBECONFIG: target.kubeconfig } }),
  };
}

/** Everything outside the learners' namespaces, by kind, namespace and name: what somebody wished, not how far it has come. */
async function others(kube: Kube): Promise<Map<string, string>> {
  const found = await objectsIn(kube, "*");
  const isTheirs = (key: string): boolean =>
    learners.some(({ name }) => key.includes(`@${CLASS}-${name}`) || key === `Namespace/${CLASS}-${name}`);
  return new Map([...found].filter(([key]) => !isTheirs(key)));
}

async function objectsIn(kube: Kube, namespace: string): Promise<Map<string, string>> {
  const kinds = knownResources.filter(({ kind, namespaced }) => kind !== "Event" && (namespaced || namespace === "*"));
  const lists = await Promise.all(
    kinds.map(async (resource) => ({ resource, objects: await kube.list(resource, { namespace }) })),
  );
  return new Map(
    lists.flatMap(({ resource, objects }) =>
      objects.map(({ metadata = {}, ...object }) => {
        const where = namespace === "*" && metadata.namespace ? `@${metadata.namespace}` : "";
        const { uid, labels = {} } = metadata;
        const wish = { ...object, status: undefined };
        return [`${resource.kind}/${metadata.name}${where}`, JSON.stringify({ uid, labels, wish })] as const;
      }),
    ),
  );
}
