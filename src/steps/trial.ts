import { join } from "node:path";
import type { Outcome } from "../checks/check.ts";
import { examineStep, liveValues, type StepVerdict, tellVerdict } from "../checks/run.ts";
import type { Attempt, Language, Step, WrongAttempt } from "../course/lesson.ts";
import { fillPlaceholders } from "../course/placeholders.ts";
import type { Snapshot } from "../course/progress.ts";
import { startText } from "../course/scaffold.ts";
import { writeAtomically } from "../course/text-file.ts";
import type { ExecResult } from "../system/exec.ts";
import { type Done, doAction, ValueMissing, valueOf, type Workshop } from "./actions.ts";
import { BreakFailed, prepareStep } from "./prepare.ts";

/** One way to go at a step, and what must come of it. */
export interface Trial {
  /** `start`, `W1`…, a route's id, `solution`, and `reset`: the start again after all that. */
  id: string;
  attempt: Attempt;
  must: "pass" | "fail";
  /** Of a wrong answer: the check that must fail, and what it must say. */
  wrong?: WrongAttempt;
}

export interface TrialReport {
  id: string;
  /** Left out: the cluster has the same value for what this wrong answer mixes up. */
  skipped: boolean;
  /** What is not as it must be, for the lesson's author; empty when all is well. */
  faults: readonly string[];
  verdicts: Verdicts | undefined;
  /** Of the attempt's kubectl commands. */
  commands: readonly ExecResult[];
}

/** All that must hold of a step: its start untouched, each wrong answer, each other route, the solution, and the start again. */
export function trialsOf(step: Step): Trial[] {
  if (step.checks.length === 0) return [];
  const untouched = { attempt: { do: [] }, must: step.passesAtStart ? "pass" : "fail" } as const;
  return [
    { id: "start", ...untouched },
    ...step.wrong.map((wrong): Trial => ({ id: wrong.id, attempt: wrong, must: "fail", wrong })),
    ...step.routes.map((route): Trial => ({ id: route.id, attempt: route, must: "pass" })),
    { id: "solution", attempt: step.solution, must: "pass" },
    { id: "reset", ...untouched },
  ];
}

/** Begins the step anew, with its files as `next` would write them, goes at it, and compares what the checks say. */
export async function tryStep(step: Step, trial: Trial, workshop: Workshop): Promise<TrialReport> {
  const report = { id: trial.id, skipped: false, verdicts: undefined, commands: [] };
  try {
    await writeFiles(step, workshop);
    if (step.start.cluster !== "none") await workshop.cluster?.(step.start.cluster);
    const { snapshot, unready } = await prepareStep(step, workshop);
    const same = trial.wrong?.unlessEqual;
    if (same && (await isOneValue(same, workshop, snapshot))) return { ...report, skipped: true, faults: [] };
    const { commands, verdicts, says } = await goAt(step, trial, workshop, snapshot);
    const faults = unready.map(({ kind, name, trouble }) => `${kind} ${name} is not ready: ${trouble}`);
    return { ...report, commands, verdicts, faults: [...faults, ...faultsOf(trial, verdicts, says)] };
  } catch (error) {
    if (error instanceof ValueMissing) return { ...report, faults: [error.message] };
    if (error instanceof BreakFailed) return { ...report, faults: [`the step's break failed: ${error.stderr}`] };
    throw error;
  }
}

type Verdicts = Readonly<Record<Language, StepVerdict>>;

async function goAt(
  step: Step,
  { attempt, wrong }: Trial,
  workshop: Workshop,
  snapshot: Snapshot,
): Promise<{ commands: ExecResult[]; verdicts: Verdicts; says: string | undefined }> {
  const filled = (words: string): Promise<string> =>
    fillPlaceholders(words, (expression) => valueOf(expression, workshop, snapshot));
  const commands: Done[] = [];
  const examine = async (): Promise<Outcome[]> => {
    for (const action of attempt.do) commands.push(await doAction(action, workshop, snapshot));
    const answer = attempt.answer === undefined ? {} : { answer: await filled(attempt.answer) };
    return examineStep(step, workshop, { snapshot, ...answer });
  };
  const outcomes = await examine().finally(async () => {
    await Promise.all(commands.map(async ({ stop }) => stop?.()));
    for (const action of wrong?.undo ?? []) await doAction(action, workshop, snapshot);
  });
  const tell = async (language: Language): Promise<StepVerdict> => {
    const { steps } = await workshop.course.text(step.lesson, language);
    return tellVerdict(
      step,
      outcomes,
      workshop,
      steps.find(({ name }) => name === step.name)!,
      language,
    );
  };
  const verdicts = { en: await tell("en"), ja: await tell("ja") };
  return { commands, verdicts, says: wrong && (await filled(wrong.says)) };
}

async function writeFiles(step: Step, { course, workspace, language }: Workshop): Promise<void> {
  for (const use of step.start.files) await writeAtomically(join(workspace, use.file), await startText(course, use, language));
}

async function isOneValue(
  [a, b]: NonNullable<WrongAttempt["unlessEqual"]>,
  workshop: Workshop,
  snapshot: Snapshot,
): Promise<boolean> {
  const live = liveValues(workshop, snapshot);
  return (await live.text(a)) === (await live.text(b));
}

function faultsOf({ must, wrong }: Trial, { en, ja }: Verdicts, says: string | undefined): string[] {
  const told = ({ name, expected, actual, why, try: next }: StepVerdict["checks"][number]): string =>
    `${name}: expected ${expected}; actual ${actual}; why ${why}; try ${next}`;
  const failing = en.checks.filter(({ passed }) => !passed);
  if (must === "pass") return failing.map((check) => `must pass, but ${told(check)}`);
  const mute = [...en.checks, ...ja.checks].filter(({ passed, actual, expected }) => !passed && (!actual || !expected));
  const faults = mute.map(({ name }) => `${name} fails without words`);
  if (en.passed) faults.push("must fail, but every check passes");
  if (!wrong || en.passed) return faults;
  const named = failing.find(({ name }) => name === wrong.fails);
  if (!named) return [...faults, `${wrong.fails} must fail; it passes, and ${failing.map(told).join(" | ")}`];
  return says === undefined || told(named).includes(says) ? faults : [...faults, `must say "${says}", but ${told(named)}`];
}
