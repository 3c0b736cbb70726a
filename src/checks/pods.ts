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
  const { reason, message } = podState(troubled);
  const cause =
    reason === "ImagePullBackOff" && !/ErrImagePull: /.test(message) ? await pullFailure(pod, cluster, namespace) : message;
  return { pod, text: [pod, reason, cause].filter(Boolean).join(": ") };
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

async function pullFailure(pod: string, cluster: ClusterView, namespace: string): Promise<string> {
  const events = await cluster.peek<{ reason?: string; message?: string }>("Event", {
    namespace,
    fields: `involvedObject.name=${pod}`,
  });
  return events.findLast(({ reason, message }) => reason === "Failed" && message?.startsWith("Failed to pull"))?.message ?? "";
}
