import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CommandLine, openCommandLine } from "../helpers/command-line.ts";

describe("trouble", () => {
  let line: CommandLine;
  beforeEach(async () => {
    line = await openCommandLine();
  });
  afterEach(() => line[Symbol.asyncDispose]());

  it("is named with its line when a TAB is in a file of the learner's", async () => {
    await line.run("next");
    await writeFile(
      join(line.workspace, "cluster.yml"),
      "kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnodes:\n\t- role: worker\n",
    );
    const verify = await line.run("verify");
    expect(verify.code).toBe(1);
    expect(verify.stdout).toContain("line 4 starts with a TAB; YAML indents with spaces");
    const create = await line.run("cluster create --config k8s-bootcamp/cluster.yml");
    expect(create).toMatchObject({ code: 2, stderr: expect.stringContaining("cluster.yml:4: line 4 starts with a TAB") });
  });

  it("with the learner's file ends in a copy of it, never in its loss", async () => {
    await line.run("next");
    const file = join(line.workspace, "cluster.yml");
    await writeFile(file, "mine\n");
    expect((await line.run("next")).stdout).toContain("Kept your cluster.yml");
    expect(await readFile(file, "utf8")).toBe("mine\n");
    expect(await line.run("reset --files")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("k8s-bootcamp reset --files --yes"),
    });
    await line.run("reset --files --yes");
    expect(await readFile(`${file}.bak-1`, "utf8")).toBe("mine\n");
    await writeFile(file, "mine too\n");
    await line.run("reset --files --yes");
    expect(await readFile(`${file}.bak-2`, "utf8")).toBe("mine too\n");
    expect(await line.run("verify")).toMatchObject({ code: 0 });
  });

  it("with a progress file that somebody broke costs the marks and a word, not the course", async () => {
    await line.run("next");
    const file = join(line.state, "progress.json");
    await writeFile(file, '{"format": 1, "steps": [');
    const status = await line.run("status");
    expect(status).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(`${file} could not be read, so it was set aside as ${file}.bak-1`),
    });
    expect(await readFile(`${file}.bak-1`, "utf8")).toContain('"steps": [');
    await rm(file, { force: true });
    await mkdir(file);
    expect(await line.run("status")).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("a folder stands where a file must be"),
    });
  });

  it("with where things are kept names the place, the reason and the cure", async () => {
    const file = join(line.folder, "file");
    await writeFile(file, "");
    const noState = await line.run("next", { env: { K8S_BOOTCAMP_HOME: join(file, "state") } });
    expect(noState).toMatchObject({ code: 3 });
    expect(noState.stderr).toContain(`cannot write into ${file}/state, where the tutor keeps what is its own`);
    expect(noState.stderr).toContain("K8S_BOOTCAMP_HOME=FOLDER puts it elsewhere");
    const noWorkspace = await line.run(["next", "--dir", join(file, "work")]);
    expect(noWorkspace).toMatchObject({ code: 3, stderr: expect.stringContaining("a part of the path is a file, not a folder") });
    expect(await line.run("doctor", { env: { K8S_BOOTCAMP_HOME: "/proc/1/nothing" } })).toMatchObject({ code: 3 });
  });

  it("of a full disk is told in words, and what was there stays whole", async () => {
    await line.run("next");
    const before = await readFile(join(line.state, "progress.json"), "utf8");
    const full = await line.run("", { shell: "ulimit -f 0; node $BIN next setup/tools/versions" });
    expect(full.code).toBe(3);
    expect(full.stderr).toMatch(/error: cannot write .*\n {2}why: the file would be larger than this shell's limit allows/);
    expect(await readFile(join(line.state, "progress.json"), "utf8")).toBe(before);
    expect((await readdir(line.state)).filter((name) => /\.(tmp|new)|lock/.test(name))).toEqual([]);
    expect(await line.run("next setup/tools/versions")).toMatchObject({ code: 0 });
  });

  it("with the cluster's own files is told with the log, and cured by a new cluster", async () => {
    await line.run("next");
    await line.run("cluster stop");
    await writeFile(join(line.state, "clusters", "bootcamp", "cluster.json"), "{");
    const next = await line.run("next");
    expect(next).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("the practice cluster did not start\n  why: SyntaxError"),
    });
    expect(next.stderr).toContain("try: k8s-bootcamp reset --cluster");
    expect(await line.run("reset --cluster --yes")).toMatchObject({ code: 0 });
    expect(await line.run("cluster status")).toMatchObject({ code: 0 });
    await rm(join(line.state, "cluster.json"));
    await mkdir(join(line.state, "cluster.json"));
    expect(await line.run("cluster status")).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("a folder stands where a file must be"),
    });
  });

  it("of a folder that is gone is no reason to begin another one", async () => {
    await line.run("next");
    await rm(line.workspace, { recursive: true });
    expect(await line.run("verify")).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(`k8s-bootcamp next --dir ${line.workspace}`),
    });
    expect(await line.run(["next", "--dir", line.workspace])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Wrote cluster.yml"),
    });
    await rm(line.workspace, { recursive: true });
    const gone = `mkdir gone && cd gone && rmdir ../gone && node $BIN list`;
    expect(await line.run("", { shell: gone })).toMatchObject({ code: 0 });
  });

  it("of a reader who leaves is nobody's trouble", async () => {
    const { stdout, stderr } = await line.run("", { shell: "set -o pipefail; node $BIN list | head -1; echo ${PIPESTATUS[0]}" });
    expect({ stdout, stderr }).toEqual({ stdout: "Get ready\n0", stderr: "" });
  });

  it("of Ctrl-C ends a command with 130, and the next one goes on", async () => {
    const next = line.start(["next"]);
    await new Promise<void>((resolve) => next.stderr!.once("data", () => resolve()));
    next.kill("SIGINT");
    expect((await next).exitCode).toBe(130);
    expect(await line.run("next")).toMatchObject({ code: 0, stdout: expect.stringContaining("A step that already passes") });
    expect(await line.run("verify")).toMatchObject({ code: 0 });
  });
});
