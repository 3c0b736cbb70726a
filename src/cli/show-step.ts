import { relative } from "node:path";
import type { Cluster } from "../clusters/provider.ts";
import type { Course } from "../course/course.ts";
import { answerWanted, type Step } from "../course/lesson.ts";
import { fillPlaceholders } from "../course/placeholders.ts";
import { isPassed, type Progress } from "../course/progress.ts";
import type { Scaffolded } from "../course/scaffold.ts";
import { renderStep } from "../ui/step-view.ts";
import type { Session } from "./session.ts";

export interface ShownStep {
  course: Course;
  step: Step;
  progress: Progress;
  workspace: string;
  files: readonly Scaffolded[];
  cluster: Cluster;
}

/** Prints a step: where one is, what it is about, what to do, what to type next. */
export async function showStep(session: Session, { course, step, progress, workspace, files, cluster }: ShownStep): Promise<void> {
  const { env, language, self, messages, theme } = session;
  const lesson = course.lesson(step.lesson);
  const chapter = course.chapters.find(({ id }) => id === lesson.chapter);
  const text = await course.text(lesson.id, language);
  const section = text.steps.find(({ name }) => name === step.name)!;
  const fill = (markdown: string): Promise<string> => fillPlaceholders(markdown, ({ text: name }) => settingOf(name, course, cluster));
  const talksToUs = env["KUBECONFIG"] === cluster.kubeconfig || step.start.cluster === "none";
  session.print(
    renderStep(
      {
        chapter: chapter?.title[language] ?? lesson.chapter,
        lesson: text.title,
        number: lesson.steps.indexOf(step) + 1,
        of: lesson.steps.length,
        minutes: step.minutes,
        isPassed: isPassed(progress, step.id),
        title: section.title,
        text: await fill(section.text),
        task: await fill(section.task),
        options: section.options,
        files,
        workspace: placeOf(workspace, session),
        ...(!talksToUs && { connect: `eval "$(${self} env)"` }),
        next: `${self} verify${answerWanted(step) === "none" ? "" : " --answer VALUE"}`,
      },
      { columns: columnsOf(session), theme, self, messages },
    ),
  );
}

export const columnsOf = ({ io }: Session): number => Math.max(20, Math.min(io.stdout.columns ?? 80, 88));

export function settingOf(name: string, { images }: Course, { namespace }: Cluster): string {
  if (name === "ns") return namespace;
  const [, image = "", field = "image"] = name.split(".");
  return String(images[image]?.[field as "image"] ?? `{{${name}}}`);
}

/** A folder as one would type it from here. */
function placeOf(dir: string, { cwd, env }: Session): string {
  const fromHere = relative(cwd, dir);
  if (fromHere === "") return ".";
  if (!fromHere.startsWith("..")) return `./${fromHere}`;
  const home = env["HOME"];
  return home && dir.startsWith(`${home}/`) ? `~${dir.slice(home.length)}` : dir;
}
