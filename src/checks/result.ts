import type { Check, Language } from "../course/lesson.ts";
import { type StepText, wordsFor } from "../course/lesson-text.ts";
import type { Field, Fields, Outcome } from "./check.ts";
import { checkTypes } from "./index.ts";
import { type Settings, settingValue } from "./settings.ts";

/** What one check came to, in the learner's language. Texts are Markdown, in one line; empty where there is nothing to say. */
export interface CheckResult {
  name: string;
  passed: boolean;
  /** Of a failure. */
  code?: string;
  expected: string;
  actual: string;
  /** Of a failure: the likely cause, and what to try. Of a check that passed with a remark: the remark. */
  why: string;
  try: string;
  fields: Readonly<Record<string, string>>;
}

interface Telling {
  text: StepText;
  language: Language;
  settings: Settings;
}

/** The words of a check: a label's or an option's own first, then the lesson's, then the type's. */
export function resultOf({ name, type }: Check, outcome: Outcome, { text, language, settings }: Telling): CheckResult {
  const { expected, words } = checkTypes[type]!;
  const say = (template = ""): string => fill(template, outcome.fields, language, settings);
  const fields = Object.fromEntries(Object.entries(outcome.fields).map(([field, value]) => [field, inLanguage(value, language)]));
  const base = { name, expected: say(expected[language]), fields };
  if (outcome.passed) {
    const remark = outcome.remark ? wordsFor(text, name, "") : {};
    return { ...base, passed: true, actual: "", why: say(remark.why), try: say(remark.try) };
  }
  const { code, known } = outcome;
  const own = words[code]!;
  const lesson = lessonWords(text, name, code);
  const explained = known === undefined ? undefined : (text.labels[known] ?? text.options.find(({ id }) => id === known)?.why);
  return {
    ...base,
    passed: false,
    code,
    actual: say(own.actual[language]),
    why: say(explained ?? lesson.why ?? own.why?.[language]),
    try: say(lesson.try ?? own.try?.[language]),
  };
}

/** A check that never came to its subject: what a lesson says of the check in general doesn't fit. */
const beforehand = new Set(["no-answer", "no-option", "no-value", "no-file", "not-yaml", "todo", "absent", "not-applied"]);

function lessonWords(text: StepText, check: string, code: string): { why?: string; try?: string } {
  if (!beforehand.has(code)) return wordsFor(text, check, code);
  return text.words.find((words) => words.check === check && words.code === code) ?? {};
}

/** `{field}` and `{{setting}}`, each once: what is filled in is not looked at again. */
function fill(template: string, fields: Fields, language: Language, settings: Settings): string {
  return template.replaceAll(/\{\{\s*(.+?)\s*\}\}|\{([\w-]+)\}/g, (whole, setting?: string, field?: string) => {
    if (setting !== undefined) return settingValue(setting, settings) ?? whole;
    const value = fields[field!];
    return value === undefined ? "" : inLanguage(value, language);
  });
}

const inLanguage = (field: Field, language: Language): string => (typeof field === "object" ? field[language] : String(field));
