import { timestamp } from "../api/object.ts";
import { podConditions } from "./conditions.ts";
import { containerStatus } from "./container-status.ts";
import type { ContainerStatus } from "./container-status.ts";
import type { ContainerRecord } from "./container-record.ts";
import { isRunning } from "./container-record.ts";
import type { Pod, PodStatus } from "./pod.ts";

/** What a pod's status is made from. */
export interface PodFacts {
  records: readonly ContainerRecord[];
  hostIP: string;
  /** Known once there is a sandbox; kept when it is gone. */
  podIP?: string;
  hasSandbox: boolean;
  startTime: number;
  /** Nothing runs, and nothing will any more. */
  over: boolean;
  /** The kubelet itself ended the pod. */
  failure?: { reason: string; message: string };
}

/** The status the kubelet reports (pkg/kubelet/kubelet_pods.go generateAPIPodStatus). Pure; times only from the facts and `now`. */
export function podStatus(pod: Pod, facts: PodFacts, now: number): PodStatus {
  const { records, hostIP, podIP, startTime, over, failure } = facts;
  const initRecords = records.filter(({ kind }) => kind === "init" || kind === "sidecar");
  const waitingReason = initRecords.length > 0 ? "PodInitializing" : "ContainerCreating";
  // Once a pod was initialised, a container without a trace counts as failed (status_manager.go TerminatePod).
  const wasInitialised = initRecords.every(({ kind, run }) => (kind === "sidecar" ? run : run?.exit?.exitCode === 0));
  const statusesOf = (some: readonly ContainerRecord[]) =>
    some.map((record) => (over && wasInitialised && !record.run ? neverRan(record) : containerStatus(record, waitingReason)));
  const init = statusesOf(initRecords);
  const containers = statusesOf(records.filter(({ kind }) => kind === "regular"));
  const ephemeral = statusesOf(records.filter(({ kind }) => kind === "ephemeral"));
  const phase = failure ? "Failed" : phaseOf(pod, records, over);
  const sidecars = new Set(records.flatMap(({ kind, container }) => (kind === "sidecar" ? container.name : [])));
  const conditions = podConditions(pod, { phase, hasSandbox: facts.hasSandbox, init, sidecars, containers }, now);
  const { qosClass, nominatedNodeName } = pod.status ?? {};
  return {
    ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
    phase,
    conditions,
    ...(failure && { reason: failure.reason, message: failure.message }),
    ...(nominatedNodeName && { nominatedNodeName }),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(podIP && { podIP, podIPs: [{ ip: podIP }] }),
    startTime: timestamp(startTime) as never,
    ...(init.length > 0 && { initContainerStatuses: init }),
    containerStatuses: containers,
    ...(qosClass && { qosClass }),
    ...(ephemeral.length > 0 && { ephemeralContainerStatuses: ephemeral }),
  };
}

/** The state of containers a pod's end overtook. */
function neverRan(record: ContainerRecord): ContainerStatus {
  const status = containerStatus(record, "");
  const terminated = {
    exitCode: 137,
    reason: "ContainerStatusUnknown",
    message: "The container could not be located when the pod was terminated",
    startedAt: null,
    finishedAt: null,
  };
  return { ...status, state: { terminated: terminated as never } };
}

/** pkg/kubelet/kubelet_pods.go getPhase. */
function phaseOf(pod: Pod, records: readonly ContainerRecord[], over: boolean): string {
  const policy = pod.spec?.restartPolicy ?? "Always";
  const of = (kind: ContainerRecord["kind"]) => records.filter((record) => record.kind === kind);
  const regular = of("regular");
  const ran = regular.filter(({ run }) => run !== undefined);
  if (ran.length === 0 && of("init").some(({ run }) => run?.exit && run.exit.exitCode !== 0) && policy === "Never")
    return "Failed";
  const unready = [
    ...of("init").filter(({ run }) => run?.exit?.exitCode !== 0),
    ...of("sidecar").filter(({ run }) => !run?.started),
  ];
  if (over) return regular.every(({ run }) => run?.exit?.exitCode === 0) && unready.length === 0 ? "Succeeded" : "Failed";
  if (ran.length === 0 && unready.length > 0) return "Pending";
  if (ran.length < regular.length) return "Pending";
  if (regular.some(isRunning) || policy === "Always") return "Running";
  const succeeded = regular.every(({ run }) => run?.exit?.exitCode === 0);
  return succeeded ? "Succeeded" : policy === "Never" ? "Failed" : "Running";
}
