import type { StepText } from "./lesson-text.ts";
import { type Found, type Rule, unless } from "./lint-rule.ts";
import { isSetting, type PairSource, type SectionSource } from "./lint-source.ts";
import { widthOf } from "../system/text-width.ts";
import { textHeight } from "./text-height.ts";

/** Parts of a step that are Markdown. */
const parts = ["goal", "text", "task", "hints", "after"] as const;
type Part = (typeof parts)[number];

/** Of each step's section, in each language. */
export const sectionRules: readonly Rule<SectionSource>[] = [
  {
    id: "text-height",
    holds: "the text takes 14 lines at 80 columns",
    find: ({ section, place }) => {
      const height = textHeight(section.text, 80);
      return unless(height <= 14, place("text"), `the text takes ${height} lines at 80 columns; 14 are allowed`);
    },
  },
  {
    id: "text-width",
    holds: "code and tables fit in 80 columns, wide characters and all; a long command the terminal wraps, and it can be copied",
    find: ({ section, place }) =>
      parts.flatMap((part) =>
        asItStands(markdownOf(section, part)).flatMap(({ line, width }) =>
          unless(width <= 80, place(part, line), `this line takes ${width} columns; 80 are there`),
        ),
      ),
  },
  {
    id: "task-there",
    holds: "a step says what to do, unless its kind is read",
    find: ({ step, section, place }) => unless(step.kind === "read" || section.task !== "", place(), "it lacks ### task"),
  },
  {
    id: "three-hints",
    holds: "a step has three hints, unless its kind is read",
    find: ({ step, section, place }) => {
      const wanted = step.kind === "read" ? 0 : 3;
      return unless(section.hints.length === wanted, place("hints"), `it has ${section.hints.length} hints, not ${wanted}`);
    },
  },
  {
    id: "options-told",
    holds: "options of lesson.yaml and of the text are the same, each with → what somebody hears who chose it",
    find: ({ step, section, place }) => [
      ...differing(
        "options",
        step.options,
        section.options.map(({ id }) => id),
        place("options"),
      ),
      ...section.options.flatMap(({ id, why }) =>
        unless(why !== "", place("options", `- ${id}:`), `option ${id} lacks → what somebody hears who chose it`),
      ),
    ],
  },
  {
    id: "labels-told",
    holds: "labels of lesson.yaml and of the text are the same",
    find: ({ step, section, place }) => {
      const labels = step.checks.flatMap(({ args }) => Object.keys((args["labels"] as object | undefined) ?? {}));
      return differing("labels", labels, Object.keys(section.labels), place("labels"));
    },
  },
  {
    id: "words-of-checks",
    holds: "words are for a check of the step, and for a failure of its type",
    find: ({ step, section, place }, { vocabulary: { codes } }) =>
      section.words.flatMap(({ check, code }) => {
        const at = place("checks", `- ${check}${code === undefined ? "" : `/${code}`}:`);
        const type = step.checks.find(({ name }) => name === check)?.type;
        if (type === undefined) return [{ place: at, what: `the step has no check "${check}"` }];
        const isKnown = code === undefined || !codes || codes[type]?.includes(code) === true;
        return unless(isKnown, at, `${type} has no failure "${code}"; it has ${codes?.[type]?.join(", ") ?? "none"}`);
      }),
  },
  {
    id: "plain-commands",
    holds: "commands run in any shell: no pipes, no grep, sed or base64, nothing a shell would fill in",
    find: ({ section, place }) =>
      parts.flatMap((part) =>
        commandsIn(markdownOf(section, part)).flatMap((command) =>
          unless(
            !SHELL.test(command),
            place(part, command),
            "commands do without pipes and what only some shells know, so that they run in any",
          ),
        ),
      ),
  },
  {
    id: "links",
    holds: "links are whole https addresses",
    find: ({ section, place }) =>
      parts.flatMap((part) =>
        [...markdownOf(section, part).matchAll(/\[[^\]]+\]\(([^)]*)\)/g)].flatMap(([whole, address = ""]) =>
          unless(/^https:\/\/\S+$/.test(address) && URL.canParse(address), place(part, whole), `${address} is no https address`),
        ),
      ),
  },
  {
    id: "settings-known",
    holds: "what stands between {{ and }} in a text is a setting",
    find: ({ section, place }, course) =>
      everyWord(section).flatMap(({ part, words }) =>
        [...words.matchAll(/\{\{\s*(.+?)\s*\}\}/g)].flatMap(([whole, name = ""]) =>
          unless(isSetting(name, course), place(part, whole), `there is no setting ${name}`),
        ),
      ),
  },
];

