import { fillSettings } from "../checks/settings.ts";
import { type StepVerdict, verifyStep } from "../checks/run.ts";
import type { Course } from "../course/course.ts";
import { answerWanted, type Step } from "../course/lesson.ts";
import type { StepText } from "../course/lesson-text.ts";
import { hintsOffered, placed, type Progress, verified } from "../course/progress.ts";
import { currentStep, goTo, next } from "../course/step-machine.ts";
import { existingWorkspace } from "../course/workspace.ts";
import { renderData } from "../ui/data.ts";
import { during } from "../ui/status.ts";
import { renderVerdict } from "../ui/verdict-view.ts";
import { askAnswer, canAsk } from "./ask.ts";
import { statusOf } from "./cluster-access.ts";
import { ExitCode } from "./exit-code.ts";
import { demandHere, knownNotHere } from "./not-here.ts";
import type { OutputFlag } from "./output-flag.ts";
import { workshopFor } from "./workshop.ts";
import type { Session } from "./session.ts";
import { columnsOf, sectionOf, settingsOf } from "./step-text.ts";
import { UsageError } from "./usage-error.ts";

export interface VerifyFlags extends OutputFlag {
  answer?: string;
}

/** `verify`: looks, notes what it saw, says so. On a terminal a prediction is asked again until it is right. */
export async function verify(session: Session, id: string | undefined, { answer, output }: VerifyFlags): Promise<ExitCode> {
  const course = await session.course();
  const before = await session.progress.read();
  const step = wantedStep(course, before, id);
  if (!step) {
    session.print(`${session.messages.step.done}\n`);
    return ExitCode.passed;
  }
  if (before.steps[step.id]?.startedAt === undefined) throw new UsageError({ code: "step-not-begun", step: step.id });
  await demandHere(session, course, step);
  const { text } = await sectionOf(session, course, step);
  for (;;) {
    const given = await answerFor(session, step, text, answer);
    const { verdict, after } = await look(session, course, step, text, given);
    if (output) session.print(await renderData({ step: step.id, ...verdict }, output));
    else await show(session, { course, step, text, verdict, before, after });
    if (verdict.passed) return ExitCode.passed;
    const asksAgain = step.kind === "predict" && answer === undefined && canAsk(session);
    if (!asksAgain) return ExitCode.notYet;
  }
}

function wantedStep(course: Course, progress: Progress, id: string | undefined): Step | undefined {
  const current = currentStep(course, progress);
  if (id === undefined || current?.lesson === id) return current;
  const target = goTo(course, progress, id);
  return target.done ? undefined : target.step;
}

async function answerFor(session: Session, step: Step, text: StepText, given: string | undefined): Promise<string | undefined> {
  const wanted = answerWanted(step);
  if (wanted === "none" || given !== undefined) return wanted === "option" ? given?.trim().toUpperCase() : given;
  if (!canAsk(session)) throw new UsageError({ code: "answer-missing", wanted, options: step.options });
  return askAnswer(session, wanted, text);
}

async function look(session: Session, course: Course, step: Step, text: StepText, answer: string | undefined) {
  const { clock, cwd, flags, language, messages, progress: store } = session;
  const before = await store.read();
  const workspace = await existingWorkspace(before, cwd, flags.dir);
  const place = await workshopFor(session, course, step, workspace);
  const snapshot = before.steps[step.id]?.snapshot;
  const attended = { ...(answer !== undefined && { answer }), ...(snapshot && { snapshot }) };
  const verdict = await during(messages.waits.verify, statusOf(session), () => verifyStep(step, place, text, language, attended));
  const marks = { ...verdict, ...(step.kind === "predict" && answer !== undefined && { choice: answer }) };
  const after = await store.update((progress) => placed(verified(progress, step, marks, clock.now()), course, clock.now()));
  return { verdict, after };
}

interface Shown {
  course: Course;
  step: Step;
  text: StepText;
  verdict: StepVerdict;
  /** What was noted before this look, and after it. */
  before: Progress;
  after: Progress;
}

async function show(session: Session, { course, step, text, verdict, before, after }: Shown): Promise<void> {
  const { language, messages, self, theme } = session;
  const lacks = knownNotHere(session, course);
  const onwards = next(course, after, ({ id }) => !lacks.has(id));
  const titles = await course.titles(language);
  session.print(
    renderVerdict(
      {
        ...verdict,
        after: fillSettings(text.after, await settingsOf(session, course)),
        ...(!onwards.done && { nextTitle: titles[onwards.step.id] ?? onwards.step.id }),
        isPlacement: before.placement !== undefined && after.placement === undefined,
        hint: { shown: after.steps[step.id]?.hints ?? 0, offered: hintsOffered(after, step) },
      },
      { columns: columnsOf(session), theme, self, messages },
    ),
  );
}
