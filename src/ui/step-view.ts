import type { Scaffolded } from "../course/scaffold.ts";
import { hanging, renderInline, renderMarkdown } from "./markdown.ts";
import type { Messages } from "./messages/en.ts";
import type { Theme } from "./theme.ts";
import { padded, widthOf } from "./width.ts";
import { wrap } from "./wrap.ts";

export interface StepView {
  chapter: string;
  lesson: string;
  number: number;
  of: number;
  minutes: number;
  /** Of the whole course: steps passed, and all of them. */
  passed: number;
  steps: number;
  isOptional: boolean;
  isPassed: boolean;
  title: string;
  /** Markdown, placeholders filled in. */
  text: string;
  task: string;
  options: readonly Option[];
  files: readonly Scaffolded[];
  /** The step is about its files; others only have them lie there. */
  worksOnFiles: boolean;
  /** The learner's, as one would type it. */
  folder: string;
  /** A command that lets kubectl find the cluster, where it doesn't yet. */
  connect?: string;
  /** The command after the work is done. */
  next: string;
}

interface Option {
  id: string;
  text: string;
}

export interface ViewOptions {
  columns: number;
  theme: Theme;
  self: string;
  messages: Messages;
}

/** A step as a page: header, text, task, files, and what to type next. */
export function renderStep(view: StepView, options: ViewOptions): string {
  const { messages, theme } = options;
  const parts = [
    header(view, options),
    renderMarkdown(view.text, options),
    ...(view.task ? [`${theme.strong(messages.step.task)}\n${renderMarkdown(view.task, options)}`] : []),
    ...(view.options.length > 0 ? [optionList(view.options, options)] : []),
    footer(view, options),
  ];
  return `${parts.join("\n\n")}\n`;
}

function header(view: StepView, options: ViewOptions): string {
  const { messages, theme } = options;
  const { step, list } = messages;
  const position = [step.position(view.number, view.of), ...(view.isOptional ? [step.optional] : []), step.minutes(view.minutes)];
  return [
    apart({ text: `${view.chapter} › ${view.lesson}`, style: theme.faint }, position.join(" · "), options),
    apart({ text: view.title, style: theme.heading }, list.progress(view.passed, view.steps), options),
  ].join("\n");
}

/** Two texts at the ends of a line; where there is no room for both, the first alone. */
function apart(
  { text, style }: { text: string; style: (text: string) => string },
  end: string,
  { columns, theme }: ViewOptions,
): string {
  const gap = columns - widthOf(text) - widthOf(end);
  return gap < 2 ? style(text) : `${style(text)}${padded("", gap)}${theme.faint(end)}`;
}

function optionList(list: readonly Option[], options: ViewOptions): string {
  const indent = 4;
  return list
    .flatMap(({ id, text }) => {
      const lines = renderInline(text, { ...options, columns: options.columns - indent });
      return hanging(`  ${options.theme.strong(id)} `, lines, indent);
    })
    .join("\n");
}

function footer(
  { files, folder, worksOnFiles, connect, next, isPassed }: StepView,
  { columns, messages, theme }: ViewOptions,
): string {
  const { step } = messages;
  const named = (outcome: Scaffolded["outcome"]): string =>
    files
      .filter((one) => one.outcome === outcome)
      .map(({ file }) => file)
      .join(", ");
  const say = (text: string): string[] => wrap([{ text, style: theme.faint }], { columns });
  return [
    ...(isPassed ? say(step.passed) : []),
    ...(named("written") ? say(step.wrote(named("written"), folder)) : []),
    ...(worksOnFiles && named("same") ? say(step.there(named("same"), folder)) : []),
    ...(named("kept") ? say(step.kept(named("kept"), folder)) : []),
    ...(connect ? [theme.faint(step.connect), `    ${theme.code(connect)}`] : []),
    `${theme.faint(step.afterwards)} ${theme.code(next)}`,
  ].join("\n");
}