/** Of each step's sections side by side; found at the Japanese one. */
export const pairRules: readonly Rule<PairSource>[] = [
  {
    id: "same-code",
    holds: "code blocks are the same in both languages",
    find: ({ en, ja }) =>
      parts.flatMap((part) =>
        unless(
          codeBlocks(markdownOf(en.section, part)) === codeBlocks(markdownOf(ja.section, part)),
          ja.place(part),
          `code blocks of ${part} differ from the English ones`,
        ),
      ),
  },
  {
    id: "same-structure",
    holds: "lists, tables and code come in the same order in both languages",
    find: ({ en, ja }) =>
      parts.flatMap((part) => {
        const [wanted, got] = [en, ja].map(({ section }) => shapeOf(markdownOf(section, part)));
        return unless(wanted === got, ja.place(part), `${part} is made of ${got || "prose"}; in English of ${wanted || "prose"}`);
      }),
  },
  {
    id: "same-words-of-checks",
    holds: "the same failures have words in both languages",
    find: ({ en, ja }) => {
      const keys = ({ section }: SectionSource): string =>
        section.words.map(({ check, code }) => (code === undefined ? check : `${check}/${code}`)).join(", ");
      return unless(keys(en) === keys(ja), ja.place("checks"), `checks has words for ${keys(ja)}; in English for ${keys(en)}`);
    },
  },
  {
    id: "same-settings",
    holds: "both languages fill in the same {fields} and settings",
    find: ({ en, ja }) => {
      const filled = ({ section }: SectionSource, part: string): string =>
        everyWord(section)
          .filter((one) => one.part === part)
          .flatMap(({ words }) => words.match(/\{\{.+?\}\}|\{\w+\}/g) ?? [])
          .toSorted()
          .join(", ");
      return ["task", "hints", "checks"].flatMap((part) =>
        unless(
          filled(en, part) === filled(ja, part),
          ja.place(part),
          `${part} fills in ${filled(ja, part) || "nothing"}; in English ${filled(en, part) || "nothing"}`,
        ),
      );
    },
  },
];

/** What a shell would make something of, or what isn't there everywhere. `…` and NAME are for the learner to fill in. */
const SHELL = /\||&&|\$\(|[<>;]|\b(grep|sed|awk|base64|jq|xargs|head|tail|cut|wc)\b/;

const COMMAND = /^(kubectl|k8s-bootcamp|kind|docker|curl)\b/;

/** Lines of code blocks that are commands: they begin with a program of the course. */
function commandsIn(markdown: string): string[] {
  return codeBlocks(markdown)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => COMMAND.test(line));
}

function markdownOf(section: StepText, part: Part): string {
  return part === "hints" ? section.hints.join("\n\n") : section[part];
}

function everyWord(section: StepText): { part: string; words: string }[] {
  return [
    ...parts.map((part) => ({ part, words: markdownOf(section, part) })),
    ...section.options.map(({ text, why }) => ({ part: "options", words: `${text} ${why}` })),
    ...Object.values(section.labels).map((words) => ({ part: "labels", words })),
    ...section.words.map((one) => ({ part: "checks", words: `${one.why ?? ""} ${one.try ?? ""}` })),
  ];
}

/** Columns of lines that are not wrapped: code, four to the right, and rows of tables, as wide as their widest cells make them. */
function asItStands(markdown: string): { line: string; width: number }[] {
  const found: { line: string; width: number }[] = [];
  let table: string[] = [];
  let fenced = false;
  for (const line of [...markdown.split("\n"), ""]) {
    const isRow = !fenced && line.startsWith("|");
    if (isRow) table.push(line);
    else {
      if (table.length > 0) found.push({ line: table[0]!, width: tableWidth(table) });
      table = [];
    }
    if (line.trimStart().startsWith("```")) fenced = !fenced;
    else if (fenced && !COMMAND.test(line.trim())) found.push({ line, width: widthOf(line) + 4 });
  }
  return found;
}

function tableWidth(rows: readonly string[]): number {
  const cells = rows
    .filter((row) => !/^\|[-:| ]+$/.test(row))
    .map((row) =>
      row
        .split("|")
        .slice(1, -1)
        .map((cell) => widthOf(cell.trim().replaceAll(/`|\*\*/g, ""))),
    );
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column] ?? 0)));
  return widths.reduce((sum, width) => sum + width, 0) + 3 * (widths.length - 1);
}

/** Blocks other than prose, in order: a list by its number of items, a table by its rows. */
function shapeOf(markdown: string): string {
  const shape: { what: string; count: number }[] = [];
  let fenced = false;
  let before = "";
  for (const line of markdown.split("\n")) {
    const what = line.trimStart().startsWith("```")
      ? "code"
      : fenced
        ? ""
        : line.startsWith("|")
          ? "table"
          : isItem(line)
            ? "list"
            : "";
    if (what === "code") fenced = !fenced;
    const last = shape.at(-1);
    if (what === "code" ? fenced : what) {
      if (last?.what === what && what !== "code" && (what === "list" || before.startsWith("|"))) last.count++;
      else shape.push({ what, count: 1 });
    }
    before = line;
  }
  return shape.map(({ what, count }) => (what === "code" ? what : `${what} of ${count}`)).join(", ");
}

const isItem = (line: string): boolean => /^([-*]|\d+\.) /.test(line);

function differing(what: string, facts: readonly string[], words: readonly string[], place: Found["place"]): Found[] {
  const same = facts.toSorted().join() === words.toSorted().join();
  return unless(same, place, `${what} in lesson.yaml: ${facts.join(", ") || "none"}; here: ${words.join(", ") || "none"}`);
}

const codeBlocks = (markdown: string): string => (markdown.match(/^\s*```[\s\S]*?^\s*```/gm) ?? []).join("\n");
