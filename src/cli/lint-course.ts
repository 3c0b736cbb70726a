import { relative, resolve } from "node:path";
import { factNames } from "../checks/facts.ts";
import { checkCodes } from "../checks/index.ts";
import { lintCourse } from "../course/lint.ts";
import { renderData } from "../ui/data.ts";
import { ExitCode } from "./exit-code.ts";
import type { OutputFlag } from "./output-flag.ts";
import type { Session } from "./session.ts";

/** Every fault of the course's files, a line each, as compilers print them: FILE:LINE:COLUMN: WHAT [RULE]. */
export async function lint(session: Session, { output }: OutputFlag): Promise<ExitCode> {
  const { cwd, flags, installation, messages, theme } = session;
  const dir = resolve(cwd, flags.course ?? installation.lessons);
  const findings = await lintCourse(dir, { codes: checkCodes, facts: factNames });
  if (output) session.print(await renderData(findings, output));
  else {
    for (const { file, line, column, what, rule } of findings)
      session.print(`${relative(cwd, file)}:${line}:${column}: ${what} ${theme.faint(`[${rule}]`)}\n`);
    session.tell(findings.length > 0 ? messages.lint.faults(findings.length) : messages.lint.fine(dir));
  }
  return findings.length > 0 ? ExitCode.lesson : ExitCode.passed;
}
