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

export interface VerifyRequest extends Place {
  step: Step;
  text: StepText;
  language: Language;
  /** What the learner answered, if anything. */
  answer?: string;
  /** What was noted when the step began. */
  snapshot?: Snapshot;
  /** Commands the learner ran, where that is known. */
  commands?: readonly string[];
}

export interface StepVerdict {
  passed: boolean;
  checks: readonly CheckResult[];
}

/** Milliseconds between two looks, and how long one waits for what settles. */
const PAUSE = 300;
const PATIENCE = { moments: 20_000, "image-pull": 120_000 } as const;

/**
 * Runs all checks of a step, each on the same sight of the cluster, and again while one that fails says that something is under way.
 * The verdict is of the last look alone, so its checks agree with each other.
 * @throws ClusterUnreachable, KubeconfigError; ApiError when a check may not look where it must
 */
export async function verifyStep(request: VerifyRequest): Promise<StepVerdict> {
  const { clock, step, text, language, course, namespace } = request;
  const begin = clock.now();
  for (;;) {
    const outcomes = await lookOnce(request);
    const waited = clock.now() - begin;
    const isWorthwhile = step.checks.some((check, index) => waited < patience(check, outcomes[index]!));
    if (!isWorthwhile) {
      const settings = { namespace, images: course.images };
      const checks = step.checks.map((check, index) => resultOf(check, outcomes[index]!, { text, language, settings }));
      return { passed: checks.every(({ passed }) => passed), checks };
    }
    await clock.sleep(PAUSE);
  }
}

/** Live values of this moment, for placeholders and for snapshots. */
export function liveValues(place: Place, snapshot: Snapshot = { values: {}, files: {} }): LiveValues {
  const { course, namespace, target, kubectl } = place;
  const cluster = new ClusterView(() => place.kube());
  return new LiveValues({ cluster, settings: { namespace, images: course.images }, snapshot, target, kubectl });
}

async function lookOnce(request: VerifyRequest): Promise<Outcome[]> {
  const { course, target, kubectl, snapshot = { values: {}, files: {} } } = request;
  const cluster = new ClusterView(() => request.kube());
  const manifests = new Manifests(request.workspace);
  const look = async (check: Check): Promise<Outcome> => {
    const namespace = check.namespace ?? request.namespace;
    const settings = { namespace: request.namespace, images: course.images };
    const live = new LiveValues({ cluster, settings, snapshot, target, kubectl }, namespace);
    const context: CheckContext = {
      cluster,
      live,
      manifests,
      namespace,
      target,
      answer: request.answer,
      snapshot,
      options: request.step.options,
      commands: request.commands,
    };
    const type = checkTypes[check.type];
    if (!type) throw new Error(`there is no check type ${check.type}`);
    const args = await fillAll(withoutExpressions(check), async (expression) => (await live.text(expression)) ?? "");
    return type.run(context, { ...check.args, ...args } as never);
  };
  return Promise.all(request.step.checks.map(look));
}

/** Arguments whose expressions stand bare are for the check itself. */
const withoutExpressions = ({ args }: Check): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(args).filter(([name]) => !["value", "labels", "same", "changed"].includes(name)));

function patience({ within }: Check, outcome: Outcome): number {
  if (outcome.passed || outcome.settling === undefined) return 0;
  return within === undefined ? PATIENCE[outcome.settling] : within * 1000;
}
