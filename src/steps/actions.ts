import { liveValues, type Place } from "../checks/run.ts";
import type { Course } from "../course/course.ts";
import { doFileAction, isFileAction } from "../course/file-actions.ts";
import type { Action, Language } from "../course/lesson.ts";
import type { LiveExpression } from "../course/live-expression.ts";
import { fillAll } from "../course/placeholders.ts";
import type { Snapshot } from "../course/progress.ts";
import type { ExecResult, Staying } from "../system/exec.ts";

/** Somebody who does things: `place` with the whole course, for manifests. */
export interface Workshop extends Place {
  course: Course;
  /** Of blanks that are written. */
  language: Language;
  /**
   * Sees to the cluster: `create` makes it from the workspace's cluster.yml; `trial`, with one node, and `full`, with four, may be there
   * already. The place's `kube` leads to it from then on.
   */
  cluster?(what: "create" | "trial" | "full"): Promise<void>;
  /** Starts a kubectl that stays: a proxy, a tunnel. */
  stay?(args: readonly string[]): Promise<Staying>;
}

/** What an action came to, and how to end a program that it left running. */
export type Done = ExecResult & Partial<Pick<Staying, "stop">>;

/** What an action that is no kubectl came to. */
const done: Done = { exitCode: 0, stdout: "", stderr: "" };

/** Milliseconds one waits for a value that an action names and that isn't there yet, and between two looks. */
const WAIT_FOR_VALUE = 60_000;
const PAUSE = 200;

/** A value that an action names doesn't come. */
export class ValueMissing extends Error {
  override readonly name = "ValueMissing";
  readonly expression: string;

  constructor(expression: string) {
    super(`${expression} has no value`);
    this.expression = expression;
  }
}

/**
 * Does one action, its placeholders filled in with what the cluster has then. A kubectl that fails is a result, not an error: some
 * attempts are meant to fail.
 * @throws ValueMissing; CourseError of file actions
 */
export async function doAction(action: Action, workshop: Workshop, snapshot?: Snapshot): Promise<Done> {
  const filled = await fillAll(action, (expression) => valueOf(expression, workshop, snapshot));
  if (isFileAction(filled)) {
    await doFileAction(filled, workshop.course, workshop.workspace, workshop.language);
    return done;
  }
  if (filled.type === "kubectl" && filled.stays) {
    if (!workshop.stay) throw new Error("nobody here can leave a program running");
    const { result, stop } = await workshop.stay(filled.args);
    return { ...result, stop };
  }
  if (filled.type === "kubectl") return workshop.kubectl(filled.args);
  if (!workshop.cluster) throw new Error("nobody here can make a cluster");
  await workshop.cluster(filled.what);
  return done;
}

/** The text of an expression, waited for. @throws ValueMissing */
export async function valueOf(expression: LiveExpression, workshop: Workshop, snapshot?: Snapshot): Promise<string> {
  const { clock } = workshop;
  const deadline = clock.now() + WAIT_FOR_VALUE;
  for (;;) {
    const text = await liveValues(workshop, snapshot).text(expression);
    if (text !== undefined) return text;
    if (clock.now() > deadline) throw new ValueMissing(expression.text);
    await clock.sleep(PAUSE);
  }
}
