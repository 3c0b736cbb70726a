import { join } from "node:path";
import { ClusterView } from "../checks/cluster-view.ts";
import { liveValues } from "../checks/run.ts";
import type { Baseline } from "../clusters/current.ts";
import type { Action, Step } from "../course/lesson.ts";
import type { Snapshot } from "../course/progress.ts";
import { hashOf } from "../course/scaffold.ts";
import { snapshotPlan } from "../course/snapshot.ts";
import { readIfThere } from "../course/text-file.ts";
import type { Kube } from "../kube/kube.ts";
import { restoreContext } from "../kube/kubeconfig.ts";
import { doAction, type Workshop } from "./actions.ts";
import { carryOut } from "./carry-out.ts";
import { type Deed, planStart } from "./plan.ts";
import { type Readiness, readinessOf } from "./readiness.ts";
import { wantedObjects } from "./wanted-objects.ts";

/** What it took to bring a step's start state about. */
export interface Prepared {
  did: readonly Deed[];
  /** The context or its namespace had been changed, and is the course's again. */
  contextRestored: boolean;
  /** Objects that don't work, though they should before the step breaks anything. */
  unready: readonly Readiness[];
  /** For the step's checks to compare with. */
  snapshot: Snapshot;
}

/** What the tutor was to do to the cluster could not be done: the lesson is at fault, or the cluster. */
export class BreakFailed extends Error {
  override readonly name = "BreakFailed";
  readonly action: Action;
  readonly stderr: string;

  constructor(action: Action, stderr: string) {
    super(stderr);
    this.action = action;
    this.stderr = stderr;
  }
}

/** Milliseconds: how long one waits for objects to get ready, and between two looks. */
const READY_WITHIN = 120_000;
const PAUSE = 200;

/**
 * Brings the cluster to where the step begins, and notes what its checks compare with. Idempotent: objects that are as they shall be
 * are left alone. With a `baseline`, whatever was made in the namespace since goes, too. The step's files must be in the workspace already; the cluster it needs must run.
 * @throws ApiError, ClusterUnreachable, BreakFailed, CourseError
 */
export async function prepareStep(step: Step, workshop: Workshop, baseline?: Baseline): Promise<Prepared> {
  if (step.start.cluster === "none") {
    return { did: [], contextRestored: false, unready: [], snapshot: await takeSnapshot(step, workshop) };
  }
  const contextRestored = await restoreContext(workshop.target, workshop.namespace);
  const kube = await workshop.kube();
  const did = await planStart(kube, workshop.course, step, baseline);
  await carryOut(did, kube, workshop.clock);
  const unready = await untilReady(step, kube, workshop);
  for (const action of step.start.break) {
    const { exitCode, stderr } = await doAction(action, workshop);
    if (exitCode !== 0) throw new BreakFailed(action, stderr);
  }
  if (step.start.break.length > 0) await untilReady(step, kube, workshop);
  return { did, contextRestored, unready, snapshot: await takeSnapshot(step, workshop) };
}

/** What still doesn't work when nothing moves any more, or time is up. */
async function untilReady(step: Step, kube: Kube, { clock, course }: Workshop): Promise<Readiness[]> {
  const wanted = await wantedObjects(course, step, kube.namespace);
  const deadline = clock.now() + READY_WITHIN;
  for (;;) {
    const view = new ClusterView(() => Promise.resolve(kube));
    const states = await Promise.all(wanted.map((object) => readinessOf(object, view)));
    if (states.every(({ at }) => at !== "coming") || clock.now() > deadline) return states.filter(({ at }) => at !== "ready");
    await clock.sleep(PAUSE);
  }
}

async function takeSnapshot(step: Step, workshop: Workshop): Promise<Snapshot> {
  const { expressions, files } = snapshotPlan(step);
  const live = liveValues(workshop);
  const values = await Promise.all(
    expressions.map(async (expression) => [expression.text, await live.value(expression)] as const),
  );
  const hashes = await Promise.all(
    files.map(async (file) => {
      const text = await readIfThere(join(workshop.workspace, file));
      return text === undefined ? [] : [[file, hashOf(text)] as const];
    }),
  );
  return { values: Object.fromEntries(values), files: Object.fromEntries(hashes.flat()) };
}
