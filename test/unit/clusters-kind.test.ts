import { existsSync, readFileSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { kindProvider } from "../../src/clusters/kind.ts";
import { ClusterError } from "../../src/clusters/problem.ts";
import type { ClusterProvider, ClusterSpec, ClusterStep } from "../../src/clusters/provider.ts";
import { systemClock } from "../../src/system/clock.ts";
import { systemExec } from "../../src/system/exec.ts";
import { isAlive } from "../../src/system/process.ts";
import { kindCreated, kindStderr } from "../fixtures/kind-stderr.ts";
import { memoryDeps } from "../helpers/memory-io.ts";
import { type RecordedKind, recordedKind } from "../helpers/recorded-kind.ts";

const spec: ClusterSpec = {
  name: "bootcamp",
  nodes: [{ role: "control-plane", image: "kindest/node:v1.34.4" }, { role: "worker" }],
  file: { name: "theirs", nodes: [{ role: "control-plane", extraPortMappings: [{ containerPort: 80 }] }, { role: "worker" }] },
};

let programs: RecordedKind;
let interruption: AbortController;
let provider: ClusterProvider;
let state: string;

beforeEach(async () => {
  programs = await recordedKind();
  interruption = new AbortController();
  const deps = memoryDeps(programs.folder, { env: { PATH: programs.bin } });
  state = deps.paths.clusters;
  provider = kindProvider({
    ...deps,
    clock: systemClock,
    exec: systemExec,
    env: { PATH: programs.bin, KIND_EXPERIMENTAL_PROVIDER: "podman" },
    signal: interruption.signal,
    toTheEnd: (work) => work(),
  });
});
afterEach(() => programs[Symbol.asyncDispose]());

const containers = (...states: string[]) =>
  states.map((one, index) => `id${index}\tbootcamp-${index === 0 ? "control-plane" : `worker${index}`}\t${one}\n`).join("");

/** kind and Docker as they are while a cluster comes up: containers are there as soon as it was made. */
const comesUp = () =>
  programs.reply({
    "kind create": { stderr: kindCreated, script: `echo made > '${programs.folder}/made'; echo apiVersion: v1 > "$6"` },
    "kind delete": { script: `/bin/rm -f '${programs.folder}/made'` },
    "docker ps": { script: `[ -f '${programs.folder}/made' ] && printf '${containers("running", "running")}'` },
    "docker inspect": { stdout: "id1\t172.18.0.2\nid0\t172.18.0.3\n" },
    "docker exec": {
      stdout: ["control-plane", "worker1"].map((node) => `bootcamp-${node}\tTrue\t2999-01-01T00:00:00Z\n`).join(""),
    },
  });

const problemOf = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof ClusterError ? error.problem : error;
};

const create = async (steps: ClusterStep[] = []) => provider.create(spec, (step) => void steps.push(step));

