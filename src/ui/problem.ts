import type { ClusterProblem } from "../clusters/problem.ts";
import type { CourseProblem } from "../course/problem.ts";
import type { Language } from "../course/lesson.ts";
import type { DownloadFailure } from "../system/download.ts";
import type { Messages } from "./messages/en.ts";
import type { Theme } from "./theme.ts";

/** Misuse of the command line. `command` is the one whose help says more, as typed: `verify`, `cluster create`. */
export type UsageProblem =
  | { code: "unknown-language"; given: string; known: readonly Language[]; near: readonly string[] }
  | { code: "unknown-command"; given: string; command: string; near: readonly string[] }
  | { code: "unknown-flag"; given: string; command: string; near: readonly string[] }
  | { code: "flag-needs-value"; flag: string; command: string }
  | { code: "flag-value-invalid"; flag: string; given: string; known: readonly string[]; near: readonly string[] }
  | { code: "answer-missing"; wanted: "option" | "value" | "list"; options: readonly string[] }
  | { code: "yes-missing"; command: string }
  | { code: "nothing-to-apply" }
  | { code: "step-not-begun"; step: string }
  | { code: "argument-missing"; argument: string; command: string }
  | { code: "argument-unexpected"; given: string; command: string };

/** What the tutor does to the cluster before a step could not be done. */
export type StartProblem = { code: "break-failed"; command: string; said: string };

/** A program of another project that we can't have. */
export type ToolProblem =
  | { code: "tool-unpublished"; tool: string; platform: string }
  | {
      code: "tool-not-fetched";
      tool: string;
      version: string;
      failure: DownloadFailure;
      /** The variable that names a proxy, if there is one: we go past it. */
      proxy: string | undefined;
      /** Lines for the learner's shell that do the same. */
      byHand: readonly string[];
      /** The command that tries anew. */
      again: string;
    };

export type Problem = CourseProblem | ClusterProblem | UsageProblem | StartProblem | ToolProblem;

/** What happened, why if that is known, and what to type or do next. */
export interface ProblemWords {
  what: string;
  why?: string;
  try?: readonly string[];
}

/** Words for every problem there is: a code without any does not compile. */
export type ProblemTable = { [P in Problem as P["code"]]: (problem: P) => ProblemWords };

export function wordsOf(problem: Problem, messages: Messages): ProblemWords {
  const words = messages.problems[problem.code] as (problem: Problem) => ProblemWords;
  return words(problem);
}

/** As kubectl words a failure, and below it what to do about it. */
export function renderProblem({ what, why, try: next = [] }: ProblemWords, messages: Messages, theme: Theme): string {
  const labels = messages.labels;
  return [
    `${theme.bad(labels.error)} ${what}`,
    ...(why === undefined ? [] : [`  ${theme.faint(labels.why)} ${why}`]),
    ...next.map((line) => `  ${theme.faint(labels.try)} ${theme.code(line)}`),
    "",
  ].join("\n");
}
