import type { Language } from "./lesson.ts";
import { CourseError, type Fault } from "./problem.ts";

/** A text.<language>.md as data. Strings are Markdown; `{{settings}}` and a check's `{fields}` are not yet filled in. */
export interface LessonText {
  title: string;
  /** In the file's order. */
  steps: readonly StepText[];
}

export interface StepText {
  name: string;
  title: string;
  goal: string;
  text: string;
  task: string;
  hints: readonly string[];
  options: readonly OptionText[];
  /** By the label's name: what a known wrong answer is. */
  labels: Readonly<Record<string, string>>;
  /** In place of a check type's standing words: of all its failures, or of one code. */
  words: readonly CheckWords[];
  after: string;
}

/** `why` is what somebody hears who chose it. */
export interface OptionText {
  id: string;
  text: string;
  why: string;
}

export interface CheckWords {
  check: string;
  code?: string;
  why?: string;
  try?: string;
}

const parts = ["goal", "text", "task", "hints", "options", "labels", "checks", "after"] as const;
type Part = (typeof parts)[number];

/** `file` is for messages. @throws CourseError lesson-invalid, with every fault found */
export function parseLessonText(markdown: string, file: string, language: Language): LessonText {
  const faults: Fault[] = [];
  const say = (line: number, what: string): void => void faults.push({ file, line, column: 1, what });
  const sections = split(markdown, say);
  const steps = sections.steps.map((section) => toStepText(section, language, say));
  if (!sections.title) say(1, "the first line must be the lesson's title: # Title");
  const [first, ...more] = faults.sort((a, b) => a.line - b.line);
  if (first) throw new CourseError({ code: "lesson-invalid", faults: [first, ...more] });
  return { title: sections.title, steps };
}

/** The words to use when `check` failed with `code`: the code's own first, then the check's. */
export function wordsFor(text: StepText, check: string, code: string): { why?: string; try?: string } {
  const [own, general] = [code, undefined].map((one) => text.words.find((words) => words.check === check && words.code === one));
  const why = own?.why ?? general?.why;
  const next = own?.try ?? general?.try;
  return { ...(why !== undefined && { why }), ...(next !== undefined && { try: next }) };
}

type Say = (line: number, what: string) => void;

interface Line {
  number: number;
  text: string;
}

interface Section {
  name: string;
  title: string;
  line: number;
  parts: Map<Part, Line[]>;
}

function split(markdown: string, say: Say): { title: string; steps: Section[] } {
  const steps: Section[] = [];
  let title = "";
  let part: Line[] | undefined;
  let fenced = false;
  for (const line of markdown
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .map((text, index) => ({ number: index + 1, text }))) {
    if (/^\s*```/.test(line.text)) fenced = !fenced;
    const heading = fenced ? null : /^(#{1,3}) (.*)$/.exec(line.text);
    if (!heading) {
      if (part) part.push(line);
      else if (line.text.trim()) say(line.number, "text stands under a heading of a part: ### goal, ### text…");
    } else if (heading[1] === "#") title ||= heading[2]!.trim();
    else if (heading[1] === "##") {
      steps.push(openSection(heading[2]!, line.number, say));
      part = undefined;
    } else part = openPart(heading[2]!.trim(), steps.at(-1), line.number, say);
  }
  return { title, steps };
}

function openSection(heading: string, line: number, say: Say): Section {
  const [, name, title] = /^([a-z][a-z0-9-]*) — (.+)$/.exec(heading) ?? [];
  if (!name) say(line, "a step's heading is: ## id — Title");
  return { name: name ?? heading, title: title ?? heading, line, parts: new Map() };
}

function openPart(heading: string, section: Section | undefined, line: number, say: Say): Line[] {
  const part = parts.find((one) => one === heading);
  const lines: Line[] = [];
  if (!section) say(line, "a part belongs below a step's heading");
  else if (!part) say(line, `"${heading}" is no part of a step; there are ${parts.join(", ")}`);
  else if (section.parts.has(part)) say(line, `${part} stands here twice`);
  else section.parts.set(part, lines);
  return lines;
}

function toStepText(section: Section, language: Language, say: Say): StepText {
  const lines = (part: Part): Line[] => section.parts.get(part) ?? [];
  const words = (part: Part): string =>
    lines(part)
      .map(({ text }) => text)
      .join("\n")
      .trim();
  const items = (part: Part): Item[] => listItems(lines(part), language, say);
  for (const part of ["goal", "text", "after"] as const) if (!words(part)) say(section.line, `${section.name} lacks ### ${part}`);
  return {
    name: section.name,
    title: section.title,
    goal: words("goal"),
    text: words("text"),
    task: words("task"),
    hints: toHints(lines("hints"), say),
    options: items("options").map(({ key, left, right }) => ({ id: key, text: left, why: right })),
    labels: Object.fromEntries(items("labels").map(({ key, all }) => [key, all])),
    words: items("checks").map(({ key, left, right }) => {
      const [check = "", code] = key.split("/");
      return { check, ...(code && { code }), ...(left && { why: left }), ...(right && { try: right }) };
    }),
    after: words("after"),
  };
}

/** Blocks of `> hint …`; a block ends at an empty line or at the next `> hint`. */
function toHints(lines: readonly Line[], say: Say): string[] {
  const hints: string[] = [];
  let open = false;
  for (const { number, text } of lines) {
    const [, start, rest = ""] = /^>\s?(hint\b)?\s?(.*)$/.exec(text) ?? [];
    if (start) hints.push(rest);
    else if (open && text.startsWith(">")) hints.push([hints.pop(), rest].join("\n"));
    else if (text.trim()) say(number, "a hint is a block of lines that begin with >, the first with > hint");
    open = text.startsWith(">");
  }
  return hints.map((hint) => hint.trim());
}

interface Item {
  key: string;
  /** What stands before and after the arrow. */
  left: string;
  right: string;
  all: string;
}

/** Lines of `- key: left → right`; an indented line goes on. */
function listItems(lines: readonly Line[], language: Language, say: Say): Item[] {
  const items: { key: string; all: string }[] = [];
  for (const { number, text } of lines) {
    const [, key, all] = /^- ([\w/-]+): (.*)$/.exec(text) ?? [];
    const last = items.at(-1);
    if (key !== undefined && all !== undefined) items.push({ key, all: all.trim() });
    else if (last && /^\s+\S/.test(text)) last.all += (language === "ja" ? "" : " ") + text.trim();
    else if (text.trim()) say(number, "an item is: - name: words → words");
  }
  return items.map(({ key, all }) => {
    const [, left = "", right = ""] = /^(.*?)(?:\s*→\s*(.*))?$/.exec(all) ?? [];
    return { key, left, right, all };
  });
}