describe("making a cluster", { timeout: 30_000 }, () => {
  it("tells each step as kind does, with its own kubeconfig, on all that the file says", async () => {
    await comesUp();
    const steps: ClusterStep[] = [];
    const cluster = await create(steps);
    expect(steps).toEqual([
      { code: "node-image", image: "kindest/node:v1.34.4" },
      ...["nodes", "configuration", "control-plane", "network", "storage", "workers", "ready"].map((code) => ({ code })),
    ]);
    const made = (await programs.calls()).find((call) => call.startsWith("kind create"));
    const kubeconfig = join(state, "kind-bootcamp", "kubeconfig");
    expect(made).toBe(`kind create cluster --name bootcamp --kubeconfig ${kubeconfig} --config - --retain`);
    expect(JSON.parse(await programs.input())).toEqual({
      kind: "Cluster",
      apiVersion: "kind.x-k8s.io/v1alpha4",
      nodes: [
        { role: "control-plane", image: "kindest/node:v1.34.4", extraPortMappings: [{ containerPort: 80 }] },
        { role: "worker" },
      ],
    });
    expect(readFileSync(cluster.kubeconfig, "utf8")).toBe("apiVersion: v1\n");
    expect(await provider.state("bootcamp")).toBe("running");
    expect(await provider.describe("bootcamp")).toEqual(spec);
  });

  it("never takes the place of a cluster that it did not make", async () => {
    await programs.reply({ "docker ps": { stdout: containers("running") } });
    expect(await problemOf(create())).toEqual({ code: "kind-name-taken", name: "bootcamp" });
    expect(await provider.state("bootcamp")).toBe("absent");
    await provider.delete("bootcamp");
    expect((await programs.calls()).filter((call) => /^kind (create|delete)|^docker (rm|stop|start)/.test(call))).toEqual([]);
  });

  it("knows its own by the containers: one that somebody made under that name afterwards is not ours", async () => {
    await comesUp();
    await create();
    await programs.reply({ "docker ps": { stdout: containers("running").replace("id0", "theirs") } });
    expect(await provider.state("bootcamp")).toBe("absent");
    await provider.delete("bootcamp");
    expect((await programs.calls()).filter((call) => call.startsWith("kind delete"))).toEqual([]);
  });

  it("clears away what a killed one left half made, its lock of the kubeconfig, too", async () => {
    await comesUp();
    await writeFile(join(programs.folder, "made"), "");
    await mkdir(join(state, "kind-bootcamp"), { recursive: true });
    await writeFile(join(state, "kind-bootcamp", "cluster.json"), JSON.stringify({ spec }));
    await writeFile(join(state, "kind-bootcamp", "kubeconfig.lock"), "");
    expect(await provider.state("bootcamp")).toBe("absent");
    await create();
    const calls = (await programs.calls()).filter((call) => /^kind (create|delete)/.test(call));
    expect(calls.map((call) => call.slice(0, 11))).toEqual(["kind delete", "kind create"]);
    expect(existsSync(join(state, "kind-bootcamp", "kubeconfig.lock"))).toBe(false);
  });

  it("saves the nodes' logs when it fails, finds the cause in them, and leaves nothing else", async () => {
    await comesUp();
    await programs.reply({
      "kind create": { code: 1, stderr: kindStderr.nodeDead, script: `echo made > '${programs.folder}/made'` },
      "kind export": {
        code: 1,
        script: `/bin/mkdir "$3/bootcamp-worker"; echo 'Failed to create control group inotify object: Too many open files' > "$3/bootcamp-worker/serial.log"`,
      },
    });
    const steps: ClusterStep[] = [];
    const log = join(state, "kind-bootcamp-logs");
    expect(await problemOf(create(steps))).toEqual({ code: "inotify-short", log });
    expect(steps.slice(-2)).toEqual([{ code: "logs" }, { code: "clear-away" }]);
    expect((await readdir(log)).toSorted()).toEqual(["bootcamp-worker", "kind-create.log"]);
    expect(readFileSync(join(log, "kind-create.log"), "utf8")).toBe(kindStderr.nodeDead);
    expect(existsSync(join(programs.folder, "made"))).toBe(false);
  });

  it("ends kind and all it started when it is interrupted, and clears away", async () => {
    await comesUp();
    const pids = join(programs.folder, "pids");
    await programs.reply({
      "kind create": {
        stderr: kindCreated.split("\n").slice(0, 4).join("\n"),
        script: `echo made > '${programs.folder}/made'; /bin/sleep 300 & echo $$ $! > '${pids}.new'; /bin/mv '${pids}.new' '${pids}'; wait`,
      },
    });
    const steps: ClusterStep[] = [];
    const outcome = problemOf(create(steps));
    while (!existsSync(pids)) await systemClock.sleep(10);
    interruption.abort(new Error("interrupted"));
    await outcome;
    expect(steps.at(-1)).toEqual({ code: "clear-away" });
    expect(readFileSync(pids, "utf8").trim().split(" ").map(Number).filter(isAlive)).toEqual([]);
    expect(existsSync(join(programs.folder, "made"))).toBe(false);
    expect(await provider.state("bootcamp")).toBe("absent");
  });

  it.each([
    ["kind v0.19.0 go1.20 linux/amd64", "2", "v1.34.4", { code: "kind-old", version: "0.19.0", needed: "0.20.0" }],
    ["kind v0.31.0 go1.25 linux/amd64", "2", "v1.36.4", { code: "kind-old", version: "0.31.0", needed: "0.32.0" }],
    ["kind v0.33.0 go1.27 linux/amd64", "1", "v1.36.4", { code: "cgroup-v1", image: expect.stringContaining("v1.34.11@") }],
  ])("refuses at once what could not start: %s, cgroup v%s, node image %s", async (version, cgroups, tag, problem) => {
    await programs.reply({
      "kind version": { stdout: `${version}\n` },
      "docker info": { stdout: JSON.stringify({ CgroupVersion: cgroups }) },
    });
    const wanted = { ...spec, nodes: [{ role: "control-plane" as const, image: `kindest/node:${tag}` }] };
    expect(await problemOf(provider.create(wanted, () => {}))).toMatchObject(problem);
    expect((await programs.calls()).filter((call) => call.startsWith("kind create"))).toEqual([]);
  });
});

