import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { blanksOf, openBlanks, replaceWords, solved, withBlanks } from "../../src/course/blanks.ts";
import { emptyProgress } from "../../src/course/progress.ts";
import { fileState, hashOf, inStyleOf, scaffoldFile } from "../../src/course/scaffold.ts";
import { chooseWorkspace, existingWorkspace } from "../../src/course/workspace.ts";

describe("blanks", () => {
  const manifest = [
    "replicas: 2 # blank: how many? | いくつ？",
    "  - role: worker # blank: which role?",
    "    - 8080 # blank: which port? | 何番？",
    '  "a/b": "x # y" # blank: what? | 何？',
    "image: a # not a blank",
  ].join("\r\n");

  it("leave key and indentation, take the whole value, and ask in the learner's language", () => {
    expect(withBlanks(manifest, "en").split("\r\n")).toEqual([
      "replicas: # TODO how many?",
      "  - role: # TODO which role?",
      "    - # TODO which port?",
      '  "a/b": # TODO what?',
      "image: a # not a blank",
    ]);
    expect(withBlanks(manifest, "ja").split("\r\n").slice(0, 2)).toEqual([
      "replicas: # TODO いくつ？",
      "  - role: # TODO which role?",
    ]);
  });

  it("are gone from the solution, which is otherwise the same", () => {
    expect(solved(manifest).split("\r\n")).toEqual([
      "replicas: 2",
      "  - role: worker",
      "    - 8080",
      '  "a/b": "x # y"',
      "image: a # not a blank",
    ]);
    expect(blanksOf(solved(manifest))).toEqual([]);
    expect(openBlanks(solved(manifest))).toEqual([]);
  });

  it("take words replaced in order, the first find of each, or say which is missing", () => {
    const replace = [
      { from: "a", to: "b" },
      { from: "b", to: "c" },
    ];
    expect(replaceWords("a a", replace)).toEqual({ text: "c a" });
    expect(replaceWords("a", [...replace, { from: "z", to: "" }])).toEqual({ missing: "z" });
    expect(replaceWords("a", [{ from: "a", to: "$&$1" }])).toEqual({ text: "$&$1" });
  });
});

describe("a file's style", () => {
  it("survives any rewrite: byte order mark and line ends of the old file, text of the new", () => {
    const lines = fc.array(fc.stringMatching(/^[a-z: ]*$/), { minLength: 2 });
    fc.assert(
      fc.property(lines, lines, fc.boolean(), fc.boolean(), (old, fresh, mark, crlf) => {
        const model = (mark ? "\uFEFF" : "") + old.join(crlf ? "\r\n" : "\n");
        const styled = inStyleOf(model, fresh.join("\n"));
        expect(styled.startsWith("\uFEFF")).toBe(mark);
        expect(styled.replaceAll("\r\n", "").includes("\n")).toBe(!crlf);
        expect(hashOf(styled)).toBe(hashOf(fresh.join("\n")));
      }),
    );
  });
});

