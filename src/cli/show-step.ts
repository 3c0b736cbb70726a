import { relative } from "node:path";
import { fillSettings } from "../checks/settings.ts";
import type { Cluster } from "../clusters/provider.ts";
import type { Course } from "../course/course.ts";
import { answerWanted, type Step } from "../course/lesson.ts";
import type { StepText } from "../course/lesson-text.ts";
import { isPassed, type Progress } from "../course/progress.ts";
import type { Scaffolded } from "../course/scaffold.ts";
import { isOptional } from "../course/step-machine.ts";
import { renderStep } from "../ui/step-view.ts";
import { canAsk } from "./ask.ts";
import { isConnected } from "./cluster-env.ts";
import type { Session } from "./session.ts";
import { shellKinds, shellOf } from "./shell-kind.ts";
import { columnsOf, sectionOf } from "./step-text.ts";

export interface ShownStep {
  course: Course;
  step: Step;
  progress: Progress;
  /** Absolute. */
  workspace: string;
  files: readonly Scaffolded[];
  cluster: Cluster;
}

/** Prints a step: where one is, what it is about, what to do, what to type next. */
export async function showStep(session: Session, shown: ShownStep): Promise<void> {
  const { course, step, progress, workspace, files, cluster } = shown;
  const { language, self, messages, theme } = session;
  const { lesson, text } = await sectionOf(session, course, step);
  const { steps, chapter } = course.lesson(step.lesson);
  const fill = (markdown: string): string => fillSettings(markdown, { namespace: cluster.namespace, images: course.images });
  session.print(
    renderStep(
      {
        chapter: course.chapters.find(({ id }) => id === chapter)?.title[language] ?? chapter,
        lesson: lesson.title,
        number: steps.indexOf(step) + 1,
        of: steps.length,
        minutes: step.minutes,
        passed: course.steps.filter(({ id }) => isPassed(progress, id)).length,
        steps: course.steps.length,
        isOptional: isOptional(step, cluster.provider),
        isPassed: isPassed(progress, step.id),
        title: text.title,
        text: fill(step.kind === "read" ? `${text.text}\n\n${text.after}` : text.text),
        task: fill(text.task),
        options: text.options.map(({ id, text: words }) => ({ id, text: fill(words) })),
        files,
        worksOnFiles: step.kind !== "observe" && step.kind !== "predict",
        folder: folderFrom(workspace, session),
        ...(usesKubectl(step, text) && !isConnected(session, cluster) && { connect: connectCommand(session) }),
        next: `${self} ${onwards(step, canAsk(session))}`,
      },
      { columns: columnsOf(session), theme, self, messages },
    ),
  );
}

/** What to type after the work; where nobody can be asked, with an answer. */
function onwards(step: Step, asks: boolean): string {
  if (step.kind === "read") return "next";
  const wanted = answerWanted(step);
  if (wanted === "none" || asks) return "verify";
  return `verify --answer ${wanted === "option" ? step.options[0] : "…"}`;
}

/** The learner will want kubectl to talk to the cluster. */
const usesKubectl = ({ start }: Step, { text, task }: StepText): boolean =>
  start.cluster !== "none" && /\bkubectl\b/.test(text + task);

/** What lets kubectl in the learner's shell find the cluster. */
export const connectCommand = (session: Session): string => shellKinds[shellOf(session)].evaluate(`${session.self} env`);

/** A folder as one would type it from here. */
export function folderFrom(dir: string, { cwd, env }: Session): string {
  const fromHere = relative(cwd, dir);
  if (fromHere === "") return ".";
  if (!fromHere.startsWith("..")) return `./${fromHere}`;
  const home = env["HOME"];
  return home && dir.startsWith(`${home}/`) ? `~${dir.slice(home.length)}` : dir;
}
