import { beforeAll, describe, expect, it } from "vitest";
import { type Course, loadCourse } from "../../src/course/course.ts";
import {
  emptyProgress,
  forgotten,
  helped,
  hinted,
  hintsOffered,
  placed,
  type Progress,
  restarted,
  started,
  verified,
  wrote,
} from "../../src/course/progress.ts";
import { currentStep, goTo, lessonState, next, passOver, placement } from "../../src/course/step-machine.ts";

const now = Date.UTC(2026, 10, 24);
const snapshot = { values: {}, files: {} };

describe("the way through a course", () => {
  let course: Course;
  beforeAll(async () => {
    course = await loadCourse(new URL("../../lessons", import.meta.url).pathname);
  });

  const pass = (progress: Progress, id: string): Progress =>
    verified(progress, course.step(id), { passed: true, checks: [] }, now);
  const begin = (progress: Progress, id: string): Progress => started(progress, course.step(id), now, snapshot);
  const stepOf = (result: ReturnType<typeof next>): string => (result.done ? "done" : result.step.id);

  it("begins at the first step, and shows it again until it is passed", () => {
    const first = next(course, emptyProgress);
    expect(first).toMatchObject({ done: false, begins: true, step: { id: "setup/tools/loop" } });
    const begun = begin(first.progress, "setup/tools/loop");
    expect(next(course, begun)).toMatchObject({ begins: false, step: { id: "setup/tools/loop" } });
    const failed = verified(begun, course.step("setup/tools/loop"), { passed: false, checks: [{ ok: false }] }, now);
    expect(stepOf(next(course, failed))).toBe("setup/tools/loop");
    expect(failed.steps["setup/tools/loop"]?.lastVerdict).toEqual({
      at: "2026-11-24T00:00:00.000Z",
      passed: false,
      checks: [{ ok: false }],
    });
  });

  it("stays at a passed step until next, so that verify may be run again", () => {
    const progress = pass(next(course, emptyProgress).progress, "setup/tools/loop");
    expect(currentStep(course, progress)?.id).toBe("setup/tools/loop");
    expect(stepOf(next(course, progress))).toBe("setup/tools/versions");
  });

  it("walks every step in order, and is then done", () => {
    let progress: Progress = emptyProgress;
    for (const { id } of course.steps) {
      const result = next(course, progress);
      expect(stepOf(result)).toBe(id);
      progress = pass(result.progress, id);
    }
    expect(next(course, progress).done).toBe(true);
  });

  it("goes on from where the learner jumped to, and comes back for what is open", () => {
    const last = course.lessons.at(-1)!;
    let result = goTo(course, emptyProgress, last.id);
    for (const { id } of last.steps) {
      expect(stepOf(result)).toBe(id);
      result = next(course, pass(result.progress, id));
    }
    expect(stepOf(result)).toBe("setup/tools/loop");
    expect(() => goTo(course, emptyProgress, "deployment/first")).toThrow("unknown-lesson");
  });

  it("leads back into a passed lesson when asked to", () => {
    const progress = course.lesson("setup/tools").steps.reduce((all, { id }) => pass(all, id), emptyProgress);
    expect(stepOf(goTo(course, progress, "setup/tools"))).toBe("setup/tools/loop");
    expect(stepOf(goTo(course, progress, "setup/tools/versions"))).toBe("setup/tools/versions");
  });

  it("passes over a step, once, without passing it", () => {
    const trial = course.step("setup/cluster/trial");
    const { progress } = passOver(course, goTo(course, emptyProgress, trial.id).progress, trial, now);
    expect(progress.current).toBe("setup/cluster/cluster-yml");
    expect(progress.steps[trial.id]).toEqual({ skippedAt: "2026-11-24T00:00:00.000Z" });
  });

  it("counts a lesson as passed without its optional steps", () => {
    const lesson = course.lesson("setup/cluster");
    const progress = lesson.steps.slice(1).reduce((all, { id }) => pass(all, id), emptyProgress);
    expect(lessonState(lesson, progress, "kind")).toBe("passed");
    expect(lessonState(lesson, progress, "practice")).toBe("begun");
    expect(lessonState(lesson, emptyProgress, "kind")).toBe("untouched");
  });

  describe("placement", () => {
    const lesson = "deployments/first";
    const star = "deployments/first/apply";

    it("passes the whole lesson when its hardest step is passed alone", () => {
      const trying = placement(course, emptyProgress, lesson);
      expect(stepOf(trying)).toBe(star);
      const progress = placed(pass(trying.progress, star), course, now);
      expect(lessonState(course.lesson(lesson), progress, "practice")).toBe("passed");
      expect(progress.steps[star]?.placed).toBeUndefined();
      expect(progress.steps["deployments/first/chain"]?.placed).toBe(true);
      expect(progress.placement).toBeUndefined();
      expect(stepOf(next(course, progress))).toBe("deployments/scale/predict");
    });

    it("passes only that step when help was used, or before it is passed", () => {
      const trying = placement(course, emptyProgress, lesson).progress;
      expect(placed(trying, course, now)).toBe(trying);
      const progress = pass(helped(trying, course.step(star)), star);
      expect(placed(progress, course, now)).toBe(progress);
    });

    it("ends when the learner goes elsewhere", () => {
      const trying = placement(course, emptyProgress, lesson).progress;
      expect(goTo(course, trying, "setup/tools").progress.placement).toBeUndefined();
      expect(next(course, trying).progress.placement).toBe(lesson);
    });
  });

  describe("marks", () => {
    const id = "deployments/scale/predict";

    it("keep the first choice and the first pass, and count failures", () => {
      const step = course.step(id);
      let progress: Progress = emptyProgress;
      for (const choice of ["C", "B"]) progress = verified(progress, step, { passed: false, checks: [], choice }, now);
      progress = verified(progress, step, { passed: true, checks: [], choice: "A" }, now);
      progress = verified(progress, step, { passed: true, checks: [], choice: "A" }, now + 1000);
      expect(progress.steps[id]).toMatchObject({ firstChoice: "C", fails: 2, passedAt: "2026-11-24T00:00:00.000Z" });
      expect(helped(progress, step)).toBe(progress);
    });

    it("offer one hint free and one more per failure, three at most", () => {
      const step = course.step(id);
      const offered = [0, 1, 2, 3, 4].map((fails) =>
        hintsOffered(
          Array.from({ length: fails }).reduce<Progress>(
            (all) => verified(all, step, { passed: false, checks: [] }, now),
            emptyProgress,
          ),
          step,
        ),
      );
      expect(offered).toEqual([1, 2, 3, 3, 3]);
      expect(hinted(hinted(emptyProgress, step, 2), step, 1).steps[id]).toEqual({ hints: 2 });
    });

    it("survive a restart of the step, which then begins anew", () => {
      const progress = restarted(pass(begin(emptyProgress, id), id), course.step(id));
      expect(progress.steps[id]).toEqual({ passedAt: "2026-11-24T00:00:00.000Z" });
      expect(goTo(course, progress, id)).toMatchObject({ begins: true });
    });

    it("can be forgotten without losing the workspace", () => {
      const progress = wrote({ ...pass(emptyProgress, id), workspace: "/w", current: id }, { "app.yml": "h" });
      expect(forgotten(progress)).toEqual({ format: 1, workspace: "/w", steps: {}, files: { "app.yml": "h" } });
    });
  });
});
