import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { blanksOf, withBlanks } from "./blanks.ts";
import type { Course } from "./course.ts";
import { loadCourse } from "./course.ts";
import { findLessonFolders, findManifests, type LessonFolder } from "./course-folder.ts";
import { answerWanted, type Language, languages, type Lesson, type Step } from "./lesson.ts";
import { type LessonText, parseLessonText, type StepText } from "./lesson-text.ts";
import { parseLessonFile } from "./lesson-file.ts";
import { CourseError, type CourseProblem, type Fault } from "./problem.ts";
import { startObjects, startText } from "./scaffold.ts";
import { textHeight } from "./text-height.ts";
import { parseYaml, YamlSyntaxError, type YamlPath } from "./yaml-source.ts";

export interface LintOptions {
  /** Failure codes by check type; without them the codes in texts are not looked at. */
  codes?: Readonly<Record<string, readonly string[]>>;
}

/** Every fault of a course folder that can be found without a cluster. @throws CourseError course-missing, file-unreadable */
export async function lintCourse(dir: string, options: LintOptions = {}): Promise<Fault[]> {
  const folders = await findLessonFolders(dir);
  const linted = await Promise.all(folders.map((folder) => lintLesson(folder, options)));
  const faults = linted.flat();
  if (faults.some(({ file }) => file.endsWith("lesson.yaml"))) return faults;
  const course = await faultsOf(() => loadCourse(dir));
  return [...faults, ...course.faults, ...(course.value ? await lintManifests(dir, course.value) : [])];
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
    ...texts.flatMap((text) => (text.value ? lintText(lesson, text.value, options) : [])),
    ...(en && ja ? comparePair(en, ja) : []),
  ];
}

