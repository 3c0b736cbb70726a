import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { main } from "../../src/cli/main.ts";
import { memoryDeps, memoryIo } from "../helpers/memory-io.ts";

describe("the command line", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "usage-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const run = async (args: string, more: Parameters<typeof memoryDeps>[1] = {}) => {
    const deps = memoryDeps(folder, more);
    const code = await main(args.split(" ").filter(Boolean), deps);
    return { code, out: deps.io.out(), err: deps.io.err() };
  };

  it.each([
    ["lst", 'error: unknown command "lst" for "k8s-bootcamp"\n  try: k8s-bootcamp list\n'],
    ["cluster creat", 'error: unknown command "creat" for "k8s-bootcamp cluster"\n  try: k8s-bootcamp cluster create\n'],
    ["verify --anwser B", "error: unknown flag: --anwser\n  why: did you mean --answer?\n  try: k8s-bootcamp verify --help\n"],
    ["verify --answer", "error: flag needs a value: --answer\n  try: k8s-bootcamp verify --help\n"],
    ["next setup/tolls", 'error: no lesson or step is called "setup/tolls"\n  try: k8s-bootcamp next setup/tools\n'],
    ["next a b", 'error: "b" is one word too many for "k8s-bootcamp next"\n  try: k8s-bootcamp next --help\n'],
    ["list -o jsn", 'error: invalid value "jsn" for --output\n  why: it takes json or yaml; did you mean json?\n'],
    ["completion", "error: SHELL is missing\n  try: k8s-bootcamp completion --help\n"],
    [
      "completion fishh",
      'error: invalid value "fishh" for SHELL\n  why: it takes bash or zsh or fish or powershell; did you mean fish?\n',
    ],
    ["--image app list", 'error: invalid value "app" for --image\n  why: it takes NAME=IMAGE\n'],
    [
      "--image ap=other list",
      'error: invalid value "ap" for --image\n  why: it takes app or node or busybox or node-exporter or prometheus or kube-state-metrics; did you mean app?\n',
    ],
    ["--lang fr list", 'error: unknown language "fr"\n  why: there are en and ja\n  try: k8s-bootcamp --lang en\n'],
    ["solution", "error: you have no folder for the course's files yet\n  try: k8s-bootcamp next\n"],
    ["reset", "error: you have no folder for the course's files yet\n  try: k8s-bootcamp next\n"],
    ["verify setup/tools/loop", "error: you have not begun setup/tools/loop\n  try: k8s-bootcamp next setup/tools/loop\n"],
  ])("answers %j with what is wrong and what to type: exit code 2", async (args, err) => {
    expect(await run(args)).toEqual({ code: 2, out: "", err });
  });

  it.each([
    ["env", "error: there is no cluster yet\n  try: k8s-bootcamp next\n"],
    ["apply -f app.yml", "error: there is no cluster yet\n  try: k8s-bootcamp next\n"],
    ["cluster stop", "error: there is no cluster yet\n  try: k8s-bootcamp next\n"],
  ])("says of %j that there is no cluster: exit code 3", async (args, err) => {
    expect(await run(args)).toEqual({ code: 3, out: "", err });
  });

  it("says which file and line of a lesson is broken: exit code 4", async () => {
    const course = join(folder, "course", "01-a", "01-b");
    await mkdir(course, { recursive: true });
    await writeFile(join(folder, "course", "course.yaml"), "format: 1\nchapters: { a: { en: A, ja: A } }\nimages: {}\n");
    await writeFile(join(course, "lesson.yaml"), "steps:\n  - id: one\n    kind: dance\n    minutes: 1\n");
    const broken = await run("--course course list");
    expect(broken.code).toBe(4);
    expect(broken.err).toMatch(/^error: \S*course\/01-a\/01-b\/lesson\.yaml:3:\d+: .*kind/);
    expect(await run("--course /nowhere list")).toMatchObject({
      code: 4,
      err: expect.stringContaining("there is no course in /nowhere"),
    });
  });

  it("calls what nobody foresaw a bug, keeps the stack in a file, and prints it with --debug alone: exit code 70", async () => {
    const course = {
      get course(): string {
        throw new RangeError("who foresaw this?");
      },
    };
    const installation = Object.defineProperties(
      { ...memoryDeps(folder).installation },
      Object.getOwnPropertyDescriptors(course),
    );
    const plain = await run("list", { installation });
    expect(plain.code).toBe(70);
    expect(plain.err).toBe(
      `error: k8s-bootcamp 1.2.3 has a bug: who foresaw this?\n  why: this should never happen, whatever you typed\n  try: report it, with what is written in ${folder}/state/bug-report.txt\n`,
    );
    expect((await run("list --debug", { installation })).err).toMatch(/^ {4}at /m);
  });

  it("ends an interrupted command with 130, whatever it was doing", async () => {
    const signal = AbortSignal.abort(new Error("interrupted"));
    expect(await run("list", { signal })).toMatchObject({ code: 130, err: "\n" });
  });

  it("speaks the language asked for: flag, then own variable, then locale", async () => {
    const language = async (args: string, env: Record<string, string>) =>
      (await run(`${args} lst`, { env })).err.startsWith("エラー") ? "ja" : "en";
    expect(await language("", {})).toBe("en");
    expect(await language("", { LANG: "ja_JP.UTF-8" })).toBe("ja");
    expect(await language("", { LC_ALL: "C", LANG: "ja_JP.UTF-8" })).toBe("en");
    expect(await language("", { K8S_BOOTCAMP_LANG: "ja", LANG: "C" })).toBe("ja");
    expect(await language("--lang=en", { K8S_BOOTCAMP_LANG: "ja" })).toBe("en");
  });

  it("calls itself by the name that the user typed", async () => {
    const { err, out } = await run("lst", { self: "kubectl bootcamp" });
    expect(err + out).toContain("try: kubectl bootcamp list");
    expect((await run("next --help", { self: "kubectl bootcamp" })).out).toContain(
      "Usage:\n  kubectl bootcamp next [LESSON|STEP] [options]",
    );
  });

  it("has no colour but on a terminal that wants it", async () => {
    const coloured = async (isTTY: boolean, env: Record<string, string> = {}, args = "") => {
      const { out } = await run(`${args} list`, { io: memoryIo({ isTTY }), env });
      return out.includes("\u001B[");
    };
    expect(await coloured(false)).toBe(false);
    expect(await coloured(true)).toBe(true);
    expect(await coloured(true, { NO_COLOR: "1" })).toBe(false);
    expect(await coloured(true, {}, "--no-color")).toBe(false);
    expect(await coloured(true, { TERM: "dumb" })).toBe(false);
  });

  it("gives the same data as JSON and as YAML", async () => {
    const { load } = await import("js-yaml");
    const json = JSON.parse((await run("list -o json")).out) as { chapters: unknown[]; current: string };
    expect(load((await run("list -o yaml")).out)).toEqual(json);
    expect(json.current).toBe("setup/tools/loop");
  });
});
