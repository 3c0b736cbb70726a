import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/system/clock.ts";
import { type LockOptions, withLock } from "../../src/system/lock.ts";
import { birthOf } from "../../src/system/process.ts";

describe("a lock file", () => {
  let dir: string;
  let file: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "lock-"));
    file = join(dir, "lock");
  });
  afterEach(() => rm(dir, { recursive: true }));

  const options = (patience: number, signal = new AbortController().signal): LockOptions => ({
    clock: systemClock,
    signal,
    patience,
    held: (pid) => new Error(`held by ${pid}`),
    unwritable: (error) => new Error("unwritable", { cause: error }),
  });
  const taken = () => withLock(file, options(0), async () => "done");
  /** Number of a process that is there no more. */
  const ended = 2 ** 22 + 1;

  it("lets one work at a time, in a row", async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await readFile(file);
      inside--;
    };
    await Promise.all(Array.from({ length: 20 }, () => withLock(file, options(10_000), work)));
    expect(most).toBe(1);
    expect(await readdir(dir)).toEqual([]);
  });

  it("is freed when the work fails", async () => {
    await expect(withLock(file, options(0), () => Promise.reject(new Error("work")))).rejects.toThrow("work");
    expect(await taken()).toBe("done");
  });

  it("is taken over from a process that is gone", async () => {
    await writeFile(file, JSON.stringify({ pid: ended, birth: "1" }));
    expect(await taken()).toBe("done");
  });

  it.runIf(birthOf(process.pid) !== "")("is taken over when another process has the old one's number", async () => {
    await writeFile(file, JSON.stringify({ pid: process.ppid, birth: "1" }));
    expect(await taken()).toBe("done");
  });

  it("is taken over when it holds nothing that makes sense: whoever makes one has written into it before", async () => {
    for (const text of ["", "garbage", "{}"]) {
      await writeFile(file, text);
      expect(await taken()).toBe("done");
    }
    expect(await readdir(dir)).toEqual([]);
  });

  it("names the process that holds it, and leaves it alone", async () => {
    const mine = JSON.stringify({ pid: process.ppid, birth: birthOf(process.ppid) });
    await writeFile(file, mine);
    await expect(taken()).rejects.toThrow(`held by ${process.ppid}`);
    expect(await readFile(file, "utf8")).toBe(mine);
  });

  it("stops waiting when interrupted", async () => {
    await writeFile(file, JSON.stringify({ pid: process.ppid, birth: birthOf(process.ppid) }));
    const interruption = new AbortController();
    const waiting = withLock(file, options(60_000, interruption.signal), async () => "never");
    interruption.abort(new Error("interrupted"));
    await expect(waiting).rejects.toThrow("interrupted");
  });

  it("says so where it can't be written", async () => {
    await writeFile(join(dir, "file"), "");
    await expect(withLock(join(dir, "file", "lock"), options(0), async () => "never")).rejects.toThrow("unwritable");
  });
});
