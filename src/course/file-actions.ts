import { rm } from "node:fs/promises";
import { join } from "node:path";
import { replaceWords } from "./blanks.ts";
import type { Course } from "./course.ts";
import type { Action, Language } from "./lesson.ts";
import { CourseError } from "./problem.ts";
import { inStyleOf, startText } from "./scaffold.ts";
import { readIfThere, writeAtomically, writing } from "./text-file.ts";

export type FileAction = Extract<Action, { file: string }>;

/** Whether an action changes a file of the workspace, and so needs no cluster. */
export const isFileAction = (action: Action): action is FileAction => "file" in action;

/**
 * Does an action, its placeholders filled in, to the workspace at `dir`. For `course test` and `solution --write`.
 * @throws CourseError manifest-missing, edit-finds-nothing, file-unreadable, file-unwritable
 */
export async function doFileAction(action: FileAction, course: Course, dir: string, language: Language): Promise<void> {
  const path = join(dir, action.file);
  switch (action.type) {
    case "remove":
      return writing(path, () => rm(path, { force: true }));
    case "write-text":
      return writeAtomically(path, action.text);
    case "write":
      return writeAtomically(path, await startText(course, { ...action, file: action.from }, language));
    case "edit":
      return writeAtomically(path, await edited(path, action));
  }
}

async function edited(path: string, { file, replace }: Extract<FileAction, { type: "edit" }>): Promise<string> {
  const text = (await readIfThere(path)) ?? "";
  const result = replaceWords(text.replaceAll("\r\n", "\n"), replace);
  if ("missing" in result) throw new CourseError({ code: "edit-finds-nothing", file, from: result.missing });
  return inStyleOf(text, result.text);
}
