import type { Course } from "./course.ts";
import type { Step } from "./lesson.ts";

/** The progress file, format 1. Times are ISO 8601. Fields and ids this version doesn't know stay as they are. */
export interface Progress {
  format: 1;
  /** Absolute path of the learner's folder. */
  workspace?: string;
  /** Id of the step that `verify` looks at. */
  current?: string;
  /** Id of the lesson whose ★ step is being tried alone. */
  placement?: string;
  steps: Readonly<Record<string, StepProgress>>;
  /** File of the workspace → hash of what we wrote into it last. */
  files: Readonly<Record<string, string>>;
}

export interface StepProgress {
  /** When its start state was prepared; gone after a reset. */
  startedAt?: string;
  passedAt?: string;
  /** It counts as passed because the lesson's ★ step was. */
  placed?: boolean;
  /** Passed over by the learner. */
  skippedAt?: string;
  /** `hint --all` or `solution` was asked for before it was passed. */
  withHelp?: boolean;
  /** How many hints were shown, 0–3. */
  hints?: number;
  /** Failed verifies. */
  fails?: number;
  /** Of `predict`: the first option chosen. */
  firstChoice?: string;
  snapshot?: Snapshot;
  lastVerdict?: Verdict;
}

/** The step's start, for checks that compare with it. */
export interface Snapshot {
  /** Live expression, as written → its value then. */
  values: Readonly<Record<string, unknown>>;
  /** File → hash. */
  files: Readonly<Record<string, string>>;
}

/** What `verify` said last; `checks` is the check engine's own data. */
export interface Verdict {
  at: string;
  passed: boolean;
  checks: readonly unknown[];
}

export const emptyProgress: Progress = { format: 1, steps: {}, files: {} };

/** Changes what is noted about one step. */
export function withStep(progress: Progress, id: string, change: Partial<StepProgress>): Progress {
  return { ...progress, steps: { ...progress.steps, [id]: { ...progress.steps[id], ...change } } };
}

/** The step has been prepared. `now` in milliseconds. */
export function started(progress: Progress, step: Step, now: number, snapshot: Snapshot): Progress {
  return withStep(progress, step.id, { startedAt: iso(now), snapshot });
}

/** Marks from one `verify`: passed, or one failure more. The first choice of a prediction stays the first. */
export function verified(
  progress: Progress,
  step: Step,
  verdict: Omit<Verdict, "at"> & { choice?: string },
  now: number,
): Progress {
  const before = progress.steps[step.id] ?? {};
  const { choice, ...rest } = verdict;
  return withStep(progress, step.id, {
    lastVerdict: { at: iso(now), ...rest },
    ...(choice !== undefined && { firstChoice: before.firstChoice ?? choice }),
    ...(verdict.passed ? { passedAt: before.passedAt ?? iso(now) } : { fails: (before.fails ?? 0) + 1 }),
  });
}

/** Passes every step of the placement's lesson, when its ★ step was passed without help. */
export function placed(progress: Progress, course: Course, now: number): Progress {
  if (progress.placement === undefined) return progress;
  const { steps } = course.lesson(progress.placement);
  const star = steps.find((step) => step.star);
  const mark = star && progress.steps[star.id];
  if (!mark?.passedAt || mark.withHelp) return progress;
  const toPlace = steps.filter(({ id }) => !isPassed(progress, id));
  return toPlace.reduce((all, { id }) => withStep(all, id, { passedAt: iso(now), placed: true }), withoutPlacement(progress));
}

/** How many hints may be shown now: the first is free, each failed verify offers one more. */
export function hintsOffered(progress: Progress, step: Step): number {
  return Math.min(3, 1 + (progress.steps[step.id]?.fails ?? 0));
}

/** Notes that `count` hints have been shown. */
export function hinted(progress: Progress, step: Step, count: number): Progress {
  return withStep(progress, step.id, { hints: Math.max(count, progress.steps[step.id]?.hints ?? 0) });
}

/** Notes that the answer was shown; a step already passed keeps its honour. */
export function helped(progress: Progress, step: Step): Progress {
  return isPassed(progress, step.id) ? progress : withStep(progress, step.id, { withHelp: true });
}

/** Forgets that the step was begun, so that its start state is prepared anew; marks stay. */
export function restarted(progress: Progress, step: Step): Progress {
  const marks = without(progress.steps[step.id] ?? {}, "startedAt", "snapshot", "lastVerdict");
  return { ...progress, steps: { ...progress.steps, [step.id]: marks } };
}

/** Notes what was written into files of the workspace. */
export function wrote(progress: Progress, hashes: Readonly<Record<string, string>>): Progress {
  return { ...progress, files: { ...progress.files, ...hashes } };
}

/** Forgets all marks, but not where the workspace is nor what was written there. */
export function forgotten(progress: Progress): Progress {
  return { ...without(progress, "current", "placement"), steps: {} };
}

/** Any step but the ★ one being tried alone ends a placement. */
export function withoutPlacement(progress: Progress): Progress {
  return without(progress, "placement");
}

export const isPassed = (progress: Progress, id: string): boolean => progress.steps[id]?.passedAt !== undefined;

function without<T extends object, K extends keyof T>(whole: T, ...fields: K[]): Omit<T, K> {
  const rest = { ...whole };
  for (const field of fields) delete rest[field];
  return rest;
}

const iso = (now: number): string => new Date(now).toISOString();
