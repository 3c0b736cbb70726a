import type { CheckResult } from "../checks/result.ts";
import { hanging, renderInline, renderMarkdown } from "./markdown.ts";
import type { ViewOptions } from "./step-view.ts";
import { padded, widthOf } from "./width.ts";

export interface VerdictView {
  passed: boolean;
  checks: readonly CheckResult[];
  /** Markdown of the debrief, for when all have passed. */
  after: string;
  /** Title of the step that `next` brings; absent after the last. */
  nextTitle?: string;
  /** The lesson was passed by this step alone. */
  isPlacement: boolean;
  /** Hints shown, and how many may be. */
  hint: { shown: number; offered: number };
}

/** All checks, the first failure with all one needs to know, then what comes next. */
export function renderVerdict(view: VerdictView, options: ViewOptions): string {
  const { checks, passed } = view;
  const names = Math.max(...checks.map(({ name }) => widthOf(name)), 0);
  const firstFailure = checks.find((check) => !check.passed);
  const table = checks.flatMap((check) => [
    line(check, names, check === firstFailure, options),
    ...(check === firstFailure ? details(check, options) : remark(check, options)),
  ]);
  return `${[...(table.length > 0 ? [table.join("\n")] : []), ...(passed ? debrief(view, options) : onwards(view, options))].join("\n\n")}\n`;
}

const GAP = "  ";

function line(check: CheckResult, names: number, isExpanded: boolean, options: ViewOptions): string {
  const { columns, theme } = options;
  const sign = check.passed ? theme.good("✓") : theme.bad("✗");
  const indent = 2 + names + GAP.length;
  const text = check.passed ? check.expected : check.actual;
  if (isExpanded) return `${sign} ${theme.strong(check.name)}`;
  const lines = renderInline(text, { ...options, columns: columns - indent });
  return lines.length > 0
    ? hanging(`${sign} ${padded(check.name, names)}${GAP}`, lines, indent).join("\n")
    : `${sign} ${check.name}`;
}

function details({ expected, actual, why, try: next }: CheckResult, options: ViewOptions): string[] {
  const { columns, messages, theme } = options;
  const { labels } = messages.verify;
  const rows = [
    [labels.expected, expected],
    [labels.actual, actual],
    [labels.why, why],
    [labels.try, next],
  ].filter((row): row is [string, string] => row[1] !== "");
  const width = Math.max(...rows.map(([label]) => widthOf(label)));
  return rows.flatMap(([label, text]) => {
    const indent = 4 + width + GAP.length;
    const lines = renderInline(text, { ...options, columns: columns - indent });
    return hanging(`    ${theme.faint(padded(label, width))}${GAP}`, lines, indent);
  });
}

/** What a passed check adds. */
function remark({ passed, why, try: next }: CheckResult, options: ViewOptions): string[] {
  const text = passed ? [why, next].filter(Boolean).join(" ") : "";
  if (text === "") return [];
  return hanging("    ", renderInline(text, { ...options, columns: options.columns - 4 }));
}

function debrief({ after, nextTitle, isPlacement }: VerdictView, options: ViewOptions): string[] {
  const { messages, self, theme } = options;
  const { verify } = messages;
  return [
    theme.good(isPlacement ? verify.lessonPassed : verify.passed),
    ...(after ? [`${theme.strong(verify.after)}\n${renderMarkdown(after, options)}`] : []),
    nextTitle === undefined
      ? verify.last
      : `${theme.faint(verify.next)} ${theme.code(`${self} next`)}  ${theme.faint(nextTitle)}`,
  ];
}

function onwards({ checks, hint }: VerdictView, { messages, self, theme }: ViewOptions): string[] {
  const { verify } = messages;
  const passed = checks.filter((check) => check.passed).length;
  const more = hint.shown < hint.offered ? [`${theme.faint(verify.hint)} ${theme.code(`${self} hint`)}`] : [];
  return [[theme.warn(verify.notYet(passed, checks.length)), ...more].join("\n")];
}
