import type { Settings } from "../checks/settings.ts";
import type { Course } from "../course/course.ts";
import type { Step } from "../course/lesson.ts";
import type { LessonText, StepText } from "../course/lesson-text.ts";
import { courseCluster } from "./cluster-access.ts";
import type { Session } from "./session.ts";

/** Columns of a page: that of the terminal, but no wider than one reads well. */
export const columnsOf = ({ io }: Session): number => Math.max(20, Math.min(io.stdout.columns ?? 80, 88));

/** The words of a step, and those of its lesson around it. @throws CourseError text-missing */
export async function sectionOf(
  { language }: Session,
  course: Course,
  step: Step,
): Promise<{ lesson: LessonText; text: StepText }> {
  const lesson = await course.text(step.lesson, language);
  return { lesson, text: lesson.steps.find(({ name }) => name === step.name)! };
}

/** What texts may name without a cluster: `{{ns}}`, `{{images.app}}`. */
export async function settingsOf(session: Session, { images }: Course): Promise<Settings> {
  const { namespace } = courseCluster(session);
  return { namespace, images };
}
