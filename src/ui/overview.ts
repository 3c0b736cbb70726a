import type { Need, StepKind } from "../course/lesson.ts";
import type { LessonState } from "../course/step-machine.ts";

export type StepState = "open" | "passed" | "passed-with-help" | "placed" | "skipped";

/** The course with the learner's marks: what `list` shows, and `list -o json` prints. */
export interface Overview {
  chapters: readonly ChapterOverview[];
  /** Id of the step that `verify` looks at; absent when all are passed. */
  current?: string;
}

export interface ChapterOverview {
  id: string;
  title: string;
  lessons: readonly LessonOverview[];
}

export interface LessonOverview {
  id: string;
  title: string;
  state: LessonState;
  minutes: number;
  steps: readonly StepOverview[];
}

export interface StepOverview {
  id: string;
  title: string;
  kind: StepKind;
  minutes: number;
  optional: boolean;
  state: StepState;
  /** What is missing on this cluster: the step can't be done on it. Absent when nothing is. */
  notHere?: { needs: readonly Need[]; rights: readonly string[] };
}
