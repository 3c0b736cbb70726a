import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { beforeEach, describe, expect, it } from "vitest";
import { birthOf } from "../../src/system/process.ts";
import { systemClock } from "../../src/system/clock.ts";
import { emptyProgress, type Progress, withStep } from "../../src/course/progress.ts";
import { ProgressStore, type SetAside } from "../../src/course/progress-store.ts";

describe("the progress file", () => {
  let dir = "";
  let file = "";
  let notices: SetAside[] = [];
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "progress-"));
    file = join(dir, "state", "progress.json");
    notices = [];
    return () => rm(dir, { recursive: true, force: true });
  });
  const open = (): ProgressStore =>
    new ProgressStore({
      file,
      clock: systemClock,
      signal: new AbortController().signal,
      onSetAside: (notice) => notices.push(notice),
    });
  const put = async (text: string): Promise<void> => {
    await mkdir(join(dir, "state"), { recursive: true });
    await writeFile(file, text);
  };
  const pass = (id: string) => (progress: Progress) => withStep(progress, id, { passedAt: "2026-11-24T00:00:00.000Z" });

  it("begins empty, and is written for its owner only", async () => {
    expect(await open().read()).toEqual(emptyProgress);
    await open().update(pass("a/b/c"));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await open().read()).toEqual(pass("a/b/c")(emptyProgress));
    expect(await readdir(join(dir, "state"))).toEqual(["progress.json"]);
  });

  it("keeps steps and fields that this version doesn't know", async () => {
    await put('{"format":1,"later":{"x":1},"steps":{"gone/lesson/step":{"passedAt":"t","stars":3}},"files":{}}');
    await open().update(pass("a/b/c"));
    expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({
      later: { x: 1 },
      steps: { "gone/lesson/step": { passedAt: "t", stars: 3 }, "a/b/c": {} },
    });
  });

  it("refuses a newer format, and leaves the file as it is", async () => {
    await put('{"format":2}');
    await expect(open().read()).rejects.toMatchObject({ problem: { code: "progress-newer", file, format: 2 } });
    await expect(open().update(pass("a"))).rejects.toMatchObject({ problem: { code: "progress-newer" } });
    expect(await readFile(file, "utf8")).toBe('{"format":2}');
  });

  it.each(["{", "", "[]", '{"format":"1"}', '{"format":1,"steps":{"a":1}}', '{"format":1,"steps":[]}', "\0\0\0"])(
    "sets a broken file aside, says so, and goes on: %j",
    async (broken) => {
      await put(broken);
      expect(await open().read()).toEqual(emptyProgress);
      expect(notices).toEqual([{ code: "progress-set-aside", file, backup: `${file}.bak-1` }]);
      expect(await readFile(`${file}.bak-1`, "utf8")).toBe(broken);
      await put("worse");
      await open().update(pass("a"));
      expect(await readFile(`${file}.bak-2`, "utf8")).toBe("worse");
      expect(Object.keys((await open().read()).steps)).toEqual(["a"]);
    },
  );

  it("says which file and why when it can't be written", async () => {
    await writeFile(join(dir, "state"), "a file where the folder should be");
    await expect(open().update(pass("a"))).rejects.toMatchObject({
      problem: { code: "file-unwritable", reason: expect.stringMatching(/EEXIST|ENOTDIR/) },
    });
  });

  it("takes over the turn of a process that died, but not that of one that lives", async () => {
    const dead = await promisify(execFile)(process.execPath, ["-p", "process.pid"]);
    await mkdir(join(dir, "state"));
    await writeFile(`${file}.lock`, JSON.stringify({ pid: Number(dead.stdout), birth: "1" }));
    await open().update(pass("a"));
    expect(await readdir(join(dir, "state"))).toEqual(["progress.json"]);

    await writeFile(`${file}.lock`, JSON.stringify({ pid: process.ppid, birth: birthOf(process.ppid) }));
    let time = 0;
    const clock = { now: () => (time += 500), sleep: () => Promise.resolve() };
    const impatient = new ProgressStore({ file, clock, signal: new AbortController().signal });
    await expect(impatient.update(pass("b"))).rejects.toMatchObject({
      problem: { code: "progress-locked", file: `${file}.lock`, pid: process.ppid },
    });
  });

  it("loses no mark when several processes write at once", async () => {
    const script = join(dir, "writer.mjs");
    const source = new URL("../../src/course/", import.meta.url).pathname;
    await build({
      stdin: {
        resolveDir: source,
        contents: `
          import { ProgressStore } from "./progress-store.ts";
          import { withStep } from "./progress.ts";
          import { systemClock } from "../system/clock.ts";
          const [file, name] = process.argv.slice(2);
          const store = new ProgressStore({ file, clock: systemClock, signal: new AbortController().signal });
          for (let i = 0; i < 15; i++) await store.update((p) => withStep(p, name + "/" + i, { hints: 1 }));
        `,
      },
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: script,
    });
    const run = promisify(execFile);
    await Promise.all(["a", "b", "c"].map((name) => run(process.execPath, [script, file, name])));
    expect(Object.keys((await open().read()).steps)).toHaveLength(45);
    expect(await readdir(join(dir, "state"))).toEqual(["progress.json"]);
  });
});
