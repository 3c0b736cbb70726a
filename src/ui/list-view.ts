import type { LessonOverview, Overview, StepOverview } from "./overview.ts";
import type { Messages } from "./messages/en.ts";
import { type Cell, renderTable } from "./table.ts";
import type { Theme } from "./theme.ts";

export interface ListOptions {
  theme: Theme;
  messages: Messages;
  self: string;
}

/** All lessons by chapter with what is passed; the current lesson with its steps. */
export function renderList({ chapters, current }: Overview, options: ListOptions): string {
  const { theme, messages, self } = options;
  const steps = chapters.flatMap(({ lessons }) => lessons.flatMap((lesson) => lesson.steps));
  const rows = chapters.flatMap(({ title, lessons }): Cell[][] => [
    [{ text: title, style: theme.heading }, { text: "" }, { text: "" }],
    ...lessons.flatMap((lesson) => lessonRows(lesson, current, options)),
  ]);
  return [
    renderTable(rows),
    `\n${messages.list.progress(steps.filter(isPassed).length, steps.length)}\n`,
    `${theme.faint(messages.list.next)} ${theme.code(`${self} next`)}\n`,
  ].join("");
}

function lessonRows(lesson: LessonOverview, current: string | undefined, { theme, messages }: ListOptions): Cell[][] {
  const here = lesson.steps.some(({ id }) => id === current);
  const passed = lesson.steps.filter(isPassed).length;
  const away = lesson.steps.every(({ notHere }) => notHere) ? `  ${messages.list.notHere}` : "";
  const style = here ? theme.strong : (text: string) => text;
  const row: Cell[] = [
    { text: `  ${sign(lesson.state === "passed", here)} ${lesson.id}`, style },
    { text: lesson.title, style },
    { text: `${passed}/${lesson.steps.length}  ${messages.step.minutes(lesson.minutes)}${away}`, style: theme.faint },
  ];
  return here ? [row, ...lesson.steps.map((step) => stepRow(step, current, { theme, messages }))] : [row];
}

function stepRow(
  step: StepOverview,
  current: string | undefined,
  { theme, messages }: Pick<ListOptions, "theme" | "messages">,
): Cell[] {
  const here = step.id === current;
  const style = isPassed(step) ? theme.good : here ? theme.strong : theme.faint;
  return [
    { text: `      ${sign(isPassed(step), here)} ${step.id.split("/").at(-1)}`, style },
    { text: step.title, style },
    { text: step.notHere ? messages.list.notHere : "", style: theme.faint },
  ];
}

const isPassed = ({ state }: StepOverview): boolean => state !== "open" && state !== "skipped";

const sign = (passed: boolean, here: boolean): string => (passed ? "✓" : here ? "›" : " ");
