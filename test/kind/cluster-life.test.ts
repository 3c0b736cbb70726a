import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ran } from "../helpers/command-line.ts";
import { openRealKind, type RealKind, userKubeconfig } from "../helpers/real-kind.ts";

const own = `apiVersion: v1
kind: Config
clusters: [{ name: work, cluster: { server: "https://127.0.0.1:1" } }]
contexts: [{ name: kind-bootcamp, context: { cluster: work, user: me } }]
current-context: kind-bootcamp
users: [{ name: me, user: {} }]
`;

const described = `kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes: [{ role: control-plane, labels: { tier: front } }, { role: worker }, { role: worker }, { role: worker }]
`;

const NEIGHBOUR = "bootcamp-neighbour";

let kind: RealKind;
let run: RealKind["line"]["run"];
let kubectl: RealKind["line"]["kubectl"];

const nodesOf = async (cluster: string, ...more: string[]) =>
  (await kind.docker("ps", "--all", "--filter", `label=io.x-k8s.kind.cluster=${cluster}`, ...more)).split("\n").filter(Boolean);
/** Everything about another cluster that we could have changed. */
const neighbour = async () =>
  kind.docker(
    "inspect",
    "--format",
    "{{.Id}} {{.State.StartedAt}} {{.State.Status}} {{.RestartCount}}",
    `${NEIGHBOUR}-control-plane`,
  );
/** Interrupts, or kills, a command as soon as it has said something. */
async function endWhen(said: string, signal: NodeJS.Signals, args: readonly string[]): Promise<Ran> {
  const command = kind.line.start(args);
  let err = "";
  command.stderr!.on("data", (chunk: Buffer) => {
    err += chunk.toString();
    if (err.includes(said)) command.kill(signal);
  });
  const { exitCode, stdout, stderr } = await command;
  return { code: exitCode, stdout: String(stdout), stderr: String(stderr) };
}

let before: string;
beforeAll(async () => {
  kind = await openRealKind();
  ({ run, kubectl } = kind.line);
  const config = userKubeconfig(kind.line);
  await mkdir(dirname(config), { recursive: true });
  await writeFile(config, own);
  const theirs = join(kind.line.folder, "neighbour.kubeconfig");
  const image = kind.nodeImage.replace("--image node=", "");
  await execa("kind", ["create", "cluster", "--name", NEIGHBOUR, "--kubeconfig", theirs, ...(image ? ["--image", image] : [])]);
  before = await neighbour();
}, 900_000);

afterAll(async () => {
  await run("reset --all --yes");
  const theirs = join(kind.line.folder, "neighbour.kubeconfig");
  await execa("kind", ["delete", "cluster", "--name", NEIGHBOUR, "--kubeconfig", theirs]);
  await kind.line[Symbol.asyncDispose]();
}, 900_000);

