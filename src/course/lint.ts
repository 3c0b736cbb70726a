import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { blanksOf, withBlanks } from "./blanks.ts";
import { type Course, loadCourse } from "./course.ts";
import { findLessonFolders, findManifests, type LessonFolder, readCourseFile } from "./course-folder.ts";
import { type Language, languages } from "./lesson.ts";
import { parseLessonText } from "./lesson-text.ts";
import { parseLessonFile } from "./lesson-file.ts";
import { type CheckCodes, comparePair, lintFacts, lintText, type TextSource } from "./lint-lesson.ts";
import { CourseError, type CourseProblem, type Fault } from "./problem.ts";
import { startObjects, startText } from "./scaffold.ts";
import { parseYaml, YamlSyntaxError, type YamlPath } from "./yaml-source.ts";

export interface LintOptions {
  /** Without these the failure codes in texts are not looked at. */
  codes?: CheckCodes;
}

/** Every fault of a course folder that can be found without a cluster. @throws CourseError course-missing, file-unreadable */
export async function lintCourse(dir: string, options: LintOptions = {}): Promise<Fault[]> {
  const header = await faultsOf(() => readCourseFile(dir));
  if (!header.value) return header.faults;
  const folders = await findLessonFolders(dir);
  const faults = (await Promise.all(folders.map((folder) => lintLesson(folder, options)))).flat();
  const { value: course } = await faultsOf(() => loadCourse(dir));
  return course ? [...faults, ...(await lintManifests(dir, course, folders))] : faults;
}

async function lintLesson({ id, path }: LessonFolder, options: LintOptions): Promise<Fault[]> {
  const file = join(path, "lesson.yaml");
  const source = await readFile(file, "utf8");
  const parsed = await faultsOf(() => parseLessonFile(source, file, id));
  if (!parsed.value) return parsed.faults;
  const lesson = parsed.value;
  const at = (where: YamlPath, what: string): Fault => ({ file, ...parseYaml(source)[0]!.positionOf(where), what });
  const texts = await Promise.all(languages.map((language) => readText(path, language)));
  const [en, ja] = texts.map(({ value }) => value);
  return [
    ...lintFacts(lesson, at),
    ...texts.flatMap(({ faults }) => faults),
    ...texts.flatMap((text) => (text.value ? lintText(lesson, text.value, options.codes) : [])),
    ...(en && ja ? comparePair(en, ja) : []),
  ];
}

async function readText(path: string, language: Language): Promise<{ value?: TextSource; faults: Fault[] }> {
  const file = join(path, `text.${language}.md`);
  return faultsOf(async () => {
    const markdown = await readFile(file, "utf8").catch(() => {
      throw new CourseError({ code: "lesson-invalid", faults: [{ file, line: 1, column: 1, what: "this file is missing" }] });
    });
    return { file, lines: markdown.split(/\r?\n/), text: parseLessonText(markdown, file, language) };
  });
}

async function lintManifests(dir: string, course: Course, folders: readonly LessonFolder[]): Promise<Fault[]> {
  const manifests = await findManifests(dir);
  const used = new Set<string>();
  const faults: Fault[] = [];
  for (const step of course.steps) {
    const file = join(folders.find(({ id }) => id === step.lesson)!.path, "lesson.yaml");
    for (const use of step.start.objects) {
      used.add(use.manifest);
      faults.push(...(await faultsOf(() => startObjects(course, use), file)).faults);
    }
    for (const use of step.start.files) {
      used.add(use.file);
      faults.push(...(await faultsOf(() => startText(course, use, "en"), file)).faults);
    }
    for (const { do: actions } of [step.solution, ...step.wrong, ...step.routes])
      for (const action of actions) if (action.type === "write") used.add(action.from);
  }
  for (const { name, path } of manifests) {
    if (!used.has(name)) faults.push({ file: path, line: 1, column: 1, what: "no lesson uses this manifest" });
    faults.push(...lintManifest(path, await readFile(path, "utf8")));
  }
  return faults;
}

function lintManifest(file: string, text: string): Fault[] {
  const marks = text.split("\n").flatMap((line, index) => (line.includes("# blank") ? [index + 1] : []));
  const blanks = blanksOf(text);
  const known = new Set(blanks.map(({ line }) => line));
  const fault = (line: number, what: string): Fault => ({ file, line, column: 1, what });
  return [
    ...marks.filter((line) => !known.has(line)).map((line) => fault(line, "a blank is: key: value # blank: question | 質問")),
    ...blanks.flatMap(({ line, question }) => (question.ja === question.en ? [fault(line, "the question lacks Japanese")] : [])),
    ...[text, withBlanks(text, "en")].flatMap((form) => {
      try {
        parseYaml(form);
        return [];
      } catch (error) {
        if (error instanceof YamlSyntaxError) return [fault(error.position.line, error.reason)];
        throw error;
      }
    }),
  ];
}

/** What a reader of the course makes of it: its value, or the faults it throws. */
async function faultsOf<T>(read: () => T | Promise<T>, file = ""): Promise<{ value?: T; faults: Fault[] }> {
  try {
    return { value: await read(), faults: [] };
  } catch (error) {
    if (!(error instanceof CourseError)) throw error;
    return { faults: toFaults(error.problem, file) };
  }
}

function toFaults(problem: CourseProblem, file: string): Fault[] {
  if (problem.code === "lesson-invalid") return [...problem.faults];
  if (problem.code === "edit-finds-nothing")
    return [{ file, line: 1, column: 1, what: `"${problem.from}" is not in ${problem.file}` }];
  if (problem.code === "manifest-missing")
    return [{ file, line: 1, column: 1, what: `there is no manifest ${problem.manifest}` }];
  throw new CourseError(problem);
}
