import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CommandLine, openCommandLine } from "../helpers/command-line.ts";

describe("a learner at work", () => {
  let line: CommandLine;
  beforeAll(async () => {
    line = await openCommandLine();
    await line.run("next deployments/first/app-yml");
  });
  afterAll(() => line[Symbol.asyncDispose]());

  const status = async () =>
    JSON.parse((await line.run("status -o json")).stdout) as {
      step: { id: string; hintsShown: number; failedVerifies: number };
      steps: { passed: number; withHelp: number; placed: number; skipped: number };
      predictions: { made: number; right: number };
      connected: boolean;
    };

  it("gets a hint for nothing, another one for each failed verify, and the rest by asking for help", async () => {
    expect((await line.run("hint")).stdout).toMatch(/^Hint 1 of 3\n[\s\S]*after another verify/);
    expect((await line.run("hint")).stdout).toMatch(/^Hint 1 of 3\n/);
    expect(await line.run("verify")).toMatchObject({ code: 1 });
    expect((await line.run("hint")).stdout).toMatch(/^Hint 2 of 3\n/);
    expect((await status()).step).toEqual({
      id: "deployments/first/app-yml",
      title: "Write app.yml",
      hintsShown: 2,
      failedVerifies: 1,
    });
    expect((await line.run("hint --all")).stdout).toMatch(/Hint 1 of 3[\s\S]*Hint 2 of 3[\s\S]*Hint 3 of 3/);
  });

  it("is shown a solution, and keeps the own file when it is written", async () => {
    await writeFile(join(line.workspace, "app.yml"), "mine\n");
    const { stdout, stderr } = await line.run("solution --write");
    expect(stdout).toContain("app.yml, complete:\n\n    apiVersion: apps/v1\n    kind: Deployment");
    expect(stderr).toContain("Yours is kept as ./k8s-bootcamp/app.yml.bak-1");
    expect(await readFile(join(line.workspace, "app.yml.bak-1"), "utf8")).toBe("mine\n");
    expect(await line.run("verify")).toMatchObject({ code: 0 });
    expect((await status()).steps).toMatchObject({ passed: 1, withHelp: 1 });
  });

  it("applies as kubectl does, and is told who owns a field and both ways out", async () => {
    await line.run("next");
    expect(await line.run("apply")).toMatchObject({ code: 0, stdout: "deployment.apps/bootcamp created" });
    expect((await line.run("apply -f k8s-bootcamp/app.yml")).stdout).toBe("deployment.apps/bootcamp unchanged");
    await line.kubectl("scale deployment bootcamp --replicas=3");
    const conflict = await line.run("apply");
    expect(conflict).toMatchObject({ code: 1, stdout: "" });
    expect(conflict.stderr).toMatch(/deployment\.apps\/bootcamp: spec\.replicas belongs to "kubectl"/);
    expect(conflict.stderr).toContain("try: k8s-bootcamp apply -f app.yml --force-conflicts   takes it");
    expect(conflict.stderr).toContain("try: or leave it out of app.yml, and it stays theirs");
    expect((await line.run("apply --force-conflicts")).stdout).toBe("deployment.apps/bootcamp configured");
    const twice = (await readFile(join(line.workspace, "app.yml"), "utf8")).replace("replicas:", "replicsa:");
    const bad = await line.run("apply -f -", { input: twice });
    expect(bad).toMatchObject({ code: 1, stderr: expect.stringContaining("replicsa") });
    expect(await line.run("apply -f none.yml")).toMatchObject({ code: 2, stderr: 'error: the path "none.yml" does not exist' });
  });

  it("puts the step's objects back, and the cluster, as often as wished", async () => {
    expect(await line.run("reset")).toMatchObject({ code: 2, stderr: expect.stringContaining("try: k8s-bootcamp reset --yes") });
    expect((await line.kubectl("get deployment -o name")).stdout).toBe("deployment.apps/bootcamp");
    for (const flags of ["", "", "--cluster"]) {
      expect(await line.run(`reset --yes ${flags}`)).toMatchObject({ code: 0 });
      expect((await line.kubectl("get deployment -o name")).stdout).toBe("");
    }
    expect((await line.kubectl("get nodes -o name")).stdout.split("\n")).toHaveLength(4);
  });

  it("has a cluster as older texts describe it, when asked for, and after a reset, too", async () => {
    const taints = async () =>
      (await line.kubectl("get node bootcamp-control-plane -o jsonpath={.spec.taints[*].key}")).stdout.split(" ");
    await line.run("cluster create --recreate --profile as-the-text");
    expect(await taints()).toEqual(["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"]);
    await line.run("reset --cluster --yes");
    expect(await taints()).toHaveLength(2);
    await line.run("cluster create --recreate");
    expect(await taints()).toHaveLength(1);
  });

  it("predicts, and only the first choice counts", async () => {
    await line.run("next deployments/scale/predict");
    const wrong = await line.run("verify --answer b -o json");
    expect(wrong.code).toBe(1);
    expect(JSON.parse(wrong.stdout)).toMatchObject({
      step: "deployments/scale/predict",
      passed: false,
      checks: [{ name: "choice", passed: false }],
    });
    expect(await line.run("verify --answer a")).toMatchObject({ code: 0 });
    expect((await status()).predictions).toEqual({ made: 1, right: 0 });
  });

  it("skips what is known by its hardest step, and leaves a step for later", async () => {
    const skip = await line.run("skip setup/tools");
    expect(skip.stderr).toContain("Pass this step without help, and lesson setup/tools counts as passed.");
    const { clientVersion } = JSON.parse((await line.kubectl("version --client -o json")).stdout) as {
      clientVersion: { gitVersion: string };
    };
    const verify = await line.run(["verify", "--answer", clientVersion.gitVersion]);
    expect(verify.stdout).toContain("Passed without help: the whole lesson counts as passed.");
    expect((await status()).steps.placed).toBe(1);
    await line.run("next setup/cluster/trial");
    expect((await line.run("skip")).stdout).toContain("Describe four nodes");
    expect((await status()).steps.skipped).toBe(1);
  });

  it("works in a shell where kubectl talks to the cluster and we are on PATH", async () => {
    const script =
      "kubectl get nodes -o name | head -1; basename $PWD; k8s-bootcamp status -o json | grep connected; kubectl bootcamp next --help | tail -3 | head -1\n";
    const { code, stdout, stderr } = await line.run("shell", { input: script, env: { SHELL: "/bin/sh" } });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'node/bootcamp-control-plane\nk8s-bootcamp\n  "connected": true\n  kubectl bootcamp next [LESSON|STEP] [options]',
    });
    expect(stderr).toContain("Leave it with exit.");
    expect(await line.run("shell", { env: { SHELL: "/no/shell" } })).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("cannot start /no/shell"),
    });
  });

  it("points kubectl at the cluster in each shell's own words", async () => {
    const [bash, fish, powershell] = await Promise.all(
      ["/bin/bash", "/usr/bin/fish", "/usr/bin/pwsh"].map((SHELL) => line.run("env", { env: { SHELL } })),
    );
    const file = join(line.state, "kubeconfig");
    expect(bash!.stdout).toContain(`export KUBECONFIG='${file}'\n`);
    expect(fish!.stdout).toContain(`set -gx KUBECONFIG '${file}'\n`);
    expect(fish!.stdout).toContain("# k8s-bootcamp env | source");
    expect(powershell!.stdout).toContain(`$Env:KUBECONFIG = '${file}'\n`);
    expect((await line.run("env --shell zsh", { env: { SHELL: "/usr/bin/fish" } })).stdout).toContain("export KUBECONFIG=");
  });

  it("completes commands, flags, values and lessons with TAB", async () => {
    const complete = async (words: string) => {
      const typed = words
        .split(" ")
        .map((word) => `"${word}"`)
        .join(" ");
      const shell = `k8s-bootcamp() { node "$BIN" "$@"; }; source <(k8s-bootcamp completion bash); COMP_WORDS=(k8s-bootcamp ${typed}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _k8s_bootcamp; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return (await line.run("", { shell })).stdout.split("\n");
    };
    expect(await complete("s")).toEqual(["solution", "status", "skip", "shell", "setup"]);
    expect(await complete("next self")).toEqual(
      expect.arrayContaining(["self-healing/delete-a-pod", "self-healing/delete-a-pod/delete"]),
    );
    expect(await complete("skip self")).toEqual(["self-healing/delete-a-pod"]);
    expect(await complete("cluster d")).toEqual(["delete"]);
    expect(await complete("list -o j")).toEqual(["json"]);
    expect(await complete("verify --a")).toEqual(["--answer"]);
    expect(await complete("completion f")).toEqual(["fish"]);
  });

  it("begins the whole course anew, every file of it kept as a copy", async () => {
    const before = await readFile(join(line.workspace, "app.yml"), "utf8");
    expect(await line.run("reset --all --yes")).toMatchObject({ code: 0 });
    expect(await readFile(join(line.workspace, "app.yml.bak-2"), "utf8")).toBe(before);
    expect(await line.run("next")).toMatchObject({ code: 0, stdout: expect.stringContaining("A step that already passes") });
    expect((await status()).steps.passed).toBe(0);
  });
});