describe("the life of a cluster", { timeout: 30_000 }, () => {
  it("asks Docker nothing while there is none of ours", async () => {
    await programs.without("docker");
    expect(await provider.state("bootcamp")).toBe("absent");
    await provider.delete("bootcamp");
    expect(await provider.obstacle()).toEqual({ code: "docker-missing" });
  });

  it("stops its nodes, and starts them in the order of their addresses", async () => {
    await comesUp();
    await create();
    await provider.stop("bootcamp");
    await programs.reply({ "docker ps": { stdout: containers("exited", "exited") } });
    expect(await provider.state("bootcamp")).toBe("stopped");
    const steps: ClusterStep[] = [];
    await provider.ensure("bootcamp", (step) => void steps.push(step));
    expect(steps).toEqual([{ code: "nodes" }, { code: "ready" }]);
    const calls = (await programs.calls()).filter((call) => /^docker (stop|start)/.test(call));
    expect([calls.slice(0, 2).toSorted(), calls.slice(2)]).toEqual([
      ["docker stop id0", "docker stop id1"],
      ["docker start id1 id0"],
    ]);
  });

  it("loads an image that Docker has, and says so of one that it hasn't", async () => {
    await comesUp();
    await create();
    const steps: ClusterStep[] = [];
    await provider.load!("bootcamp", ["app:1"], (step) => void steps.push(step));
    expect(steps).toEqual([{ code: "load-image", image: "app:1" }]);
    expect(await programs.calls()).toContain("kind load docker-image app:1 --name bootcamp");
    await programs.reply({ "docker image": { code: 1, stderr: "Error: No such image: app:2\n" } });
    expect(await problemOf(provider.load!("bootcamp", ["app:2"], () => {}))).toEqual({ code: "image-not-here", image: "app:2" });
  });

  it("finds beforehand what it stands on, and what is short of it", async () => {
    expect(await provider.examine!()).toMatchObject([
      { check: "docker", state: "good", version: "28.5.2" },
      { check: "kind", state: "good", version: "0.33.0" },
      { check: "cgroups", state: "good", version: 2 },
      { check: "memory", state: "good" },
      ...(existsSync("/proc/sys/fs/inotify") ? [{ check: "inotify" }] : []),
    ]);
    await programs.reply({
      "kind version": { stdout: "kind v0.29.0 go1.24.2 linux/amd64\n" },
      "docker info": {
        stdout: JSON.stringify({ ServerVersion: "20.10.24", CgroupVersion: "1", MemTotal: 2 ** 30, DockerRootDir: "/" }),
      },
    });
    expect(await provider.examine!()).toMatchObject([
      { check: "docker", state: "good" },
      { check: "kind", state: "note", problem: { code: "kind-old", version: "0.29.0", needed: "0.32.0" } },
      { check: "cgroups", state: "note", version: 1, image: expect.stringContaining("v1.34.11@") },
      { check: "memory", state: "note", bytes: 2 ** 30 },
      { check: "disk" },
      ...(existsSync("/proc/sys/fs/inotify") ? [{ check: "inotify" }] : []),
    ]);
    await programs.without("kind");
    await programs.reply({
      "docker info": {
        code: 1,
        stderr: "Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?\n",
      },
    });
    expect(await provider.examine!()).toMatchObject([
      { check: "docker", state: "bad", problem: { code: "docker-down", address: "unix:///x.sock" } },
      { check: "kind", state: "bad", problem: { code: "kind-missing" } },
    ]);
  });
});