describe("a kind cluster", () => {
  it("is made from the learner's cluster.yml: four nodes, all Ready, each step shown", async () => {
    expect(await run("doctor --provider kind")).toMatchObject({ code: 0, stdout: expect.stringMatching(/✓ Docker .*\n✓ kind /) });
    await mkdir(kind.line.workspace);
    await writeFile(join(kind.line.workspace, "cluster.yml"), described);
    const made = await run(`cluster create --provider kind ${kind.nodeImage}`);
    expect(made).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/The kind cluster is made: 4 nodes, as .*\/cluster\.yml describes/),
    });
    const steps = made.stderr.split("\n").filter((line) => line.startsWith("  "));
    expect(steps.map((line) => line.trim())).toEqual([
      expect.stringMatching(/^Getting the node image kindest\/node:/),
      "Starting the nodes' containers …",
      "Writing the nodes' configuration …",
      "Starting the control plane …",
      "Installing the Pod network …",
      "Installing the storage class …",
      "Joining the workers …",
      "Waiting until every node is Ready …",
    ]);
    const { stdout } = await kubectl("get nodes --no-headers");
    expect(stdout.split("\n").map((line) => line.split(/\s+/).slice(0, 2).join(" "))).toEqual([
      "bootcamp-control-plane Ready",
      "bootcamp-worker Ready",
      "bootcamp-worker2 Ready",
      "bootcamp-worker3 Ready",
    ]);
    expect((await kubectl("get nodes --selector tier=front --output name")).stdout).toBe("node/bootcamp-control-plane");
    expect((await stat(join(kind.line.state, "kubeconfig"))).mode & 0o777).toBe(0o600);
    expect(await run("cluster status")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("kind bootcamp, running, 4 nodes"),
    });
    expect(await run("cluster create")).toMatchObject({ code: 2, stderr: expect.stringContaining("there is a cluster already") });
  });

  it("has an image of this machine on every node when told so", async () => {
    const name = "bootcamp-test/nothing:1";
    await execa("docker", ["import", "-", name], { input: await emptyArchive() });
    expect(await run(`cluster load ${name}`)).toMatchObject({ code: 0, stdout: `On every node now: ${name}` });
    for (const node of await nodesOf("bootcamp", "--format", "{{.Names}}")) {
      expect(await kind.docker("exec", node, "crictl", "images")).toContain("bootcamp-test/nothing");
    }
    await kind.docker("rmi", name);
    expect(await run("cluster load bootcamp-test/none:1")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Docker has no image bootcamp-test/none:1"),
    });
  });

  it("is put back by a reset within 20 seconds: what was made beside the step goes, all else stays as it was", async () => {
    await run("next setup/cluster/create");
    await kubectl("create namespace elsewhere");
    await kubectl("create configmap theirs --namespace elsewhere");
    const outside = await objectsOutside();
    await kubectl("create configmap mine");
    await kubectl("create serviceaccount mine");
    await kubectl("create deployment mine --image=registry.k8s.io/pause:3.10 --replicas=2");
    await kubectl("expose deployment mine --port=80");
    const begun = performance.now();
    const reset = await run("reset --yes");
    expect(reset).toMatchObject({ code: 0, stderr: expect.stringContaining("ConfigMap mine") });
    expect((performance.now() - begun) / 1000).toBeLessThan(20);
    expect((await kubectl("get all,cm,sa --output name")).stdout.split("\n")).toEqual([
      "service/kubernetes",
      "configmap/kube-root-ca.crt",
      "serviceaccount/default",
    ]);
    expect(await objectsOutside()).toEqual(outside);
    expect(await run("reset --yes")).toMatchObject({ code: 0, stderr: expect.not.stringContaining("removed") });
  });

  it("stops, and starts again with all that is in it, even after a node died", async () => {
    await kubectl("create configmap kept --from-literal=key=value");
    expect((await run("cluster stop")).stdout).toContain("The cluster is stopped.");
    expect(await run("cluster status")).toMatchObject({ code: 3, stdout: expect.stringContaining("stopped") });
    expect(await run("env")).toMatchObject({ code: 0 });
    expect((await kubectl("get configmap kept --output jsonpath={.data.key}")).stdout).toBe("value");
    await kind.docker("kill", "bootcamp-worker2");
    expect(await run("cluster status")).toMatchObject({ code: 3 });
    expect(await run("env")).toMatchObject({ code: 0 });
    expect((await kubectl("get nodes --output name")).stdout.split("\n")).toHaveLength(4);
    expect((await kubectl("get nodes")).stdout).not.toContain("NotReady");
  });

  it("leaves the practice cluster beside it, and goes back and forth with marks kept", async () => {
    const marks = async () => (JSON.parse((await run("status -o json")).stdout) as { steps: object }).steps;
    const kept = await marks();
    expect(await run("cluster use practice")).toMatchObject({ code: 0, stdout: expect.stringContaining("practice cluster") });
    await run("next setup/cluster/create");
    expect((await kubectl("config current-context")).stdout).toBe("practice-bootcamp");
    expect(await marks()).toEqual(kept);
    expect(await run("cluster use kind")).toMatchObject({ code: 0 });
    expect((await kubectl("config current-context")).stdout).toBe("kind-bootcamp");
    expect((await kubectl("get configmap kept --output name")).stdout).toBe("configmap/kept");
  });
});

