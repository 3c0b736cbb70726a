import { beforeAll, expect, test } from "vitest";
import type { Mount, VolumeFiles } from "../../src/simulator/kubelet/runtime.ts";
import { createNode, logText } from "../helpers/container-node.ts";

// Shells load their grammar when the first one runs, which takes real time; the clock of these tests is stepped.
beforeAll(async () => void (await import("just-bash")));

const volume = (files: Record<string, string>, more: Partial<VolumeFiles> = {}): VolumeFiles => ({
  files: new Map(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)])),
  writable: false,
  ...more,
});

/** A busybox container with mounts, and what commands in it print. */
async function start(mounts: Mount[], spec: { memoryLimit?: number; command?: string[] } = {}) {
  const node = createNode();
  const container = await node.run("busybox:1.36", { command: ["sleep", "1000"], mounts, ...spec });
  const sh = async (script: string) => {
    let output = "";
    const print = (chunk: Uint8Array) => void (output += Buffer.from(chunk).toString());
    const status = container.exec(["sh", "-c", script], { tty: false, stdout: print, stderr: print });
    await node.clock.step(100);
    await status;
    return output;
  };
  return { ...node, container, sh };
}

test("a ConfigMap's files follow its changes through ..data, and cannot be written", async () => {
  const config = volume({ release: "blue" }, { version: "..2026_01_01_00_00_00.1", modes: new Map([["release", 0o600]]) });
  const { sh } = await start([{ mountPath: "/etc/app", readOnly: true, volume: config }]);

  expect(await sh("cat /etc/app/release; ls -a /etc/app; readlink /etc/app/release; stat -c %a /etc/app/..data/release")).toBe(
    "blue.\n..\n..2026_01_01_00_00_00.1\n..data\nrelease\n..data/release\n600\n",
  );
  expect(await sh("echo red > /etc/app/release")).toBe("sh: can't create /etc/app/release: Read-only file system\n");
  config.files.set("release", Buffer.from("green"));
  expect(await sh("cat /etc/app/release")).toBe("green");
});

test("a subPath shows what the volume had when the container started", async () => {
  const config = volume({ "prometheus.yml": "old" });
  const { sh } = await start([
    { mountPath: "/etc/prometheus/prometheus.yml", subPath: "prometheus.yml", readOnly: true, volume: config },
    { mountPath: "/etc/prometheus/nope.yml", subPath: "nope.yml", readOnly: true, volume: config },
  ]);
  config.files.set("prometheus.yml", Buffer.from("new"));

  expect(await sh("cat /etc/prometheus/prometheus.yml; ls -F /etc/prometheus")).toBe("oldnope.yml/\nprometheus.yml\n");
});

test("two containers share an emptyDir, folders and all", async () => {
  const shared = volume({}, { writable: true });
  const one = await start([{ mountPath: "/data", readOnly: false, volume: shared }]);
  const two = await start([{ mountPath: "/in", readOnly: true, volume: shared }]);

  await one.sh("mkdir -p /data/a/b; echo hi > /data/a/f; mkdir /data/empty; mv /data/a/f /data/a/g");
  expect(await two.sh("cd /in; find . | sort; cat a/g; touch x")).toBe(
    "./\n./a\n./a/b\n./a/g\n./empty\nhi\ntouch: x: Read-only file system\n".replace("./\n", ".\n"),
  );
  await one.sh("rm -r /data/a");
  expect(await two.sh("ls /in")).toBe("empty\n");
});

test("a container has its image's files to itself", async () => {
  const node = createNode();
  let pods = 0;
  const run = async (script: string) => {
    const container = await node.run("busybox", { command: ["sh", "-c", script] }, node.pod(`10.244.0.${++pods}`));
    await node.clock.step(100);
    return logText(container);
  };
  await run("rm /bin/ls; echo gone > /etc/passwd; mkdir /new");
  expect(await run("ls -d /bin/ls /etc/passwd /new; cat /etc/passwd")).toBe(
    "ls: /new: No such file or directory\n/bin/ls\n/etc/passwd\nroot:x:0:0:root:/root:/bin/sh",
  );
});

test("shared memory counts as memory: a container over its limit is OOMKilled", async () => {
  const { container, clock } = await start([], {
    memoryLimit: 16 * 1024 * 1024,
    command: ["sh", "-c", "dd if=/dev/zero of=/dev/shm/fill bs=1M count=40 && exec sleep 1d"],
  });
  await clock.step(1_000);
  expect(await container.exited).toEqual({ exitCode: 137, reason: "OOMKilled" });

  const enough = await start([], {
    memoryLimit: 64 * 1024 * 1024,
    command: ["sh", "-c", "dd if=/dev/zero of=/dev/shm/fill bs=1M count=40 && exec sleep 1d"],
  });
  await enough.clock.step(1_000);
  expect(enough.container.usage().memoryBytes).toBeGreaterThan(40 * 1024 * 1024);
  expect(logText(enough.container)).toContain("40+0 records out");
});

test("what is written to /dev/stdout and /dev/termination-log goes to the log and to the volume", async () => {
  const message = volume({ log: "" }, { writable: true });
  const { sh, container } = await start([
    { mountPath: "/dev/termination-log", subPath: "log", readOnly: false, volume: message },
  ]);
  await sh("echo told > /dev/termination-log; echo seen > /proc/1/fd/1");

  expect(message.files.get("log")?.toString()).toBe("told\n");
  expect(logText(container)).toBe("seen");
});
