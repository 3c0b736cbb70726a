import type { Course } from "../course/course.ts";
import type { Check, Language, Step } from "../course/lesson.ts";
import type { StepText } from "../course/lesson-text.ts";
import { fillAll } from "../course/placeholders.ts";
import type { Snapshot } from "../course/progress.ts";
import type { Kube } from "../kube/kube.ts";
import type { KubeTarget } from "../kube/transport.ts";
import type { Clock } from "../system/clock.ts";
import type { CheckContext, Outcome } from "./check.ts";
import { ClusterView } from "./cluster-view.ts";
import type { RunKubectl } from "./facts.ts";
import { checkTypes } from "./index.ts";
import { LiveValues } from "./live.ts";
import { Manifests } from "./manifest.ts";
import { type CheckResult, resultOf } from "./result.ts";

/** Where a step is done: the cluster, the learner's folder, and what both are known by. */
export interface Place {
  course: Pick<Course, "images">;
  target: KubeTarget;
  /** The course's namespace. */
  namespace: string;
  /** Called when a check needs the cluster; gives the same object each time. */
  kube(): Promise<Kube>;
  kubectl: RunKubectl;
  /** The learner's folder, absolute. */
  workspace: string;
  clock: Clock;
}

/** What the learner brings to a step. */
export interface Attended {
  /** What they answered, if anything. */
  answer?: string;
  /** What was noted when the step began. */
  snapshot?: Snapshot;
  /** Commands they ran, where that is known. */
  commands?: readonly string[];
}

export interface StepVerdict {
  passed: boolean;
  checks: readonly CheckResult[];
}

/** Milliseconds between two looks, and how long one waits for what settles. */
const PAUSE = 300;
const PATIENCE = { "second-look": 2_000, moments: 20_000, "image-pull": 120_000 } as const;

/**
 * Runs all checks of a step and tells what they came to, in words.
 * @throws ClusterUnreachable, KubeconfigError; ApiError when a check may not look where it must
 */
export async function verifyStep(
  step: Step,
  place: Place,
  text: StepText,
  language: Language,
  attended: Attended = {},
): Promise<StepVerdict> {
  return tellVerdict(step, await examineStep(step, place, attended), place, text, language);
}

/**
 * The outcomes of a step's checks, in their order: each looks at the same sight of the cluster, and all look again while one that
 * fails says that something is under way. They are of the last look alone, so that they agree with each other.
 */
export async function examineStep(step: Step, place: Place, attended: Attended = {}): Promise<Outcome[]> {
  const begin = place.clock.now();
  for (;;) {
    const outcomes = await lookOnce(step, place, attended);
    const waited = place.clock.now() - begin;
    if (step.checks.every((check, index) => waited >= patience(check, outcomes[index]!))) return outcomes;
    await place.clock.sleep(PAUSE);
  }
}

/** Outcomes in a learner's language. */
export function tellVerdict(
  step: Step,
  outcomes: readonly Outcome[],
  { namespace, course }: Place,
  text: StepText,
  language: Language,
): StepVerdict {
  const settings = { namespace, images: course.images };
  const checks = step.checks.map((check, index) => resultOf(check, outcomes[index]!, { text, language, settings }));
  return { passed: checks.every(({ passed }) => passed), checks };
}

const nothingNoted: Snapshot = { values: {}, files: {} };

/** Live values of this moment, for placeholders and for snapshots. */
export function liveValues(place: Place, snapshot = nothingNoted): LiveValues {
  const { course, namespace, target, kubectl } = place;
  const cluster = new ClusterView(() => place.kube());
  return new LiveValues({ cluster, settings: { namespace, images: course.images }, snapshot, target, kubectl });
}

async function lookOnce(step: Step, place: Place, { answer, commands, snapshot = nothingNoted }: Attended): Promise<Outcome[]> {
  const { course, target, kubectl } = place;
  const cluster = new ClusterView(() => place.kube());
  const manifests = new Manifests(place.workspace);
  const look = async (check: Check): Promise<Outcome> => {
    const namespace = check.namespace ?? place.namespace;
    const settings = { namespace: place.namespace, images: course.images };
    const live = new LiveValues({ cluster, settings, snapshot, target, kubectl }, namespace);
    const context: CheckContext = {
      cluster,
      live,
      manifests,
      namespace,
      target,
      answer,
      snapshot,
      options: step.options,
      commands,
    };
    const type = checkTypes[check.type];
    if (!type) throw new Error(`there is no check type ${check.type}`);
    const args = await fillAll(check.args, async (expression) => (await live.text(expression)) ?? "");
    return type.run(context, args as never);
  };
  return Promise.all(step.checks.map(look));
}

function patience({ within }: Check, outcome: Outcome): number {
  if (outcome.passed || outcome.settling === undefined) return 0;
  return within === undefined || outcome.settling === "second-look" ? PATIENCE[outcome.settling] : within * 1000;
}