describe("a kind cluster that can't be made", () => {
  const create = (more = "") => run(`cluster create --provider kind --recreate ${kind.nodeImage} ${more}`);
  const config = async (nodes: string): Promise<string> => {
    const file = join(kind.line.folder, "own.yml");
    await writeFile(file, `kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n${nodes}\n`);
    return `--config ${file}`;
  };

  it("is cleared away when somebody presses Ctrl-C", async () => {
    const args = `cluster create --provider kind --recreate ${kind.nodeImage}`.split(" ").filter(Boolean);
    const { code, stderr } = await endWhen("Starting the control plane", "SIGINT", args);
    expect({ code, last: stderr.trim().split("\n").at(-1) }).toEqual({
      code: 130,
      last: "  Deleting the nodes that are there …",
    });
    expect(await nodesOf("bootcamp")).toHaveLength(1);
    expect(await run("cluster status")).toMatchObject({ code: 3, stdout: expect.stringContaining("none yet") });
  });

  it("is found half made after a kill, and cured by the next command", async () => {
    const args = `cluster create --trial ${kind.nodeImage}`.split(" ").filter(Boolean);
    expect(await endWhen("Starting the control plane", "SIGKILL", args)).toMatchObject({ code: undefined });
    expect(await run("cluster status")).toMatchObject({ code: 3, stdout: expect.stringContaining("none yet") });
    expect(await run(`cluster create --trial ${kind.nodeImage}`)).toMatchObject({ code: 0 });
    expect((await kubectl("get nodes --no-headers")).stdout).toMatch(/^bootcamp-control-plane +Ready/);
  });

  it("tells of a port that somebody has", async () => {
    const somebody = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => somebody.once("listening", resolve));
    const { port } = somebody.address() as { port: number };
    const mapping = `{ containerPort: 80, hostPort: ${port}, listenAddress: 127.0.0.1 }`;
    const failed = await create(await config(`nodes: [{ role: control-plane, extraPortMappings: [${mapping}] }]`));
    somebody.close();
    expect(failed).toMatchObject({ code: 3, stderr: expect.stringContaining(`error: 127.0.0.1:${port} is taken`) });
    expect(await nodesOf("bootcamp", "--quiet")).toEqual([]);
  });

  it("tells of a file that kind refuses, an image nobody has, and a daemon that isn't there", async () => {
    const subnet = await create(await config('networking: { podSubnet: "nonsense" }'));
    expect(subnet).toMatchObject({ code: 2, stderr: expect.stringContaining("kind does not take the cluster's description:") });
    const image = await run("cluster create --provider kind --recreate --image node=localhost:1/kindest/node:v1.34.0");
    expect(image).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/image localhost:1\/kindest\/node:v1\.34\.0 could not be fetched/),
    });
    const daemon = await run("cluster create --provider kind --recreate", { env: { DOCKER_HOST: "unix:///nowhere.sock" } });
    expect(daemon).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("the Docker daemon at unix:///nowhere.sock does not answer"),
    });
    expect(await nodesOf("bootcamp", "--quiet")).toEqual([]);
  });

  it("does not take the place of a cluster that somebody else gave that name", async () => {
    const image = await kind.docker("inspect", "--format", "{{.Image}}", `${NEIGHBOUR}-control-plane`);
    await kind.docker("create", "--name", "bootcamp-theirs", "--label", "io.x-k8s.kind.cluster=bootcamp", image);
    const refused = await create();
    const deleted = await run("cluster delete");
    const left = await nodesOf("bootcamp", "--format", "{{.Names}}");
    await kind.docker("rm", "bootcamp-theirs");
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining("there is a kind cluster named bootcamp") });
    expect({ code: deleted.code, left }).toEqual({ code: 0, left: ["bootcamp-theirs"] });
  });
});

describe("all that is not ours", () => {
  it("is as it was: another kind cluster, the user's kubeconfig and its context", async () => {
    expect(await neighbour()).toBe(before);
    expect(await readFile(userKubeconfig(kind.line), "utf8")).toBe(own);
    expect(await readdir(dirname(userKubeconfig(kind.line)))).toEqual(expect.not.arrayContaining(["config.lock"]));
    expect(await nodesOf("bootcamp", "--quiet")).toEqual([]);
  });
});

/** What is in other namespaces and in none, but for what the cluster itself keeps writing. */
async function objectsOutside(): Promise<Record<string, string>> {
  const kinds = "deploy,ds,svc,cm,secret,sa,role,rolebinding,pod,ns,clusterrole,clusterrolebinding,sc,priorityclass";
  const { stdout } = await kubectl(`get ${kinds} --all-namespaces --output json`);
  const { items } = JSON.parse(stdout) as { items: { kind: string; metadata: Record<string, string> }[] };
  const outside = items.filter(({ metadata }) => metadata["namespace"] !== "default");
  return Object.fromEntries(
    outside.map(({ kind: what, metadata }) => [
      `${metadata["namespace"]}/${what}/${metadata["name"]}`,
      `${metadata["uid"]} ${metadata["generation"]}`,
    ]),
  );
}

/** A tar with one empty file. */
async function emptyArchive(): Promise<Uint8Array> {
  const { stdout } = await execa("tar", ["--create", "--file=-", "--directory=/dev", "null"], { encoding: "buffer" });
  return stdout;
}
