import type { Course } from "../course/course.ts";
import type { Step } from "../course/lesson.ts";
import type { Progress } from "../course/progress.ts";
import { currentStep, isOptional, lessonState } from "../course/step-machine.ts";
import { chosenId } from "../clusters/choose.ts";
import { rightTexts } from "../kube/rights.ts";
import type { Lack } from "../steps/lack.ts";
import type { Overview, StepOverview, StepState } from "../ui/overview.ts";
import { knownNotHere } from "./not-here.ts";
import type { Session } from "./session.ts";

export async function courseOverview(session: Session): Promise<Overview> {
  const [course, progress] = await Promise.all([session.course(), session.progress.read()]);
  return overviewOf(course, progress, session);
}

async function overviewOf(course: Course, progress: Progress, session: Session): Promise<Overview> {
  const { language, paths } = session;
  const titles = await course.titles(language);
  const provider = chosenId({ paths });
  const lacks = knownNotHere(session, course);
  const isHere = ({ id }: Step): boolean => !lacks.has(id);
  const current = currentStep(course, progress)?.id;
  return {
    chapters: course.chapters.map(({ id, title, lessons }) => ({
      id,
      title: title[language],
      lessons: lessons.map((lesson) => ({
        id: lesson.id,
        title: titles[lesson.id] ?? lesson.id,
        state: lessonState(lesson, progress, provider, isHere),
        minutes: lesson.steps.reduce((sum, { minutes }) => sum + minutes, 0),
        steps: lesson.steps.map((step) => ({
          id: step.id,
          title: titles[step.id] ?? step.name,
          kind: step.kind,
          minutes: step.minutes,
          optional: isOptional(step, provider),
          state: stepState(progress, step),
          ...(!isHere(step) && { notHere: lackWords(lacks.get(step.id)) }),
        })),
      })),
    })),
    ...(current !== undefined && { current }),
  };
}

const lackWords = (lack: Lack | undefined): NonNullable<StepOverview["notHere"]> => ({
  needs: lack?.needs ?? [],
  rights: rightTexts(lack?.rights ?? []),
});

function stepState(progress: Progress, { id }: Step): StepState {
  const mark = progress.steps[id];
  if (mark?.passedAt === undefined) return mark?.skippedAt === undefined ? "open" : "skipped";
  if (mark.placed) return "placed";
  return mark.withHelp ? "passed-with-help" : "passed";
}
