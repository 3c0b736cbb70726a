import type { Course } from "./course.ts";
import type { Lesson, Provider, Step } from "./lesson.ts";
import { CourseError } from "./problem.ts";
import { isPassed, type Progress, withoutPlacement, withStep } from "./progress.ts";

/** Where `next` leads. `begins`: the step's start state is still to be prepared. */
export type NextStep = { done: false; step: Step; begins: boolean; progress: Progress } | { done: true; progress: Progress };

/** The step that `verify`, `hint` and `reset` speak of: the one shown last, else the first that is open. */
export function currentStep(course: Course, progress: Progress): Step | undefined {
  return course.steps.find(({ id }) => id === progress.current) ?? firstOpen(course.steps, progress);
}

/** Whether a step can be done on the cluster at hand. */
export type IsHere = (step: Step) => boolean;

const everywhere: IsHere = () => true;

/** `next`: the current step again while it is open, else the next open one after it, else the first open one of all; only such as are here. */
export function next(course: Course, progress: Progress, isHere = everywhere): NextStep {
  const current = currentStep(course, progress);
  const onwards = current ? course.steps.slice(course.steps.indexOf(current)) : course.steps;
  const step = firstOpen(onwards.filter(isHere), progress) ?? firstOpen(course.steps.filter(isHere), progress);
  if (!step) return { done: true, progress };
  return enter(step, step === current ? progress : withoutPlacement(progress));
}

/** `next LESSON` or `next STEP`: there, whatever is open. A lesson means its first open step, one that is here if there is. @throws CourseError unknown-lesson */
export function goTo(course: Course, progress: Progress, id: string, isHere = everywhere): NextStep {
  const lesson = course.lessons.find((one) => one.id === id);
  const step =
    (lesson && (firstOpen(lesson.steps.filter(isHere), progress) ?? firstOpen(lesson.steps, progress))) ?? course.step(id);
  return enter(step, withoutPlacement(progress));
}

/** `skip LESSON`: its ★ step, from the start; passed without help it passes the lesson. @throws CourseError unknown-lesson, nothing-to-skip */
export function placement(course: Course, progress: Progress, id: string): NextStep {
  const lesson = course.lesson(id);
  const star = lesson.steps.find((step) => step.star);
  if (!star) throw new CourseError({ code: "nothing-to-skip", lesson: id });
  return enter(star, { ...progress, placement: id });
}

/** Leaves a step open and goes on: an optional one, or one this cluster can't check. */
export function passOver(course: Course, progress: Progress, step: Step, now: number, isHere = everywhere): NextStep {
  return next(course, withStep(progress, step.id, { skippedAt: new Date(now).toISOString() }), isHere);
}

export type LessonState = "untouched" | "begun" | "passed";

/** A lesson is passed when each of its steps is that is here and isn't optional on this kind of cluster. Of one with no such step, all count. */
export function lessonState(lesson: Lesson, progress: Progress, provider: Provider, isHere = everywhere): LessonState {
  const here = lesson.steps.filter((step) => !isOptional(step, provider) && isHere(step));
  const needed = here.length > 0 ? here : lesson.steps;
  if (needed.every(({ id }) => isPassed(progress, id))) return "passed";
  return lesson.steps.some(({ id }) => progress.steps[id]) ? "begun" : "untouched";
}

export function isOptional(step: Step, provider: Provider): boolean {
  return typeof step.optional === "boolean" ? step.optional : step.optional.includes(provider);
}

function enter(step: Step, progress: Progress): NextStep {
  const begins = progress.steps[step.id]?.startedAt === undefined;
  return { done: false, step, begins, progress: { ...progress, current: step.id } };
}

const firstOpen = (steps: readonly Step[], progress: Progress): Step | undefined =>
  steps.find(({ id }) => !isPassed(progress, id) && progress.steps[id]?.skippedAt === undefined);
