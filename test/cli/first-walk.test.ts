import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CommandLine, openCommandLine } from "../helpers/command-line.ts";

/** A kubeconfig of the user's own: whoever uses it is seen. */
async function decoy(): Promise<{ port: number; visits: () => number; close(): void }> {
  let visits = 0;
  const server = createServer((socket) => {
    visits++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as { port: number }).port, visits: () => visits, close: () => void server.close() };
}

describe("the first walk", () => {
  let line: CommandLine;
  let trap: Awaited<ReturnType<typeof decoy>>;
  let theirs: string;

  beforeAll(async () => {
    trap = await decoy();
    line = await openCommandLine();
    theirs = join(line.folder, "theirs");
    line.env["KUBECONFIG"] = theirs;
    await writeFile(theirs, decoyConfig(trap.port));
  });
  afterAll(async () => {
    await line[Symbol.asyncDispose]();
    trap.close();
  });

  it("begins with one command, and passes the first check with the second", async () => {
    const next = await line.run("");
    expect(next).toMatchObject({ code: 0 });
    expect(next.stdout).toContain("A step that already passes");
    expect(next.stdout).toContain("Wrote cluster.yml into ./k8s-bootcamp\nThen: k8s-bootcamp verify");
    const verify = await line.run("verify");
    expect(verify).toMatchObject({ code: 0 });
    expect(verify.stdout).toContain("✓ file-there  cluster.yml:1 kind: Cluster");
    expect(verify.stdout).toContain("Next: k8s-bootcamp next  kubectl, kind, Docker: who needs what");
  });

  it("asks for an answer, and says how to give it where there is no terminal", async () => {
    expect((await line.run("next")).stdout).toContain("Then: k8s-bootcamp verify --answer …");
    expect(await line.run("verify")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("try: k8s-bootcamp verify --answer VALUE"),
    });
    const { stdout } = await line.run("", { shell: "kubectl version --client -o json" });
    const { gitVersion } = (JSON.parse(stdout) as { clientVersion: { gitVersion: string } }).clientVersion;
    expect(await line.run(["verify", "--answer", "v1.0.0"])).toMatchObject({ code: 1 });
    expect(await line.run(["verify", "--answer", gitVersion.toUpperCase()])).toMatchObject({ code: 0 });
  });

  it("points kubectl at the trial cluster, which answers at the port it names", async () => {
    const next = await line.run("next");
    expect(next.stdout).toContain('eval "$(k8s-bootcamp env)"');
    const shell = `eval "$(node $BIN env)"; kubectl get nodes -o name; kubectl cluster-info | head -1 | sed 's/.*://'`;
    const [node, port] = (await line.run("", { shell })).stdout.split("\n");
    expect(node).toBe("node/bootcamp-control-plane");
    const inside = await line.run("verify --answer 6443");
    expect(inside).toMatchObject({ code: 1 });
    expect(inside.stdout.replaceAll(/\s+/g, " ")).toContain(
      "6443 is the port inside the node; the outside port is chosen at creation",
    );
    expect(await line.run(["verify", "--answer", port!.replaceAll(/\D|\[0m/g, "")])).toMatchObject({ code: 0 });
  });

  it("makes the cluster that the learner has described", async () => {
    await line.run("next");
    expect((await line.run("verify")).stdout).toMatch(/✗ roles\b.*/);
    await line.run("solution --write");
    expect(await line.run("verify")).toMatchObject({ code: 0 });
    await line.run("next");
    const early = await line.run("verify");
    expect(early.code).toBe(1);
    expect(early.stdout.replaceAll(/\s+/g, " ")).toContain("k8s-bootcamp cluster create");
    const create = await line.run("cluster create");
    expect(create.stdout).toContain("4 nodes");
    expect(await line.run("verify")).toMatchObject({ code: 0 });
    expect((await line.kubectl("get nodes -o name")).stdout.split("\n")).toHaveLength(4);
    expect(await line.run("cluster create")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("k8s-bootcamp cluster create --recreate"),
    });
  });

  it("goes to a step of its own, applies with either tool, and lists what is passed", async () => {
    await line.run("next deployments/first/app-yml");
    expect(await readFile(join(line.workspace, "app.yml"), "utf8")).toContain("replicas: # TODO");
    await line.run("solution --write");
    expect(await line.run("verify")).toMatchObject({ code: 0 });
    await line.run("next");
    expect((await line.kubectl("apply -f app.yml")).stdout).toBe("deployment.apps/bootcamp created");
    expect(await line.run("verify")).toMatchObject({ code: 0 });
    expect((await line.run("apply")).stdout).toBe("deployment.apps/bootcamp unchanged");
    const list = await line.run("list -o json");
    const { chapters, current } = JSON.parse(list.stdout) as {
      current: string;
      chapters: { lessons: { id: string; state: string }[] }[];
    };
    expect(current).toBe("deployments/first/apply");
    expect(chapters[0]!.lessons.map(({ state }) => state)).toEqual(["passed", "begun"]);
  });

  it("leaves the user's own kubeconfig and cluster alone", async () => {
    expect(await readFile(theirs, "utf8")).toBe(decoyConfig(trap.port));
    expect(trap.visits()).toBe(0);
    expect((await line.run("", { shell: 'stat -c %a "$K8S_BOOTCAMP_HOME/kubeconfig"' })).stdout).toBe("600");
  });
});

const decoyConfig = (port: number): string => `apiVersion: v1
kind: Config
current-context: production
contexts: [{ name: production, context: { cluster: production, user: me, namespace: default } }]
clusters: [{ name: production, cluster: { server: "http://127.0.0.1:${port}" } }]
users: [{ name: me, user: { token: secret } }]
`;
