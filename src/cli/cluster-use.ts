import { chosenId, makingProviders, providerNamed, type ProviderId, providers } from "../clusters/choose.ts";
import { readRemembered, rememberCurrent, type RememberedCluster } from "../clusters/current.ts";
import { ClusterError } from "../clusters/problem.ts";
import { restarted } from "../course/progress.ts";
import { currentStep } from "../course/step-machine.ts";
import { withReport } from "./cluster-access.ts";
import { ExitCode } from "./exit-code.ts";
import type { Session } from "./session.ts";
import { inTurn } from "./turn.ts";
import { UsageError } from "./usage-error.ts";
import type { UseFlags } from "./use-context.ts";
import { oneOf } from "./word-option.ts";

/** `cluster use`: from now on the course runs on that provider's cluster; of a cluster that we don't make, `context` names which. */
export async function useCluster(
  session: Session,
  given: string,
  context: string | undefined,
  flags: UseFlags,
): Promise<ExitCode> {
  const id = oneOf(providers, given, "cluster use");
  const isMade = makingProviders.some((one) => one === id);
  if (context === undefined) {
    const isKnown = readRemembered(session.paths).clusters[id] !== undefined && flags.namespace === undefined;
    if (!isMade && !isKnown) throw new UsageError({ code: "argument-missing", argument: "CONTEXT", command: "cluster use" });
    await inTurn(session, () => switchTo(session, id));
    return ExitCode.passed;
  }
  if (isMade) throw new UsageError({ code: "argument-unexpected", given: context, command: "cluster use" });
  const { useContext } = await import("./use-context.ts");
  await inTurn(session, () => useContext(session, context, flags));
  return ExitCode.passed;
}

/**
 * Makes the provider the course's, and says what that changes: `cluster` is what there is to remember of one that we don't make.
 * Only in turn. @throws ClusterError what stands in this provider's way
 */
export async function switchTo(session: Session, id: ProviderId, cluster?: RememberedCluster): Promise<void> {
  const { messages, paths } = session;
  const provider = providerNamed(id, session);
  const obstacle = await provider.obstacle();
  if (obstacle) throw new ClusterError(obstacle);
  const isNew = id !== chosenId(session) || cluster !== undefined;
  await rememberCurrent(paths, id, cluster);
  const remembered = readRemembered(paths).clusters[id];
  const state = remembered ? await provider.state(remembered.name) : "absent";
  // kubectl in the learner's shell follows at once.
  if (remembered && state !== "absent")
    await withReport(session, messages.waits.clusterStart(id), (report) => provider.ensure(remembered.name, report));
  session.print(`${messages.cluster.using(id, state !== "absent")}\n`);
  if (isNew) await beginAnew(session);
}

/** Steps that were begun on another cluster are prepared again on this one; marks and files stay. */
export async function beginAnew(session: Session): Promise<void> {
  const { messages, progress: store, self, theme } = session;
  const course = await session.course();
  const before = await store.read();
  const begun = course.steps.filter(({ id, start }) => before.steps[id]?.startedAt !== undefined && start.cluster !== "none");
  await store.update((now) => begun.reduce((progress, step) => restarted(progress, step), now));
  const step = currentStep(course, before);
  if (step && begun.includes(step))
    session.print(
      `${messages.cluster.prepareAgain(step.id)}\n${theme.faint(messages.step.afterwards)} ${theme.code(`${self} next`)}\n`,
    );
}
