import { readFile, writeFile, utimes } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CommandLine, openCommandLine } from "../helpers/command-line.ts";

describe("the practice cluster's process", () => {
  let line: CommandLine;
  beforeAll(async () => {
    line = await openCommandLine();
  });
  afterAll(() => line[Symbol.asyncDispose]());

  const simulators = async (): Promise<string[]> => {
    const { stdout } = await line.run("", {
      shell: `grep -lz -- "$K8S_BOOTCAMP_HOME/clusters/bootcamp" /proc/[0-9]*/cmdline | cut -d/ -f3`,
    });
    const pids = stdout.split("\n").filter(Boolean);
    const { stdout: own } = await line.run("", {
      shell: `for p in ${pids.join(" ")}; do tr '\\0' ' ' < /proc/$p/cmdline; echo; done 2>/dev/null | grep -c simulator.js`,
    });
    return Array.from({ length: Number(own) }, (_, index) => pids[index]!);
  };
  const applied = () => line.kubectl("get configmap kept -o jsonpath={.data.key}");

  it("is started once by two commands at the same moment", async () => {
    const both = await Promise.all([line.run("next"), line.run("next"), line.run("next")]);
    for (const { code, stderr } of both) expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(await simulators()).toHaveLength(1);
  });

  it("outlives the command, and loses nothing acknowledged when killed; the next command starts it again", async () => {
    await line.kubectl("create configmap kept --from-literal=key=value");
    const before = await line.process();
    process.kill(before.pid, "SIGKILL");
    const [verify, status] = [await line.run("cluster status"), await line.run("env")];
    expect(verify).toMatchObject({ code: 3, stdout: expect.stringContaining("stopped") });
    expect(status).toMatchObject({ code: 0 });
    const after = await line.process();
    expect(after).toMatchObject({ port: before.port });
    expect(after.pid).not.toBe(before.pid);
    expect((await applied()).stdout).toBe("value");
  });

  it("stops and starts, and takes another port when its own is taken", async () => {
    const { port } = await line.process();
    expect((await line.run("cluster stop")).stdout).toContain("The cluster is stopped.");
    expect((await line.run("cluster stop")).stdout).toContain("was not running");
    expect(await simulators()).toEqual([]);
    const somebody = createServer().listen(port, "127.0.0.1");
    await line.run("env");
    expect((await line.process()).port).not.toBe(port);
    expect((await applied()).stdout).toBe("value");
    await new Promise((resolve) => somebody.close(resolve));
  });

  it("is never taken for another process or server that has its old numbers", async () => {
    await line.run("cluster stop");
    const stranger = createServer((socket) => void socket.resume()).listen(0, "127.0.0.1");
    await new Promise((resolve) => stranger.once("listening", resolve));
    const { port } = stranger.address() as { port: number };
    const folder = join(line.state, "clusters", "bootcamp");
    await writeFile(join(folder, "process.json"), JSON.stringify({ pid: process.pid, port, startedAt: Date.now() }));
    expect(await line.run("cluster status")).toMatchObject({ code: 3 });
    await line.run("cluster stop");
    expect(await line.run("env")).toMatchObject({ code: 0 });
    expect((await applied()).stdout).toBe("value");
    await new Promise((resolve) => stranger.close(resolve));
  });

  it("comes back when its files for processes are garbage", async () => {
    await line.run("cluster stop");
    const folder = join(line.state, "clusters", "bootcamp");
    await writeFile(join(folder, "process.json"), "{");
    await writeFile(join(line.state, "lock"), "garbage");
    await writeFile(join(line.state, "cluster.json"), "garbage");
    await line.run("next");
    expect(await line.run("cluster status")).toMatchObject({ code: 0 });
  });

  it("has another kubeconfig that only its owner reads, where the learner's own settings survive a restart", async () => {
    await line.kubectl("config set-context --current --namespace=kube-system");
    await line.run("cluster stop");
    await line.run("env");
    const text = await readFile(join(line.state, "kubeconfig"), "utf8");
    expect(text).toContain("namespace: kube-system");
    expect(text).toContain(`server: https://127.0.0.1:${(await line.process()).port}`);
    await writeFile(join(line.state, "kubeconfig"), "garbage");
    expect(await line.run("env")).toMatchObject({ code: 0 });
    expect((await line.kubectl("get nodes -o name")).stdout).toBe("node/bootcamp-control-plane");
  });

  it("is started anew after the program was installed anew", async () => {
    const before = await line.process();
    const entry = join(import.meta.dirname, "../../dist/simulator/simulator.js");
    await utimes(entry, new Date(), new Date());
    await line.run("env");
    expect((await line.process()).pid).not.toBe(before.pid);
  });

  it("is gone after a delete, which is content with none", async () => {
    expect((await line.run("cluster delete")).stdout).toContain("The cluster is deleted.");
    expect(await simulators()).toEqual([]);
    expect(await line.run("cluster delete")).toMatchObject({ code: 0, stdout: "There was no cluster." });
    expect(JSON.parse((await line.run("cluster status -o json")).stdout)).toEqual({ state: "absent" });
  });
});
