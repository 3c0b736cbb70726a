import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blanksOf, openBlanks, solved, withBlanks } from "../../src/course/blanks.ts";
import { compileCourse } from "../../src/course/compile.ts";
import { type Course, loadCourse } from "../../src/course/course.ts";
import { doFileAction, isFileAction } from "../../src/course/file-actions.ts";
import { languages } from "../../src/course/lesson.ts";
import { lintCourse } from "../../src/course/lint.ts";
import { fillAll } from "../../src/course/placeholders.ts";
import { scaffoldFile, startObjects, startText } from "../../src/course/scaffold.ts";
import { snapshotPlan } from "../../src/course/snapshot.ts";
import { parseYaml } from "../../src/course/yaml-source.ts";

const lessons = new URL("../../lessons", import.meta.url).pathname;

describe("the course that ships", () => {
  let course: Course;
  let dir = "";
  beforeAll(async () => {
    course = await loadCourse(lessons);
    dir = await mkdtemp(join(tmpdir(), "compiled-"));
    for (const [file, content] of Object.entries(await compileCourse(lessons))) await writeFile(join(dir, file), content);
  });
  afterAll(() => rm(dir, { recursive: true }));

  it("has no fault that lint can find", async () => {
    expect(await lintCourse(lessons)).toEqual([]);
  });

  it("keeps the order of its folders and the ids of progress", () => {
    expect(course.steps.map(({ id }) => id).filter((id) => id.startsWith("deployments/"))).toEqual([
      "deployments/first/api-version",
      "deployments/first/app-yml",
      "deployments/first/apply",
      "deployments/first/birth",
      "deployments/first/chain",
      "deployments/scale/predict",
      "deployments/scale/up",
      "deployments/scale/down",
    ]);
    expect(course.steps[0]?.id).toBe("setup/tools/loop");
  });

  it("is the same course when compiled", async () => {
    const compiled = await loadCourse(dir);
    expect(compiled.lessons).toEqual(course.lessons);
    expect(compiled.chapters).toEqual(course.chapters);
    expect(await compiled.manifest("app.yml")).toBe(await course.manifest("app.yml"));
    for (const language of languages) {
      expect(await compiled.titles(language)).toEqual(await course.titles(language));
      for (const { id } of course.lessons) expect(await compiled.text(id, language)).toEqual(await course.text(id, language));
    }
  });

  it.each([
    ["cluster.yml", 3],
    ["app.yml", 7],
    ["service.yml", 4],
  ])("leaves %s with %i blanks, each an empty value with its question", async (file, count) => {
    const manifest = await course.manifest(file);
    const blanks = blanksOf(manifest);
    expect(blanks).toHaveLength(count);
    for (const language of languages) {
      const scaffold = withBlanks(manifest, language);
      const questions = blanks.map(({ line, question }) => ({ line, question: question[language] }));
      expect(openBlanks(scaffold)).toEqual(questions);
      expect(countNulls(parseYaml(scaffold)[0]?.value)).toBe(count);
    }
    expect(parseYaml(solved(manifest))[0]?.value).toEqual(parseYaml(manifest)[0]?.value);
    expect(solved(manifest)).not.toContain("#");
  });

  it("can do every file action of its solutions and wrong answers, each from its step's start", async () => {
    const setting = (name: string): string => course.images[name.split(".")[1]!]?.image ?? name;
    const done: string[] = [];
    for (const step of course.steps) {
      for (const use of step.start.objects) await startObjects(course, use);
      for (const attempt of [step.solution, ...step.wrong, ...step.routes]) {
        const workspace = await mkdtemp(join(tmpdir(), "workspace-"));
        for (const use of step.start.files)
          await scaffoldFile(use.file, await startText(course, use, "en"), { dir: workspace, written: {} });
        const actions = attempt.do.filter(isFileAction);
        for (const action of await fillAll(actions, (one) => setting(one.text))) {
          const before = await readFile(join(workspace, action.file), "utf8").catch(() => "");
          await doFileAction(action, course, workspace, "en");
          const after = await readFile(join(workspace, action.file), "utf8").catch(() => "");
          if (before !== after) done.push(step.id);
        }
        await rm(workspace, { recursive: true });
      }
    }
    const acting = course.steps.filter(({ solution, wrong, routes }) =>
      [solution, ...wrong, ...routes].some((attempt) => attempt.do.some(isFileAction)),
    );
    expect(acting.length).toBeGreaterThan(5);
    expect(new Set(done)).toEqual(new Set(acting.map(({ id }) => id)));
  });

  it("marks a solved file with a note, but never one with blanks", async () => {
    const use = { file: "app.yml", form: "solved", replace: [] } as const;
    const text = await startText(course, use, "en");
    expect(await startText(course, use, "en", "written for you")).toBe(`# written for you\n${text}`);
    expect(await startText(course, { ...use, form: "blanks" }, "en", "written for you")).toMatch(/^apiVersion: # TODO/);
  });

  it("knows what to note when a step begins", () => {
    const plan = (id: string): string[] => snapshotPlan(course.step(id)).expressions.map(({ text }) => text);
    expect(plan("self-healing/delete-a-pod/delete")).toEqual([
      "pods(app=bootcamp)[*].metadata.uid",
      "Deployment/bootcamp.metadata.uid",
      "Deployment/bootcamp.metadata.generation",
    ]);
    expect(plan("self-healing/delete-a-pod/traffic-follows")).toEqual(["pods(app=bootcamp)[*].metadata.uid"]);
    expect(plan("deployments/first/apply")).toEqual([]);
  });
});

function countNulls(value: unknown): number {
  if (value === null) return 1;
  if (typeof value !== "object") return 0;
  return Object.values(value).reduce((sum: number, member) => sum + countNulls(member), 0);
}
