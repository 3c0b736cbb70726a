import type { ContainerStatus, Pod } from "kubernetes-types/core/v1";
import { isGoing } from "../kube/objects.ts";
import type { Settling } from "./check.ts";
import type { ClusterView } from "./cluster-view.ts";

/** What a Pod is at, for somebody who waits for it. */
export interface PodState {
  /** `starting` may come right by itself, `pulling` too but slower; `stuck` will not. */
  at: "ready" | "starting" | "pulling" | "stuck";
  /** `ImagePullBackOff`, `CrashLoopBackOff`, `Unschedulable`…; empty when all is well. */
  reason: string;
  message: string;
}

/** Reasons to wait for: everything else a container waits for will not come by itself. */
const passing = new Set(["ContainerCreating", "PodInitializing"]);

export function podState(pod: Pod): PodState {
  const { status, spec } = pod;
  if (hasCondition(status, "Ready") && !isGoing(pod)) return { at: "ready", reason: "", message: "" };
  const unscheduled = status?.conditions?.find(({ type, status: is }) => type === "PodScheduled" && is === "False");
  if (unscheduled) return { at: "stuck", reason: unscheduled.reason ?? "Unschedulable", message: unscheduled.message ?? "" };
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  for (const { state } of containers) {
    const { reason, message = "" } = state?.waiting ?? {};
    if (reason && !passing.has(reason)) return { at: "stuck", reason, message };
  }
  const ended = spec?.restartPolicy !== "Always" && (status?.phase === "Failed" || status?.phase === "Succeeded");
  if (ended) return { at: "stuck", reason: status.reason ?? status.phase ?? "", message: status.message ?? "" };
  const creating = containers.some(({ state }) => passing.has(state?.waiting?.reason ?? ""));
  return { at: creating ? "pulling" : "starting", reason: firstReason(containers) || (status?.phase ?? "Pending"), message: "" };
}

export const isPodReady = (pod: Pod): boolean => podState(pod).at === "ready";

/** `pod: reason: message` of the first Pod that has a trouble; older kubelets keep the cause of a failed pull to the events. */
export async function troubleOf(
  pods: readonly Pod[],
  cluster: ClusterView,
  namespace: string,
): Promise<{ pod: string; text: string } | undefined> {
  const troubled = pods.find((pod) => podState(pod).at === "stuck") ?? pods.find((pod) => !isPodReady(pod));
  if (!troubled) return undefined;
  const pod = troubled.metadata?.name ?? "";
  const { reason } = podState(troubled);
  return { pod, text: [pod, reason, await causeOf(troubled, cluster, namespace)].filter(Boolean).join(": ") };
}

/** What the Pod's own status leaves out stands in its events, or in its log. */
async function causeOf(pod: Pod, cluster: ClusterView, namespace: string): Promise<string> {
  const name = pod.metadata?.name ?? "";
  const { reason, message } = podState(pod);
  if (reason === "ImagePullBackOff" && !/ErrImagePull: /.test(message))
    return failureOf(name, "Failed", /^Failed to pull/, cluster, namespace);
  if (reason === "ContainerCreating") return failureOf(name, "FailedMount", /./, cluster, namespace);
  if (reason === "CrashLoopBackOff" || reason === "Error") return (await lastLine(pod, cluster, namespace)) || message;
  return message;
}

/** Whether something is under way with these Pods, or only stuck ones are left. */
export function settlingOf(pods: readonly Pod[]): Settling | undefined {
  const states = pods.filter((pod) => !isGoing(pod)).map((pod) => podState(pod).at);
  if (states.includes("stuck")) return undefined;
  if (states.includes("pulling")) return "image-pull";
  return states.includes("starting") ? "moments" : undefined;
}

function hasCondition(status: Pod["status"], type: string): boolean {
  return status?.conditions?.some((condition) => condition.type === type && condition.status === "True") ?? false;
}

const firstReason = (containers: readonly ContainerStatus[]): string =>
  containers.map(({ state }) => state?.waiting?.reason ?? state?.terminated?.reason ?? "").find(Boolean) ?? "";

async function failureOf(pod: string, reason: string, pattern: RegExp, cluster: ClusterView, namespace: string): Promise<string> {
  const fields = `involvedObject.name=${pod}`;
  const events = await cluster.peek<{ reason?: string; message?: string }>("Event", { namespace, fields });
  return events.findLast((event) => event.reason === reason && pattern.test(event.message ?? ""))?.message ?? "";
}

/** Of the log of the container that ended: the last line that is no stack trace. */
async function lastLine(pod: Pod, cluster: ClusterView, namespace: string): Promise<string> {
  const ended = pod.status?.containerStatuses?.find(({ ready }) => !ready);
  if (!ended) return "";
  const kube = await cluster.kube();
  const previous = ended.state?.terminated === undefined && ended.restartCount > 0;
  const log = await kube.log(pod.metadata?.name ?? "", { container: ended.name, namespace, previous }).catch(() => "");
  const lines = log.trimEnd().split("\n");
  return lines.find((line) => line.startsWith("panic: ")) ?? lines.at(-1) ?? "";
}
