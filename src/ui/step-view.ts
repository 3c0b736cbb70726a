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

function header(
  { chapter, lesson, number, of, minutes, isOptional, title }: StepView,
  { columns, messages, theme }: ViewOptions,
): string {
  const where = `${chapter} › ${lesson}`;
  const { step } = messages;
  const position = [step.position(number, of), ...(isOptional ? [step.optional] : []), step.minutes(minutes)].join(" · ");
  const gap = Math.max(2, columns - widthOf(where) - widthOf(position));
  return `${theme.faint(where)}${padded("", gap)}${theme.faint(position)}\n${theme.heading(title)}`;
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
