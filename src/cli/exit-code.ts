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
