import type { Course } from "../course/course.ts";
import type { Step } from "../course/lesson.ts";
import { type Progress, started, wrote } from "../course/progress.ts";
import { type Scaffolded, scaffoldFile, startText } from "../course/scaffold.ts";
import type { NextStep } from "../course/step-machine.ts";
import { chooseWorkspace } from "../course/workspace.ts";
import { clusterFor } from "./cluster-access.ts";
import { ExitCode } from "./exit-code.ts";
import type { Session } from "./session.ts";
import { showStep, type ShownStep } from "./show-step.ts";
import { prepare } from "./prepare-step.ts";
import { inTurn } from "./turn.ts";

/** Where the learner goes, seen from the progress of that moment. */
export type Way = (course: Course, progress: Progress) => NextStep;

/** Goes there: cluster up, start state prepared, files written; then shows the step. */
export async function goToStep(session: Session, way: Way): Promise<ExitCode> {
  const course = await session.course();
  const shown = await inTurn(session, () => enter(session, course, way));
  if (shown) await showStep(session, shown);
  else session.print(`${session.messages.step.done}\n`);
  return ExitCode.passed;
}

/** Undefined when there is no step left. */
async function enter(session: Session, course: Course, way: Way): Promise<ShownStep | undefined> {
  const { clock, cwd, flags, progress: store } = session;
  const before = await store.read();
  const target = way(course, before);
  if (target.done) return undefined;
  const { step, begins } = target;
  const { dir } = await chooseWorkspace(before, cwd, flags.dir);
  const cluster = await clusterFor(session, step, dir);
  const files = await scaffold(session, course, step, dir, before);
  const snapshot = begins ? await prepare(session, course, step, cluster, dir) : undefined;
  const progress = await store.update((now) => {
    const noted = { ...wrote(way(course, now).progress, hashesOf(files)), workspace: dir };
    return snapshot ? started(noted, step, clock.now(), snapshot) : noted;
  });
  return { course, step, progress, workspace: dir, files, cluster };
}

/** The step's files, where they are missing or still as we wrote them. */
async function scaffold(
  { language }: Session,
  course: Course,
  step: Step,
  dir: string,
  { files: written }: Progress,
): Promise<Scaffolded[]> {
  const files: Scaffolded[] = [];
  for (const use of step.start.files)
    files.push(await scaffoldFile(use.file, await startText(course, use, language), { dir, written }));
  return files;
}

export const hashesOf = (files: readonly Scaffolded[]): Record<string, string> =>
  Object.fromEntries(files.flatMap((one) => (one.outcome === "kept" ? [] : [[one.file, one.hash]])));
