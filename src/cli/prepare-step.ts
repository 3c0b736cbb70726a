import type { Baseline } from "../clusters/current.ts";
import type { Cluster } from "../clusters/provider.ts";
import type { Course } from "../course/course.ts";
import type { Action, Step } from "../course/lesson.ts";
import type { Snapshot } from "../course/progress.ts";
import { BreakFailed, prepareStep } from "../steps/prepare.ts";
import type { Deed } from "../steps/plan.ts";
import { during } from "../ui/status.ts";
import { statusOf } from "./cluster-access.ts";
import type { Session } from "./session.ts";
import { StartError } from "./start-error.ts";
import { workshopAt } from "./workshop.ts";

/**
 * Brings the cluster to the step's start, and says what that took of the learner's. With a `baseline`, what they made beside the course
 * since goes, too. Only in turn. @throws StartError
 */
export async function prepare(
  session: Session,
  course: Course,
  step: Step,
  cluster: Cluster,
  workspace: string,
  baseline?: Baseline,
): Promise<Snapshot> {
  const { messages } = session;
  const workshop = workshopAt(session, course, cluster, workspace);
  try {
    const { did, contextRestored, unready, snapshot } = await during(messages.waits.prepare, statusOf(session), () =>
      prepareStep(step, workshop, baseline),
    );
    const note = (text: string): void => session.tell(session.theme.faint(text));
    const theirs = (...what: Deed["what"][]): string =>
      did
        .filter((deed) => !deed.ours && what.includes(deed.what))
        .map(nameOf)
        .join(", ");
    if (theirs("delete")) note(messages.prepared.removed(theirs("delete")));
    if (theirs("change", "make-anew")) note(messages.prepared.changed(theirs("change", "make-anew")));
    if (contextRestored) note(messages.prepared.context);
    for (const { kind, name, trouble } of unready)
      if (step.start.break.length === 0) note(messages.prepared.unready(`${kind} ${name}`, trouble));
    return snapshot;
  } catch (error) {
    if (error instanceof BreakFailed)
      throw new StartError({ code: "break-failed", command: commandOf(error.action), said: error.stderr.trim() });
    throw error;
  }
}

const nameOf = ({ kind, name }: Deed): string => `${kind} ${name}`;

const commandOf = (action: Action): string => (action.type === "kubectl" ? `kubectl ${action.args.join(" ")}` : action.type);
