import type { Course } from "../course/course.ts";
import type { Step } from "../course/lesson.ts";
import { isPassed, type Progress, started, verified, wrote } from "../course/progress.ts";
import { fileState, type Scaffolded, scaffoldFile, startText } from "../course/scaffold.ts";
import type { IsHere, NextStep } from "../course/step-machine.ts";
import { chooseWorkspace } from "../course/workspace.ts";
import { clusterFor } from "./cluster-access.ts";
import { ExitCode } from "./exit-code.ts";
import type { Session } from "./session.ts";
import { showStep, type ShownStep } from "./show-step.ts";
import { notHere, stepsNotHere } from "./not-here.ts";
import { prepare } from "./prepare-step.ts";
import { inTurn } from "./turn.ts";

/** Where the learner goes, seen from the progress of that moment. */
export type Way = (course: Course, progress: Progress, isHere: IsHere) => NextStep;

/** Goes there: cluster up, start state prepared, files written; then shows the step. One that is only read counts as passed with that. */
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
  const lacks = await stepsNotHere(session, course);
  const isHere: IsHere = ({ id }) => !lacks.has(id);
  const target = way(course, before, isHere);
  if (target.done) return undefined;
  const lack = lacks.get(target.step.id);
  if (lack) throw notHere(target.step, lack);
  tellPassedOver(session, course, before, target.step, isHere);
  const { step, begins } = target;
  const { dir } = await chooseWorkspace(before, cwd, flags.dir);
  const cluster = await clusterFor(session, step, dir);
  const files = await scaffold(session, course, step, dir, before);
  const snapshot = begins ? await prepare(session, course, step, cluster, dir) : undefined;
  const progress = await store.update((now) => {
    const noted = { ...wrote(way(course, now, isHere).progress, hashesOf(files)), workspace: dir };
    const begun = snapshot ? started(noted, step, clock.now(), snapshot) : noted;
    return step.kind === "read" ? verified(begun, step, { passed: true, checks: [] }, clock.now()) : begun;
  });
  return { course, step, progress, workspace: dir, files, cluster };
}

/** Steps on the way here that this cluster can't check; of a jump nothing is told. */
function tellPassedOver(
  { messages, theme, tell }: Session,
  course: Course,
  progress: Progress,
  step: Step,
  isHere: IsHere,
): void {
  const from = course.steps.findIndex(({ id }) => id === progress.current);
  const between = course.steps.slice(Math.max(from, 0), course.steps.indexOf(step));
  const isOpen = ({ id }: Step): boolean => !isPassed(progress, id) && progress.steps[id]?.skippedAt === undefined;
  const open = between.filter(isOpen);
  if (open.length > 0 && !open.some(isHere)) tell(theme.faint(messages.context.passedOver(open.map(({ id }) => id).join(", "))));
}

/** The step's files, where they are missing or still as we wrote them; and solved, those of earlier lessons that were never written. */
async function scaffold(
  { language, messages }: Session,
  course: Course,
  step: Step,
  dir: string,
  { files: written }: Progress,
): Promise<Scaffolded[]> {
  const files: Scaffolded[] = [];
  for (const use of step.start.files)
    files.push(await scaffoldFile(use.file, await startText(course, use, language), { dir, written }));
  const own = new Set(files.map(({ file }) => file));
  for (const file of filesBefore(course, step)) {
    if (own.has(file) || written[file] !== undefined) continue;
    const text = await startText(course, { file, form: "solved", replace: [] }, language, messages.step.fromEarlier);
    if ((await fileState(file, { dir, written })) === "absent") files.push(await scaffoldFile(file, text, { dir, written }));
  }
  return files;
}

function filesBefore({ steps }: Course, step: Step): Set<string> {
  const earlier = steps.slice(0, steps.indexOf(step)).filter(({ lesson }) => lesson !== step.lesson);
  return new Set(earlier.flatMap(({ start }) => start.files.map(({ file }) => file)));
}

export const hashesOf = (files: readonly Scaffolded[]): Record<string, string> =>
  Object.fromEntries(files.flatMap((one) => (one.outcome === "kept" ? [] : [[one.file, one.hash]])));
