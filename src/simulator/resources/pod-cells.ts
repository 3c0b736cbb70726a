import type { Container, ContainerStatus, Pod } from "kubernetes-types/core/v1";
import type { Live } from "../api/object.ts";
import { age } from "./duration.ts";
import type { Cell } from "./resource.ts";

/** How often containers restarted, and when the last of these restarts was (ms; 0 for never). */
interface Restarts {
  count: number;
  last: number;
}

/** What the STATUS, READY and RESTARTS columns are made of. */
interface Summary {
  reason: string;
  ready: number;
  restarts: Restarts;
}

/** The row of a Pod (pkg/printers/internalversion printPod). */
export function podCells(pod: Live<Pod>, { now }: { now: number }): Cell[] {
  const { spec, status = {}, metadata } = pod;
  const { reason, ready, restarts } = summarize(pod);
  const total = (spec?.containers ?? []).length + (spec?.initContainers ?? []).filter(isSidecar).length;
  return [
    metadata.name,
    `${ready}/${total}`,
    reason,
    restarts.count > 0 && restarts.last > 0
      ? `${restarts.count} (${age(new Date(restarts.last).toISOString(), now)} ago)`
      : String(restarts.count),
    age(metadata.creationTimestamp, now),
    status.podIPs?.[0]?.ip || "<none>",
    spec?.nodeName || "<none>",
    status.nominatedNodeName || "<none>",
    readinessGates(pod),
  ];
}

function summarize(pod: Live<Pod>): Summary {
  const { status = {}, metadata } = pod;
  const gated = hasCondition(pod, "PodScheduled", ({ reason }) => reason === "SchedulingGated");
  const summary: Summary = {
    reason: gated ? "SchedulingGated" : status.reason || status.phase || "",
    ready: 0,
    restarts: { count: 0, last: 0 },
  };
  const sidecarRestarts = { count: 0, last: 0 };
  const initializing = addInitContainers(pod, summary, sidecarRestarts);
  if (!initializing || hasCondition(pod, "Initialized", isTrue)) {
    summary.restarts = sidecarRestarts;
    addContainers(pod, summary);
  }
  if (metadata.deletionTimestamp) {
    if (status.reason === "NodeLost") summary.reason = "Unknown";
    else if (status.phase !== "Succeeded" && status.phase !== "Failed") summary.reason = "Terminating";
  }
  return summary;
}

/** Returns true when an init container holds the Pod up; the first such gives the reason. */
function addInitContainers({ spec, status = {} }: Live<Pod>, summary: Summary, sidecarRestarts: Restarts): boolean {
  const containers = spec?.initContainers ?? [];
  const sidecars = new Set(containers.filter(isSidecar).map(({ name }) => name));
  for (const [index, container] of (status.initContainerStatuses ?? []).entries()) {
    const sidecar = sidecars.has(container.name);
    const { waiting, terminated } = container.state ?? {};
    addRestarts(summary.restarts, container);
    if (sidecar) addRestarts(sidecarRestarts, container);
    if (terminated?.exitCode === 0) continue;
    if (sidecar && container.started) {
      if (container.ready) summary.ready++;
      continue;
    }
    if (terminated) summary.reason = `Init:${terminated.reason || exitReason(terminated)}`;
    else if (waiting?.reason && waiting.reason !== "PodInitializing") summary.reason = `Init:${waiting.reason}`;
    else summary.reason = `Init:${index}/${containers.length}`;
    return true;
  }
  return false;
}

/** The first container that waits or ended names the reason; a running one beside ended ones makes it Running again. */
function addContainers(pod: Live<Pod>, summary: Summary): void {
  let running = false;
  for (const container of (pod.status?.containerStatuses ?? []).toReversed()) {
    const { waiting, terminated, running: runs } = container.state ?? {};
    addRestarts(summary.restarts, container);
    if (waiting?.reason) summary.reason = waiting.reason;
    else if (terminated) summary.reason = terminated.reason || exitReason(terminated);
    else if (container.ready && runs) {
      running = true;
      summary.ready++;
    }
  }
  if (summary.reason === "Completed" && running) {
    summary.reason = hasCondition(pod, "Ready", isTrue) ? "Running" : "NotReady";
  }
}

function addRestarts(sum: Restarts, { restartCount, lastState }: ContainerStatus): void {
  sum.count += restartCount;
  const finished = lastState?.terminated?.finishedAt;
  if (finished) sum.last = Math.max(sum.last, Date.parse(finished));
}

const exitReason = ({ signal, exitCode }: { signal?: number; exitCode: number }): string =>
  signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;

const isSidecar = ({ restartPolicy }: Container): boolean => restartPolicy === "Always";
const isTrue = ({ status }: { status: string }): boolean => status === "True";

const hasCondition = (
  { status }: Live<Pod>,
  type: string,
  test: (condition: { status: string; reason?: string }) => boolean,
): boolean => (status?.conditions ?? []).some((condition) => condition.type === type && test(condition));

function readinessGates(pod: Live<Pod>): string {
  const gates = pod.spec?.readinessGates ?? [];
  if (gates.length === 0) return "<none>";
  return `${gates.filter(({ conditionType }) => hasCondition(pod, conditionType, isTrue)).length}/${gates.length}`;
}
