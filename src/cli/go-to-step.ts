import type { Course } from "../course/course.ts";
import { type Progress, started, wrote } from "../course/progress.ts";
import { type Scaffolded, scaffoldFile, startText } from "../course/scaffold.ts";
import type { NextStep } from "../course/step-machine.ts";
import type { Step } from "../course/lesson.ts";
import { chooseWorkspace } from "../course/workspace.ts";
import { clusterFor } from "./cluster-access.ts";
import { ExitCode } from "./exit-code.ts";
import type { Session } from "./session.ts";
import { showStep } from "./show-step.ts";

/** Goes where `way` leads: cluster up, start state prepared, files written; then shows the step. */
export async function goToStep(session: Session, way: (course: Course, progress: Progress) => NextStep): Promise<ExitCode> {
  const { clock, cwd, flags, messages, progress: store } = session;
  const [course, before] = await Promise.all([session.course(), session.progress.read()]);
  const target = way(course, before);
  if (target.done) {
    session.print(`${messages.step.done}\n`);
    return ExitCode.passed;
  }
  const { step, begins } = target;
  const { dir } = await chooseWorkspace(before, cwd, flags.dir);
  const cluster = await clusterFor(session, step);
  const files = await scaffold(session, course, step, dir, before);
  const after = await store.update((progress) => {
    const moved = way(course, progress).progress;
    const hashes = files.flatMap((one) => (one.outcome === "kept" ? [] : [[one.file, one.hash] as const]));
    const noted = { ...wrote(moved, Object.fromEntries(hashes)), workspace: dir };
    return begins ? started(noted, step, clock.now(), { values: {}, files: {} }) : noted;
  });
  await showStep(session, { course, step, progress: after, workspace: dir, files, cluster });
  return ExitCode.passed;
}

async function scaffold({ language }: Session, course: Course, step: Step, dir: string, { files: written }: Progress): Promise<Scaffolded[]> {
  const files: Scaffolded[] = [];
  for (const use of step.start.files) files.push(await scaffoldFile(use.file, await startText(course, use, language), { dir, written }));
  return files;
}
