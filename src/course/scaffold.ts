import { createHash } from "node:crypto";
import { join } from "node:path";
import { replaceWords, solved, withBlanks } from "./blanks.ts";
import type { Course } from "./course.ts";
import type { Language, ManifestUse, StartFile } from "./lesson.ts";
import { CourseError } from "./problem.ts";
import { backUp, readIfThere, writeAtomically } from "./text-file.ts";

/** What became of one file. `hash` is of the text we wrote last, to be kept in the progress. */
export type Scaffolded = {
  file: string;
} & (
  | { outcome: "written"; hash: string; backup?: string }
  /** It was there already, as we would write it. */
  | { outcome: "same"; hash: string }
  /** It is the learner's, and stays. */
  | { outcome: "kept" }
);

export interface ScaffoldOptions {
  /** Absolute folder of the workspace. */
  dir: string;
  /** File name → hash of what we wrote last. */
  written: Readonly<Record<string, string>>;
  /** Write over what is there, a copy of the learner's set aside (`reset --files`, `solution --write`). */
  replace?: boolean;
}

/**
 * The text of a start file: its manifest in the form asked for, words replaced. `note` becomes the first line of a solved one, so
 * that a learner who began in the middle knows where it came from.
 * @throws CourseError manifest-missing, edit-finds-nothing
 */
export async function startText(course: Course, use: StartFile, language: Language, note?: string): Promise<string> {
  const manifest = await course.manifest(use.file);
  const text = use.form === "blanks" ? withBlanks(manifest, language) : solved(manifest);
  return (note !== undefined && use.form === "solved" ? `# ${note}\n` : "") + replaced(use.file, text, use.replace);
}

/** The objects of a start state: a manifest in solved form, words replaced. @throws CourseError manifest-missing, edit-finds-nothing */
export async function startObjects(course: Course, { manifest, replace }: ManifestUse): Promise<string> {
  return replaced(manifest, solved(await course.manifest(manifest)), replace);
}

/**
 * Writes one file of the workspace: where it is missing, or still as we wrote it. What the learner changed is kept,
 * unless `replace`, and then a copy stays as `.bak-N`. A file's byte order mark and line ends survive.
 * @throws CourseError file-unreadable, file-unwritable
 */
export async function scaffoldFile(file: string, text: string, options: ScaffoldOptions): Promise<Scaffolded> {
  const path = join(options.dir, file);
  const hash = hashOf(text);
  const existing = await readIfThere(path);
  if (existing === undefined) {
    await writeAtomically(path, text);
    return { file, outcome: "written", hash };
  }
  const seen = hashOf(existing);
  if (seen === hash) return { file, outcome: "same", hash };
  const ours = seen === options.written[file];
  if (!ours && !options.replace) return { file, outcome: "kept" };
  const backup = ours ? undefined : await backUp(path);
  await writeAtomically(path, inStyleOf(existing, text));
  return { file, outcome: "written", hash, ...(backup && { backup }) };
}

/** Whether a file of the workspace is absent, as we wrote it, or changed by the learner. */
export async function fileState(file: string, { dir, written }: ScaffoldOptions): Promise<"absent" | "ours" | "learner's"> {
  const text = await readIfThere(join(dir, file));
  if (text === undefined) return "absent";
  return hashOf(text) === written[file] ? "ours" : "learner's";
}

/** Names a text; byte order mark and line ends don't count, since editors and git change them unasked. */
export function hashOf(text: string): string {
  return createHash("sha256")
    .update(text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n"))
    .digest("hex")
    .slice(0, 32);
}

/** `text` with the byte order mark and line ends of `model`. */
export function inStyleOf(model: string, text: string): string {
  const plain = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  return (model.startsWith("\uFEFF") ? "\uFEFF" : "") + (model.includes("\r\n") ? plain.replaceAll("\n", "\r\n") : plain);
}

function replaced(file: string, text: string, replace: StartFile["replace"]): string {
  const result = replaceWords(text, replace);
  if ("missing" in result) throw new CourseError({ code: "edit-finds-nothing", file, from: result.missing });
  return result.text;
}