interface TextSource {
  file: string;
  lines: readonly string[];
  text: LessonText;
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

function lintFacts(lesson: Lesson, at: (where: YamlPath, what: string) => Fault): Fault[] {
  const stars = lesson.steps.filter(({ star }) => star).length;
  const names = lesson.steps.map(({ name }) => name);
  return [
    ...(stars === 1 ? [] : [at(["steps"], `a lesson has one step with star: true, not ${stars}`)]),
    ...(new Set(names).size === names.length ? [] : [at(["steps"], "two steps have the same id")]),
    ...lesson.steps.flatMap((step, index) => lintStep(step).map(({ path, what }) => at(["steps", index, ...path], what))),
  ];
}

function lintStep(step: Step): { path: YamlPath; what: string }[] {
  const faults: { path: YamlPath; what: string }[] = [];
  const expect = (holds: boolean, path: YamlPath, what: string): void => void (holds || faults.push({ path, what }));
  const checks = new Set(step.checks.map(({ name }) => name));
  const wanted = answerWanted(step);
  const answers = step.checks.filter(({ type }) => type === "choice-equals" || type === "answer-equals-live");
  expect(answers.length <= 1, ["checks"], "a step asks one question at most");
  expect((step.kind === "predict") === (wanted === "option"), ["kind"], "predict is the kind of a step with choice-equals");
  expect(step.options.length > 0 === (wanted === "option"), ["options"], "options belong to choice-equals, and it to them");
  for (const { name, type, args } of step.checks) {
    const option = String(args["option"]);
    if (type === "choice-equals") expect(step.options.includes(option), ["checks", name], `${option} is none of the options`);
  }
  if (step.kind === "read") return faults;
  expect(checks.size > 0, ["id"], "a step has checks, unless its kind is read");
  expect(step.wrong.length >= 2, ["wrong"], `a step needs two wrong answers or more, not ${step.wrong.length}`);
  expect((step.solution.answer !== undefined) === (wanted !== "none"), ["solution"], "the solution answers when a check asks");
  step.wrong.forEach(({ id, fails }, index) => {
    expect(id === `W${index + 1}`, ["wrong", index, "id"], `wrong answers are numbered in order: this is W${index + 1}`);
    expect(checks.has(fails), ["wrong", index, "fails"], `this step has no check "${fails}"; it has ${[...checks].join(", ")}`);
  });
  return faults;
}

function lintText(lesson: Lesson, { file, lines, text }: TextSource, { codes }: LintOptions): Fault[] {
  const names = text.steps.map(({ name }) => name);
  const wanted = lesson.steps.map(({ name }) => name);
  if (names.join() !== wanted.join())
    return [{ file, line: 1, column: 1, what: `the sections are ${names.join(", ")}; the steps are ${wanted.join(", ")}` }];
  return lesson.steps.flatMap((step, index) => {
    const section = text.steps[index]!;
    const line = 1 + lines.findIndex((one) => one.startsWith(`## ${step.name} `));
    return lintSection(step, section, codes).map((what) => ({ file, line, column: 1, what: `${step.name}: ${what}` }));
  });
}

function lintSection(step: Step, section: StepText, codes: LintOptions["codes"]): string[] {
  const height = textHeight(section.text, 80);
  const answer = step.checks.find(({ type }) => type === "answer-equals-live");
  const labels = Object.keys((answer?.args["labels"] as object | undefined) ?? {});
  const hints = step.kind === "read" ? 0 : 3;
  return [
    ...(height <= 14 ? [] : [`the text takes ${height} lines at 80 columns; 14 are allowed`]),
    ...(step.kind === "read" || section.task ? [] : ["it lacks ### task"]),
    ...(section.hints.length === hints ? [] : [`it has ${section.hints.length} hints, not ${hints}`]),
    ...differing(
      "options",
      step.options,
      section.options.map(({ id }) => id),
    ),
    ...section.options.flatMap(({ id, why }) => (why ? [] : [`option ${id} lacks → what somebody hears who chose it`])),
    ...differing("labels", labels, Object.keys(section.labels)),
    ...section.words.flatMap(({ check, code }) => {
      const type = step.checks.find(({ name }) => name === check)?.type;
      if (type === undefined) return [`the step has no check "${check}"`];
      const known = code === undefined || !codes || codes[type]?.includes(code);
      return known ? [] : [`${type} has no failure "${code}"; it has ${codes[type]?.join(", ") ?? "none"}`];
    }),
    ...(/^\s*```[\s\S]*? \| [\s\S]*?```/m.test(section.task) ? ["commands do without pipes, so that they run in any shell"] : []),
  ];
}

function differing(what: string, facts: readonly string[], words: readonly string[]): string[] {
  const same = facts.toSorted().join() === words.toSorted().join();
  return same ? [] : [`${what} in lesson.yaml: ${facts.join(", ") || "none"}; here: ${words.join(", ") || "none"}`];
}

function comparePair(en: TextSource, ja: TextSource): Fault[] {
  return ja.text.steps.flatMap((section, index) => {
    const model = en.text.steps.find(({ name }) => name === section.name);
    const line = 1 + ja.lines.findIndex((one) => one.startsWith(`## ${section.name} `));
    if (!model || index >= en.text.steps.length) return [];
    const keys = ({ words }: StepText): string[] => words.map(({ check, code }) => (code ? `${check}/${code}` : check));
    const faults = [
      ...(["goal", "text", "task", "after"] as const).flatMap((part) =>
        codeBlocks(model[part]) === codeBlocks(section[part]) ? [] : [`code blocks of ${part} differ from the English ones`],
      ),
      ...(codeBlocks(model.hints.join("\n")) === codeBlocks(section.hints.join("\n")) ? [] : ["code blocks of hints differ"]),
      ...(keys(model).join() === keys(section).join() ? [] : ["checks have other words here than in English"]),
    ];
    return faults.map((what) => ({ file: ja.file, line, column: 1, what: `${section.name}: ${what}` }));
  });
}

const codeBlocks = (markdown: string): string => (markdown.match(/^\s*```[\s\S]*?^\s*```/gm) ?? []).join("\n");

async function lintManifests(dir: string, course: Course): Promise<Fault[]> {
  const manifests = await findManifests(dir);
  const used = new Set<string>();
  const faults: Fault[] = [];
  for (const step of course.steps) {
    for (const use of step.start.objects) {
      used.add(use.manifest);
      faults.push(...(await faultsOf(() => startObjects(course, use), join(dir, step.id))).faults);
    }
    for (const use of step.start.files) {
      used.add(use.file);
      faults.push(...(await faultsOf(() => startText(course, use, "en"), join(dir, step.id))).faults);
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