describe("scaffolding", () => {
  let dir = "";
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "workspace-"));
    return () => rm(dir, { recursive: true, force: true });
  });
  const read = (file: string): Promise<string> => readFile(join(dir, file), "utf8");

  it("writes a missing file, folders included, and leaves it alone the second time", async () => {
    const first = await scaffoldFile("beyond/web.yml", "a: 1\n", { dir, written: {} });
    expect(first).toEqual({ file: "beyond/web.yml", outcome: "written", hash: hashOf("a: 1\n") });
    const again = await scaffoldFile("beyond/web.yml", "a: 1\n", { dir, written: {} });
    expect(again.outcome).toBe("same");
    expect(await read("beyond/web.yml")).toBe("a: 1\n");
  });

  it("keeps what the learner changed", async () => {
    await scaffoldFile("app.yml", "a: # TODO\n", { dir, written: {} });
    const written = { "app.yml": hashOf("a: # TODO\n") };
    expect(await fileState("app.yml", { dir, written })).toBe("ours");
    await writeFile(join(dir, "app.yml"), "a: mine\n");
    expect(await fileState("app.yml", { dir, written })).toBe("learner's");
    expect(await scaffoldFile("app.yml", "a: # TODO\n", { dir, written })).toEqual({ file: "app.yml", outcome: "kept" });
    expect(await read("app.yml")).toBe("a: mine\n");
  });

  it("doesn't take new line ends for the learner's change", async () => {
    await writeFile(join(dir, "app.yml"), "\uFEFFa: 1\r\nb: 2\r\n");
    expect(await fileState("app.yml", { dir, written: { "app.yml": hashOf("a: 1\nb: 2\n") } })).toBe("ours");
  });

  it("sets the learner's file aside when asked to replace it, and never a backup", async () => {
    for (const mine of ["first\r\n", "second\r\n"]) {
      await writeFile(join(dir, "app.yml"), mine);
      const result = await scaffoldFile("app.yml", "a: 1\n", { dir, written: {}, replace: true });
      expect(result.outcome).toBe("written");
    }
    expect(await read("app.yml.bak-1")).toBe("first\r\n");
    expect(await read("app.yml.bak-2")).toBe("second\r\n");
    expect(await read("app.yml")).toBe("a: 1\r\n");
    expect(await readdir(dir)).toEqual(["app.yml", "app.yml.bak-1", "app.yml.bak-2"]);
  });

  it("brings a file that is still as we wrote it up to date, without a backup", async () => {
    await writeFile(join(dir, "app.yml"), "a: 1\n");
    const written = { "app.yml": hashOf("a: 1\n") };
    const result = await scaffoldFile("app.yml", "a: 2\n", { dir, written });
    expect(result).toEqual({ file: "app.yml", outcome: "written", hash: hashOf("a: 2\n") });
    expect(await readdir(dir)).toEqual(["app.yml"]);
  });

  it("names the file and the reason when it can't write or read", async () => {
    await writeFile(join(dir, "beyond"), "a file where a folder should be");
    await expect(scaffoldFile("beyond/web.yml", "", { dir, written: {} })).rejects.toMatchObject({
      problem: { code: "file-unwritable", file: join(dir, "beyond/web.yml"), reason: expect.stringMatching(/EEXIST|ENOTDIR/) },
    });
    await mkdir(join(dir, "app.yml"));
    await expect(scaffoldFile("app.yml", "", { dir, written: {} })).rejects.toMatchObject({
      problem: { code: "file-unreadable", file: join(dir, "app.yml"), reason: "EISDIR" },
    });
  });

  it("keeps the permissions and the link of a file it replaces", async () => {
    await writeFile(join(dir, "real.yml"), "old\n");
    await chmod(join(dir, "real.yml"), 0o640);
    await symlink(join(dir, "real.yml"), join(dir, "app.yml"));
    await scaffoldFile("app.yml", "new\n", { dir, written: {}, replace: true });
    expect(await read("real.yml")).toBe("new\n");
    expect((await stat(join(dir, "real.yml"))).mode & 0o777).toBe(0o640);
    expect(await readdir(dir)).toEqual(["app.yml", "app.yml.bak-1", "real.yml"]);
  });
});

describe("the workspace", () => {
  let cwd = "";
  beforeEach(async () => {
    cwd = await mkdtemp(join(tmpdir(), "cwd-"));
    return () => rm(cwd, { recursive: true, force: true });
  });

  it("is the folder given, else the one remembered, else a new one here", async () => {
    const remembering = { ...emptyProgress, workspace: cwd };
    expect(await chooseWorkspace(remembering, "/elsewhere", "own")).toEqual({ dir: "/elsewhere/own", from: "given" });
    expect(await chooseWorkspace(remembering, "/elsewhere")).toEqual({ dir: cwd, from: "remembered" });
    expect(await chooseWorkspace(emptyProgress, cwd)).toEqual({ dir: join(cwd, "k8s-bootcamp"), from: "new" });
  });

  it("is missed, not made again, when it was moved away", async () => {
    const gone = { ...emptyProgress, workspace: join(cwd, "gone") };
    await expect(chooseWorkspace(gone, cwd)).rejects.toMatchObject({
      problem: { code: "workspace-missing", dir: gone.workspace },
    });
    await expect(existingWorkspace(emptyProgress, cwd)).rejects.toMatchObject({ problem: { code: "workspace-unset" } });
  });
});
