import { answerWanted, type Lesson, type Step } from "./lesson.ts";
import type { LessonText, StepText } from "./lesson-text.ts";
import type { Fault } from "./problem.ts";
import { textHeight } from "./text-height.ts";
import type { YamlPath } from "./yaml-source.ts";

/** Failure codes by check type. */
export type CheckCodes = Readonly<Record<string, readonly string[]>>;

/** A text with its lines, so that faults can say where. */
export interface TextSource {
  file: string;
  lines: readonly string[];
  text: LessonText;
}

/** Faults of a lesson.yaml that its schema can't see. */
export function lintFacts(lesson: Lesson, at: (where: YamlPath, what: string) => Fault): Fault[] {
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

/** Faults of a text beside its lesson's facts. */
export function lintText(lesson: Lesson, { file, lines, text }: TextSource, codes?: CheckCodes): Fault[] {
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

function lintSection(step: Step, section: StepText, codes?: CheckCodes): string[] {
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

/** Where the Japanese text says other things than the English one. */
export function comparePair(en: TextSource, ja: TextSource): Fault[] {
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
