import { relative, resolve } from "node:path";
import { checkCodes } from "../checks/index.ts";
import { lintCourse } from "../course/lint.ts";
import { ExitCode } from "./exit-code.ts";
import type { Session } from "./session.ts";

/** Every fault of the course's files, a line each, as compilers print them: FILE:LINE:COLUMN: WHAT. */
export async function lint(session: Session): Promise<ExitCode> {
  const { cwd, flags, installation, messages } = session;
  const dir = resolve(cwd, flags.course ?? installation.lessons);
  const faults = await lintCourse(dir, { codes: checkCodes });
  for (const { file, line, column, what } of faults) session.print(`${relative(cwd, file)}:${line}:${column}: ${what}\n`);
  session.tell(faults.length > 0 ? messages.lint.faults(faults.length) : messages.lint.fine(dir));
  return faults.length > 0 ? ExitCode.lesson : ExitCode.passed;
}
