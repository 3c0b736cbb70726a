import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { main } from "../../src/cli/main.ts";
import { failureOf } from "../../src/clusters/kind-failures.ts";
import { english } from "../../src/ui/messages/en.ts";
import { japanese } from "../../src/ui/messages/ja.ts";
import { wordsOf } from "../../src/ui/problem.ts";
import { kindCreated, kindStderr } from "../fixtures/kind-stderr.ts";
import { memoryDeps, memoryIo } from "../helpers/memory-io.ts";
import { type RecordedKind, recordedKind } from "../helpers/recorded-kind.ts";

it.each(Object.entries(kindStderr))("%s has words in both languages, and something to do", (_, said) => {
  const problem = failureOf(said);
  const [en, ja] = [english("k8s-bootcamp"), japanese("k8s-bootcamp")].map((messages) => wordsOf(problem, messages));
  expect(en!.what).toMatch(/^[\u0020-\u007E]+$/);
  expect(ja!.what).toMatch(/[\u3041-\u30FF]/);
  expect(en!.try?.length).toBeGreaterThan(0);
  expect(ja!.try).toHaveLength(en!.try!.length);
});

describe("the learner who wants kind", { timeout: 30_000 }, () => {
  let programs: RecordedKind;
  beforeEach(async () => {
    programs = await recordedKind();
    await mkdir(join(programs.folder, "state"));
  });
  afterEach(() => programs[Symbol.asyncDispose]());

  async function run(...args: string[]) {
    const io = memoryIo();
    const code = await main(args, memoryDeps(programs.folder, { io, env: { PATH: programs.bin } }));
    return { code, out: io.out(), err: io.err() };
  }

  it.each([
    [kindStderr.portTaken, 3, /error: 0\.0\.0\.0:18080 is taken: .*\n {2}why: .*\n {2}try: ss -ltnp \| grep :18080/],
    [kindStderr.rateLimit, 3, /error: Docker Hub gives this address no more images for now\n {2}why: .*\n {2}try: docker login/],
    [kindStderr.configField, 2, /error: kind does not take the cluster's description: .*field node not found/],
    [kindStderr.unheardOf, 3, /error: kind or Docker failed: failed to create cluster: the moon is full/],
  ])("is told what happened and what to do: %#", async (stderr, code, words) => {
    await programs.reply({ "kind create": { code: 1, stderr } });
    const ran = await run("cluster", "create", "--provider", "kind");
    expect(ran).toMatchObject({ code, out: "", err: expect.stringMatching(words) });
    expect(JSON.parse((await run("cluster", "status", "-o", "json")).out)).toEqual({ state: "absent" });
  });

  it("sees each step as a line, where there is no terminal", async () => {
    await programs.reply({ "kind create": { code: 1, stderr: kindCreated } });
    const { err } = await run("cluster", "create", "--provider", "kind");
    expect(err).toContain(
      "Making a kind cluster of 4 nodes …\n  Getting the node image kindest/node:v1.34.4 …\n  Starting the nodes' containers …\n",
    );
  });

  it("stays on the practice cluster where kind can't be had, and hears why", async () => {
    await programs.without("docker");
    const use = await run("cluster", "use", "kind");
    expect(use).toMatchObject({ code: 3, err: expect.stringContaining("error: docker is not on PATH") });
    expect(use.err).toContain("try: k8s-bootcamp cluster use practice   needs no Docker");
    const doctor = await run("doctor", "--provider", "kind", "--lang", "ja");
    expect(doctor).toMatchObject({ code: 3, out: expect.stringContaining("✗ PATH に docker がありません") });
    expect((await run("doctor")).out).not.toContain("docker");
  });

  it("is shown the way through the course while Docker sleeps, and why nothing can be looked at", async () => {
    const state = join(programs.folder, "state");
    const cluster = { name: "bootcamp", trial: false };
    await writeFile(join(state, "cluster.json"), JSON.stringify({ provider: "kind", clusters: { kind: cluster } }));
    await mkdir(join(state, "clusters", "kind-bootcamp"), { recursive: true });
    const record = { spec: { name: "bootcamp", nodes: [{ role: "control-plane" }] }, containers: ["id0"] };
    await writeFile(join(state, "clusters", "kind-bootcamp", "cluster.json"), JSON.stringify(record));
    const down = "Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?\n";
    await programs.reply({ "docker ps": { code: 1, stderr: down }, "docker info": { code: 1, stderr: down } });
    const silence = "the Docker daemon at unix:///x.sock does not answer";
    expect(await run("status")).toMatchObject({ code: 0, out: expect.stringContaining(`stopped, one node: ${silence}`) });
    expect(await run("cluster", "status")).toMatchObject({ code: 3, out: expect.stringContaining(silence) });
    expect(await run("env")).toMatchObject({ code: 3, out: "", err: expect.stringContaining(`error: ${silence}`) });
    expect(await run("doctor")).toMatchObject({ code: 3, out: expect.stringContaining(`✗ ${silence}`) });
  });

  it("keeps marks when going over, and begins the step anew there", async () => {
    const progress = join(programs.folder, "state", "progress.json");
    const marks = { "setup/tools/kubectl": { passedAt: "2026-11-24T00:00:00.000Z" } };
    const begun = { "deployments/first/apply": { startedAt: "2026-11-24T00:00:00.000Z", hints: 1 } };
    const current = "deployments/first/apply";
    await writeFile(progress, JSON.stringify({ format: 1, current, steps: { ...marks, ...begun }, files: {} }));
    const { code, out } = await run("cluster", "use", "kind");
    expect({ code, out }).toEqual({
      code: 0,
      out: `The course now runs on the kind cluster. There is none yet; the next step that needs it makes it. Your marks and files stay.
deployments/first/apply was begun on the other cluster, so it is prepared again here.
Then: k8s-bootcamp next
`,
    });
    expect(JSON.parse(await readFile(progress, "utf8"))).toMatchObject({ steps: { ...marks, [current]: { hints: 1 } } });
    expect(await run("verify")).toMatchObject({ code: 2, err: expect.stringContaining(`k8s-bootcamp next ${current}`) });
    expect(await run("cluster", "use", "kind")).toMatchObject({ code: 0, out: expect.not.stringContaining("prepared again") });
  });
});
