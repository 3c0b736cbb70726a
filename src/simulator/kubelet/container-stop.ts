import type { LifecycleHandler } from "kubernetes-types/core/v1";
import type { ContainerRecord } from "./container-record.ts";
import { isRunning } from "./container-record.ts";
import type { GracePeriod } from "./grace-period.ts";
import { runHook } from "./hooks.ts";
import type { NodeContext } from "./node-context.ts";
import { fieldPathOf } from "./pod.ts";
import type { Pod } from "./pod.ts";

/** Every container gets this long to end after SIGTERM, whatever the grace period says, ms. */
const SHORTEST_SHUTDOWN = 2000;

/** Ends one container: preStop, SIGTERM, grace, SIGKILL. Resolves when it is over (kuberuntime_container.go killContainer). */
export async function stopContainer(
  pod: Pod,
  record: ContainerRecord,
  why: string,
  grace: GracePeriod,
  node: NodeContext,
  podIP: string,
): Promise<void> {
  const { run, container } = record;
  if (!run?.process || !isRunning(record)) return;
  const { process, ended } = run;
  const subject = { object: pod, fieldPath: fieldPathOf(record) };
  node.events.event(subject, "Normal", "Killing", why);
  const preStop = (container as { lifecycle?: { preStop?: LifecycleHandler } }).lifecycle?.preStop;
  if (preStop && grace.left > 0) {
    const late = new AbortController();
    const target = { container, process, podIP, host: node.host, clock: node.clock };
    const hook = runHook(preStop, target, late.signal);
    const inTime = await grace.wait(Promise.race([hook, ended]));
    if (!inTime || (!run.exit && !(await hook))) node.events.event(subject, "Warning", "FailedPreStopHook", "PreStopHook failed");
    late.abort();
  }
  process.kill("SIGTERM");
  if (!(await grace.wait(ended, SHORTEST_SHUTDOWN))) process.kill("SIGKILL");
  await ended;
}

/** Ends all containers of a pod: the main ones together, then the sidecars, the last started first. */
export async function stopContainers(
  pod: Pod,
  records: readonly ContainerRecord[],
  grace: GracePeriod,
  node: NodeContext,
  podIP: string,
): Promise<void> {
  const stop = (record: ContainerRecord) =>
    stopContainer(pod, record, `Stopping container ${record.container.name}`, grace, node, podIP);
  await Promise.all(records.filter(({ kind }) => kind !== "sidecar").map(stop));
  for (const record of records.filter(({ kind }) => kind === "sidecar").toReversed()) await stop(record);
}
