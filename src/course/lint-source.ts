import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { findLessonFolders, findManifests, type LessonFolder, readCourseFile } from "./course-folder.ts";
import { type Language, languages, type Lesson, type Step } from "./lesson.ts";
import { parseLessonFile } from "./lesson-file.ts";
import { type LessonText, parseLessonText, type StepText } from "./lesson-text.ts";
import { CourseError, type Fault, type Place } from "./problem.ts";
import { parseYaml, type YamlDocument, type YamlPath } from "./yaml-source.ts";

/** Failure codes by check type. */
export type CheckCodes = Readonly<Record<string, readonly string[]>>;

/** What a course's files may name and this folder does not know. Without it, such names are not looked at. */
export interface Vocabulary {
  codes?: CheckCodes;
  /** `discovery.preferred`, `nodes.count`… */
  facts?: readonly string[];
}

/** A fault, and the rule it breaks. */
export interface Finding extends Fault {
  rule: string;
}

/** All of a course that could be read, with the places of its parts. */
export interface CourseSource {
  dir: string;
  header: Awaited<ReturnType<typeof readCourseFile>>;
  lessons: readonly LessonSource[];
  manifests: ReadonlyMap<string, ManifestSource>;
  vocabulary: Vocabulary;
}

export interface LessonSource {
  lesson: Lesson;
  file: string;
  at(path: YamlPath): Place;
  texts: Partial<Record<Language, TextSource>>;
}

export interface TextSource {
  language: Language;
  file: string;
  lines: readonly string[];
  text: LessonText;
}

export interface StepSource {
  lesson: LessonSource;
  step: Step;
  /** A path within the step, as lesson.yaml has it. */
  at(path: YamlPath): Place;
}

/** A step and its section in one language. */
export interface SectionSource extends StepSource {
  language: Language;
  section: StepText;
  /** Of a part, or of the first line in it that has `words`; else of the section. */
  place(part?: string, words?: string): Place;
}

/** A step's sections, both there. */
export interface PairSource {
  en: SectionSource;
  ja: SectionSource;
}

export interface ManifestSource {
  name: string;
  file: string;
  text: string;
}

/** Reads a whole course; what can't be understood is a finding, and left out. @throws CourseError course-missing, file-unreadable */
export async function readCourseSource(
  dir: string,
  vocabulary: Vocabulary,
): Promise<{ source?: CourseSource; findings: Finding[] }> {
  const header = await attempt("schema", () => readCourseFile(dir));
  if (!header.value) return { findings: header.findings };
  const [folders, files] = await Promise.all([findLessonFolders(dir), findManifests(dir)]);
  const lessons = await Promise.all(folders.map(readLesson));
  const manifests = await Promise.all(
    files.map(async ({ name, path }) => [name, { name, file: path, text: await readFile(path, "utf8") }] as const),
  );
  return {
    source: {
      dir,
      header: header.value,
      lessons: lessons.flatMap(({ value }) => value ?? []),
      manifests: new Map(manifests),
      vocabulary,
    },
    findings: lessons.flatMap(({ findings }) => findings),
  };
}

async function readLesson({ id, path }: LessonFolder): Promise<{ value?: LessonSource; findings: Finding[] }> {
  const file = join(path, "lesson.yaml");
  const source = await readFile(file, "utf8");
  const [facts, ...texts] = await Promise.all([
    attempt("schema", () => parseLessonFile(source, file, id)),
    ...languages.map((language) => readText(path, language)),
  ]);
  const findings = [...facts.findings, ...texts.flatMap((text) => text.findings)];
  if (!facts.value) return { findings };
  let document: YamlDocument | undefined;
  const positionOf = (where: YamlPath) => (document ??= parseYaml(source)[0]!).positionOf(where);
  const read = texts.flatMap(({ value }) => value ?? []);
  const value: LessonSource = {
    lesson: facts.value,
    file,
    at: (where) => lazily(() => ({ file, ...positionOf(where) })),
    texts: Object.fromEntries(read.map((text) => [text.language, text])),
  };
  return { value, findings };
}

function readText(path: string, language: Language): Promise<{ value?: TextSource; findings: Finding[] }> {
  const file = join(path, `text.${language}.md`);
  return attempt("text-form", async () => {
    const markdown = await readFile(file, "utf8").catch(() => {
      throw new CourseError({ code: "lesson-invalid", faults: [{ file, line: 1, column: 1, what: "this file is missing" }] });
    });
    return { language, file, lines: markdown.split(/\r?\n/), text: parseLessonText(markdown, file, language) };
  });
}

export function stepsOf(lesson: LessonSource): StepSource[] {
  return lesson.lesson.steps.map((step, index) => ({ lesson, step, at: (path) => lesson.at(["steps", index, ...path]) }));
}

/** Sections of steps that are in lesson.yaml. */
export function sectionsOf(lesson: LessonSource): SectionSource[] {
  return languages.flatMap((language) => {
    const source = lesson.texts[language];
    return source ? stepsOf(lesson).flatMap((step) => sectionOf(step, source)) : [];
  });
}

function sectionOf(step: StepSource, { language, file, lines, text }: TextSource): SectionSource[] {
  const section = text.steps.find(({ name }) => name === step.step.name);
  if (!section) return [];
  const start = lines.findIndex((line) => line.startsWith(`## ${section.name} — `));
  const next = lines.findIndex((line, index) => index > start && line.startsWith("## "));
  const end = next < 0 ? lines.length : next;
  const find = (from: number, holds: (line: string) => boolean): number => {
    const index = lines.findIndex((line, at) => at >= from && at < end && holds(line));
    return index < 0 ? from : index;
  };
  const place = (part?: string, words?: string): Place =>
    lazily(() => {
      const heading = part === undefined ? start : find(start, (line) => line === `### ${part}`);
      return { file, line: 1 + (words === undefined ? heading : find(heading, (line) => line.includes(words))), column: 1 };
    });
  return [{ ...step, language, section, place }];
}

export function pairsOf(lesson: LessonSource): PairSource[] {
  const sections = sectionsOf(lesson);
  return stepsOf(lesson).flatMap(({ step }) => {
    const [en, ja] = languages.map((language) => sections.find((one) => one.step === step && one.language === language));
    return en && ja ? [{ en, ja }] : [];
  });
}

/** `ns`, or an image and one of its fields. */
export function isSetting(name: string, { header: { images } }: Pick<CourseSource, "header">): boolean {
  if (name === "ns") return true;
  const [source, image = "", field = "image", ...more] = name.split(".");
  const known = images[image];
  return source === "images" && more.length === 0 && known !== undefined && Object.hasOwn(known, field);
}

/** A place that is worked out when somebody asks for it: most rules hold, and then nobody does. */
function lazily(find: () => Place): Place {
  let found: Place | undefined;
  const place = (): Place => (found ??= find());
  return {
    get file() {
      return place().file;
    },
    get line() {
      return place().line;
    },
    get column() {
      return place().column;
    },
  };
}

/** What a reader makes of a file: its value, or the faults it throws. */
async function attempt<T>(rule: string, read: () => T | Promise<T>): Promise<{ value?: T; findings: Finding[] }> {
  try {
    return { value: await read(), findings: [] };
  } catch (error) {
    if (!(error instanceof CourseError) || error.problem.code !== "lesson-invalid") throw error;
    return { findings: error.problem.faults.map((fault) => ({ rule, ...fault })) };
  }
}
