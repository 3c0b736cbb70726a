import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockFolder } from "../../src/simulator/folder-lock.ts";

describe("the lock on a cluster's folder", () => {
  let dir: string;
  let file: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "folder-lock-"));
    file = join(dir, "lock");
  });
  afterEach(() => rm(dir, { recursive: true }));

  it("holds this process's number, and nothing is left of it", async () => {
    const unlock = lockFolder(file);
    expect(await readdir(dir)).toEqual(["lock"]);
    expect(await readFile(file, "utf8")).toBe(String(process.pid));
    unlock();
    expect(await readdir(dir)).toEqual([]);
  });

  it("is left alone while its process lives", async () => {
    await writeFile(file, String(process.ppid));
    expect(() => lockFolder(file)).toThrow(`process ${process.ppid} already serves this cluster`);
    expect(await readdir(dir)).toEqual(["lock"]);
  });

  it.each([
    ["of a process that is there no more", String(2 ** 22 + 1)],
    ["with nothing in it", ""],
    ["of one that had our number", String(process.pid)],
  ])("%s is taken over", async (_, text) => {
    await writeFile(file, text);
    lockFolder(file);
    expect(await readFile(file, "utf8")).toBe(String(process.pid));
    expect(await readdir(dir)).toEqual(["lock"]);
  });

  it.runIf(process.platform === "linux")("of a process that ended and was not looked after is taken over", async () => {
    const parent = execa("sh", ["-c", "true & echo $!; exec sleep 60"], { reject: false });
    const zombie = String(await new Promise((resolve) => parent.stdout.once("data", resolve))).trim();
    for (let stat = ""; !/\) Z/.test(stat);) stat = await readFile(`/proc/${zombie}/stat`, "utf8");
    await writeFile(file, zombie);
    lockFolder(file);
    expect(await readFile(file, "utf8")).toBe(String(process.pid));
    parent.kill();
    await parent;
  });
});
