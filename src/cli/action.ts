import type { ExitCode } from "./exit-code.ts";
import type { Session } from "./session.ts";

/** Wraps a command's work into a commander action: `work` gets a session and what commander parsed. */
export type Action = <A extends unknown[]>(
  work: (session: Session, ...args: A) => ExitCode | Promise<ExitCode>,
) => (...args: A) => Promise<void>;
