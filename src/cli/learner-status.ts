import type { Step } from "../course/lesson.ts";
import { isPassed, type Progress, type StepProgress } from "../course/progress.ts";
import { currentStep } from "../course/step-machine.ts";
import type { LearnerStatus } from "../ui/learner-status.ts";
import { clusterStatusOf } from "./cluster-life.ts";
import type { Session } from "./session.ts";

export async function learnerStatus(session: Session): Promise<LearnerStatus> {
  const [course, progress] = await Promise.all([session.course(), session.progress.read()]);
  const current = currentStep(course, progress);
  const titles = await course.titles(session.language);
  const count = (wanted: (mark: StepProgress) => boolean): number =>
    course.steps.filter(({ id }) => wanted(progress.steps[id] ?? {})).length;
  const cluster = await clusterStatusOf(session);
  return {
    ...(current && {
      step: {
        id: current.id,
        title: titles[current.id] ?? current.name,
        hintsShown: progress.steps[current.id]?.hints ?? 0,
        failedVerifies: progress.steps[current.id]?.fails ?? 0,
      },
    }),
    steps: {
      total: course.steps.length,
      passed: course.steps.filter(({ id }) => isPassed(progress, id)).length,
      withHelp: count(({ passedAt, withHelp }) => passedAt !== undefined && withHelp === true),
      placed: count(({ placed }) => placed === true),
      skipped: count(({ passedAt, skippedAt }) => passedAt === undefined && skippedAt !== undefined),
    },
    predictions: predictionsOf(course.steps, progress),
    ...(progress.workspace !== undefined && { workspace: progress.workspace }),
    cluster,
    connected: cluster.kubeconfig !== undefined && session.env["KUBECONFIG"] === cluster.kubeconfig,
  };
}

function predictionsOf(steps: readonly Step[], progress: Progress): LearnerStatus["predictions"] {
  const made = steps.flatMap((step) => {
    const choice = progress.steps[step.id]?.firstChoice;
    const right = step.checks.find(({ type }) => type === "choice-equals")?.args["option"];
    return choice === undefined ? [] : [choice === right];
  });
  return { made: made.length, right: made.filter(Boolean).length };
}
