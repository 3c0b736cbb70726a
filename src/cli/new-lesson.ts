import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { newLesson } from "../course/new-lesson.ts";
import { CourseError } from "../course/problem.ts";
import { ExitCode } from "./exit-code.ts";
import type { Session } from "./session.ts";
import { UsageError } from "./usage-error.ts";

/** `course new`: a lesson to change into one's own, in the course of `--course`, else in the one that lies here. */
export async function makeLesson(session: Session, id: string): Promise<ExitCode> {
  const { cwd, flags, messages, self, theme } = session;
  if (!/^[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*$/.test(id)) throw notThis(id);
  const dir = flags.course === undefined ? courseHere(cwd) : resolve(cwd, flags.course);
  const made = await newLesson(dir, id);
  if (made.outcome === "exists") throw notThis(id);
  for (const file of made.files) session.print(`${relative(cwd, file)}\n`);
  const where = `--course ${relative(cwd, dir) || "."}`;
  const commands = [`${self} course lint ${where}`, `${self} course test ${where} --only ${id}`, `${self} next ${id} ${where}`];
  session.tell(messages.courseNew.next);
  for (const command of commands) session.tell(`    ${theme.code(command)}`);
  return ExitCode.passed;
}

const notThis = (given: string): UsageError =>
  new UsageError({ code: "flag-value-invalid", flag: "LESSON", given, known: ["CHAPTER/NEW-LESSON"], near: [] });

/** This folder, or its `lessons`. @throws CourseError course-missing */
function courseHere(cwd: string): string {
  const dir = [cwd, join(cwd, "lessons")].find((one) => existsSync(join(one, "course.yaml")));
  if (dir === undefined) throw new CourseError({ code: "course-missing", dir: cwd });
  return dir;
}
