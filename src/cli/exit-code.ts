import type { Problem } from "../ui/problem.ts";

/** What a command's end tells a script. */
export const ExitCode = {
  passed: 0,
  /** The step's checks have not all passed; a script may go on trying. */
  notYet: 1,
  misuse: 2,
  /** This machine or this cluster can't; the message has the cure. */
  cannot: 3,
  /** The lesson itself is broken. */
  lesson: 4,
  bug: 70,
  interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Of a problem that ends a command. */
export const exitCodeOf: Readonly<Record<Problem["code"], ExitCode>> = {
  "answer-missing": ExitCode.misuse,
  "argument-missing": ExitCode.misuse,
  "argument-unexpected": ExitCode.misuse,
  "break-failed": ExitCode.cannot,
  busy: ExitCode.cannot,
  "cluster-absent": ExitCode.cannot,
  "cluster-config-blank": ExitCode.misuse,
  "cluster-config-invalid": ExitCode.misuse,
  "cluster-config-missing": ExitCode.misuse,
  "cluster-exists": ExitCode.misuse,
  "cluster-refused": ExitCode.cannot,
  "cluster-start-failed": ExitCode.cannot,
  "cluster-start-slow": ExitCode.cannot,
  "cluster-unreachable": ExitCode.cannot,
  "course-missing": ExitCode.lesson,
  "course-newer": ExitCode.lesson,
  "edit-finds-nothing": ExitCode.lesson,
  "file-unreadable": ExitCode.cannot,
  "file-unwritable": ExitCode.cannot,
  "flag-needs-value": ExitCode.misuse,
  "flag-value-invalid": ExitCode.misuse,
  "kubeconfig-broken": ExitCode.cannot,
  "lesson-invalid": ExitCode.lesson,
  "manifest-missing": ExitCode.lesson,
  "needs-unmet": ExitCode.cannot,
  "nothing-to-apply": ExitCode.misuse,
  "nothing-to-skip": ExitCode.misuse,
  "progress-locked": ExitCode.cannot,
  "progress-newer": ExitCode.cannot,
  "state-unwritable": ExitCode.cannot,
  "step-not-begun": ExitCode.misuse,
  "text-missing": ExitCode.lesson,
  "unknown-command": ExitCode.misuse,
  "unknown-flag": ExitCode.misuse,
  "unknown-language": ExitCode.misuse,
  "unknown-lesson": ExitCode.misuse,
  "workspace-missing": ExitCode.cannot,
  "workspace-unset": ExitCode.misuse,
  "yes-missing": ExitCode.misuse,
};
