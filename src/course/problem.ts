import type { Language } from "./lesson.ts";

/** Where in a file of the course something is wrong. Lines and columns count from 1. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

/** One fault of a lesson's files, for its author; English, as the schema is. */
export interface Fault extends Place {
  what: string;
}

/** Everything that can go wrong here, as data: the CLI has the words, in both languages, and the exit code. */
export type CourseProblem =
  /** The lesson itself is broken: exit code 4. */
  | { code: "course-missing"; dir: string }
  | { code: "course-newer"; file: string; format: unknown }
  | { code: "lesson-invalid"; faults: readonly [Fault, ...Fault[]] }
  | { code: "text-missing"; lesson: string; language: Language; file: string }
  | { code: "manifest-missing"; manifest: string; file: string }
  | { code: "edit-finds-nothing"; file: string; from: string }
  /** Misuse: exit code 2. */
  | { code: "unknown-lesson"; given: string; near: readonly string[] }
  | { code: "nothing-to-skip"; lesson: string }
  /** This machine or this state can't: exit code 3. */
  | { code: "progress-newer"; file: string; format: number }
  | { code: "progress-locked"; file: string; pid: number }
  | { code: "workspace-missing"; dir: string }
  | { code: "workspace-unset" }
  | { code: "file-unreadable"; file: string; reason: string }
  | { code: "file-unwritable"; file: string; reason: string };

/** Carries a CourseProblem through the stack. Its message is for a log, never for a learner. */
export class CourseError extends Error {
  override readonly name = "CourseError";
  readonly problem: CourseProblem;

  constructor(problem: CourseProblem, options?: ErrorOptions) {
    super(`${problem.code}: ${JSON.stringify(problem)}`, options);
    this.problem = problem;
  }
}

/** The `code` of a Node system error (`ENOENT`, `EROFS`, `ENOSPC`…), if it is one. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
