import type { Container, ContainerStatus, Pod as PodType } from "kubernetes-types/core/v1";
import type { Live } from "../../../api/object.ts";
import {
  alpha,
  bool,
  conditionRows,
  counter,
  created,
  defineKind,
  deleted,
  filled,
  one,
  owners,
  ownLabels,
  phases,
  quantity,
  resourceRows,
  stable,
  unix,
  type KindFamily,
  type Row,
} from "./kind.ts";

type Pod = Live<PodType>;

const REASONS = [
  "Evicted",
  "NodeAffinity",
  "NodeLost",
  "PreemptionByScheduler",
  "SchedulingGated",
  "Shutdown",
  "TerminationByKubelet",
  "UnexpectedAdmissionError",
];
const DISRUPTIONS = [
  "PreemptionByScheduler",
  "DeletionByTaintManager",
  "EvictionByEvictionAPI",
  "DeletionByPodGC",
  "TerminationByKubelet",
];

const statuses = ({ status }: Pod) => status?.containerStatuses ?? [];
const initStatuses = ({ status }: Pod) => status?.initContainerStatuses ?? [];
const containers = ({ spec }: Pod) => spec?.containers ?? [];
const initContainers = ({ spec }: Pod) => spec?.initContainers ?? [];

/** A row for each container whose status has the figure. */
const each =
  (all: (pod: Pod) => readonly ContainerStatus[], figure: (status: ContainerStatus) => number | undefined) =>
  (pod: Pod): Row[] =>
    all(pod).flatMap((status): Row[] => {
      const value = figure(status);
      return value === undefined ? [] : [[{ container: status.name }, value]];
    });

const reasons =
  (all: (pod: Pod) => readonly ContainerStatus[], reason: (status: ContainerStatus) => string | undefined) =>
  (pod: Pod): Row[] =>
    all(pod).flatMap((status): Row[] => {
      const text = reason(status);
      return text === undefined ? [] : [[{ container: status.name, reason: text }, 1]];
    });

const info =
  (specs: (pod: Pod) => readonly Container[], all: (pod: Pod) => readonly ContainerStatus[], withPolicy: boolean) =>
  (pod: Pod): Row[] =>
    specs(pod).flatMap(({ name, image, restartPolicy }): Row[] => {
      const status = all(pod).find((status) => status.name === name);
      if (!status) return [];
      const labels = { container: name, image_spec: image, image: status.image, image_id: status.imageID };
      const policy = withPolicy && { restart_policy: restartPolicy };
      return [[filled({ ...labels, container_id: status.containerID, ...policy }), 1]];
    });

const amounts =
  (specs: (pod: Pod) => readonly Container[], which: "limits" | "requests") =>
  (pod: Pod): Row[] =>
    specs(pod).flatMap(({ name, resources }) =>
      resourceRows(resources?.[which], { container: name, node: pod.spec?.nodeName ?? "" }),
    );

const condition = ({ status }: Pod, type: string) => status?.conditions?.find((one) => one.type === type);

const threeWay =
  (type: string) =>
  (pod: Pod): Row[] => {
    const found = condition(pod, type);
    return found ? conditionRows(found.status, (value) => ({ condition: value })) : [];
  };

const since =
  (type: string, status: string) =>
  (pod: Pod): number | undefined => {
    const found = condition(pod, type);
    return found?.status === status ? unix(found.lastTransitionTime) : undefined;
  };

const started = ({ state }: ContainerStatus) => unix((state?.running ?? state?.terminated)?.startedAt);
const lastExit = ({ lastState }: ContainerStatus) => lastState?.terminated?.exitCode;
const lastFinish = ({ lastState }: ContainerStatus) => unix(lastState?.terminated?.finishedAt);
const lastReason = ({ lastState }: ContainerStatus) => lastState?.terminated && (lastState.terminated.reason ?? "");
const ready = (status: ContainerStatus) => bool(status.ready);
const restarts = ({ restartCount }: ContainerStatus) => restartCount;
const isRunning = ({ state }: ContainerStatus) => bool(state?.running !== undefined);
const isTerminated = ({ state }: ContainerStatus) => bool(state?.terminated !== undefined);
const isWaiting = ({ state }: ContainerStatus) => bool(state?.waiting !== undefined);
const terminatedReason = ({ state }: ContainerStatus) => state?.terminated && (state.terminated.reason ?? "");
const waitingReason = ({ state }: ContainerStatus) => state?.waiting && (state.waiting.reason ?? "");

function statusReasons({ status }: Pod): Row[] {
  const own = status?.reason;
  const told = [
    own,
    ...(status?.conditions ?? []).map(({ reason }) => reason),
    ...(status?.containerStatuses ?? []).map(({ state }) => state?.terminated?.reason),
  ];
  const known = REASONS.filter((reason) => told.includes(reason));
  return [...known, ...(own && !REASONS.includes(own) ? ["Other"] : [])].map((reason) => [{ reason }, 1]);
}

/** Claims of volumes, those that live with the pod too. */
const claims =
  (value: (readOnly: boolean) => number) =>
  ({ metadata, spec }: Pod): Row[] =>
    (spec?.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }): Row[] => {
      const claim = persistentVolumeClaim?.claimName ?? (ephemeral && `${metadata.name}-${name}`);
      if (claim === undefined) return [];
      const labels = { volume: name, persistentvolumeclaim: claim, ephemeral: String(!persistentVolumeClaim) };
      return [[labels, value(persistentVolumeClaim?.readOnly ?? false)]];
    });

function tolerations({ spec }: Pod): Row[] {
  const rows = (spec?.tolerations ?? []).map(({ key, operator, value, effect, tolerationSeconds }) =>
    filled({ key, operator, value, effect, toleration_seconds: tolerationSeconds?.toString() }),
  );
  return [...new Map(rows.map((labels) => [JSON.stringify(labels), labels])).values()].map((labels) => [labels, 1]);
}

const resourceClaims = ({ spec, status }: Pod): Row[] =>
  (spec?.resourceClaims ?? []).map(({ name, ...claim }): Row => {
    const { resourceClaimName, resourceClaimTemplateName } = claim as Record<string, string | undefined>;
    const resolved = status?.resourceClaimStatuses?.find((one) => one.name === name)?.resourceClaimName;
    const labels = {
      claim_name: name,
      resourceclaim_name: resourceClaimName ?? resolved,
      resourceclaim_template_name: resourceClaimTemplateName,
    };
    return [filled(labels), 1];
  });

function podInfo({ metadata, spec, status }: Pod): readonly Row[] {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  return one({
    host_ip: status?.hostIP,
    pod_ip: status?.podIP,
    node: spec?.nodeName,
    created_by_kind: owner?.kind,
    created_by_name: owner?.name,
    priority_class: spec?.priorityClassName,
    host_network: String(spec?.hostNetwork ?? false),
  });
}

const containerFamilies: KindFamily<Pod>[] = [
  stable("kube_pod_container_info", "Information about a container in a pod.", info(containers, statuses, false)),
  stable(
    "kube_pod_container_resource_limits",
    "The number of requested limit resource by a container. It is recommended to use the kube_pod_resource_limits metric exposed by kube-scheduler instead, as it is more precise.",
    amounts(containers, "limits"),
  ),
  stable(
    "kube_pod_container_resource_requests",
    "The number of requested request resource by a container. It is recommended to use the kube_pod_resource_requests metric exposed by kube-scheduler instead, as it is more precise.",
    amounts(containers, "requests"),
  ),
  stable("kube_pod_container_state_started", "Start time in unix timestamp for a pod container.", each(statuses, started)),
  alpha(
    "kube_pod_container_status_last_terminated_reason",
    "Describes the last reason the container was in terminated state.",
    reasons(statuses, lastReason),
  ),
  alpha(
    "kube_pod_container_status_last_terminated_exitcode",
    "Describes the exit code for the last container in terminated state.",
    each(statuses, lastExit),
  ),
  alpha(
    "kube_pod_container_status_last_terminated_timestamp",
    "Last terminated time for a pod container in unix timestamp.",
    each(statuses, lastFinish),
  ),
  stable("kube_pod_container_status_ready", "Describes whether the containers readiness check succeeded.", each(statuses, ready)),
  counter(
    "kube_pod_container_status_restarts_total",
    "The number of container restarts per container.",
    each(statuses, restarts),
  ),
  stable(
    "kube_pod_container_status_running",
    "Describes whether the container is currently in running state.",
    each(statuses, isRunning),
  ),
  stable(
    "kube_pod_container_status_terminated",
    "Describes whether the container is currently in terminated state.",
    each(statuses, isTerminated),
  ),
  alpha(
    "kube_pod_container_status_terminated_reason",
    "Describes the reason the container is currently in terminated state.",
    reasons(statuses, terminatedReason),
  ),
  stable(
    "kube_pod_container_status_waiting",
    "Describes whether the container is currently in waiting state.",
    each(statuses, isWaiting),
  ),
  stable(
    "kube_pod_container_status_waiting_reason",
    "Describes the reason the container is currently in waiting state.",
    reasons(statuses, waitingReason),
  ),
];

const initFamilies: KindFamily<Pod>[] = [
  stable(
    "kube_pod_init_container_info",
    "Information about an init container in a pod.",
    info(initContainers, initStatuses, true),
  ),
  alpha(
    "kube_pod_init_container_resource_limits",
    "The number of requested limit resource by an init container.",
    amounts(initContainers, "limits"),
  ),
  alpha(
    "kube_pod_init_container_resource_requests",
    "The number of requested request resource by an init container.",
    amounts(initContainers, "requests"),
  ),
  alpha(
    "kube_pod_init_container_state_started",
    "Start time in unix timestamp for a pod init container.",
    each(initStatuses, started),
  ),
  alpha(
    "kube_pod_init_container_status_last_terminated_reason",
    "Describes the last reason the init container was in terminated state.",
    reasons(initStatuses, lastReason),
  ),
  alpha(
    "kube_pod_init_container_status_last_terminated_exitcode",
    "Describes the exit code for the last init container in terminated state.",
    each(initStatuses, lastExit),
  ),
  alpha(
    "kube_pod_init_container_status_last_terminated_timestamp",
    "Last terminated time for a pod init container in unix timestamp.",
    each(initStatuses, lastFinish),
  ),
  stable(
    "kube_pod_init_container_status_ready",
    "Describes whether the init containers readiness check succeeded.",
    each(initStatuses, ready),
  ),
  counter(
    "kube_pod_init_container_status_restarts_total",
    "The number of restarts for the init container.",
    each(initStatuses, restarts),
  ),
  stable(
    "kube_pod_init_container_status_running",
    "Describes whether the init container is currently in running state.",
    each(initStatuses, isRunning),
  ),
  stable(
    "kube_pod_init_container_status_terminated",
    "Describes whether the init container is currently in terminated state.",
    each(initStatuses, isTerminated),
  ),
  alpha(
    "kube_pod_init_container_status_terminated_reason",
    "Describes the reason the init container is currently in terminated state.",
    reasons(initStatuses, terminatedReason),
  ),
  stable(
    "kube_pod_init_container_status_waiting",
    "Describes whether the init container is currently in waiting state.",
    each(initStatuses, isWaiting),
  ),
  alpha(
    "kube_pod_init_container_status_waiting_reason",
    "Describes the reason the init container is currently in waiting state.",
    reasons(initStatuses, waitingReason),
  ),
];

export const pods = defineKind<Pod>({
  resource: "pods",
  path: "/api/v1/pods",
  type: "*v1.Pod",
  labels: ({ metadata: { namespace = "", name, uid } }) => ({ namespace, pod: name, uid }),
  families: [
    stable("kube_pod_completion_time", "Completion time in unix timestamp for a pod.", (pod) => {
      const finished = statuses(pod).flatMap(({ state }) => unix(state?.terminated?.finishedAt) ?? []);
      return finished.length > 0 ? Math.max(...finished) : undefined;
    }),
    ...containerFamilies,
    stable("kube_pod_created", "Unix creation timestamp", created),
    alpha("kube_pod_deletion_timestamp", "Unix deletion timestamp", deleted),
    stable("kube_pod_info", "Information about pod.", podInfo),
    alpha("kube_pod_ips", "Pod IP addresses", ({ status }) =>
      (status?.podIPs ?? []).map(({ ip = "" }) => [{ ip, ip_family: ip.includes(":") ? "6" : "4" }, 1]),
    ),
    ...initFamilies,
    ownLabels("kube_pod", "annotations"),
    ownLabels("kube_pod", "labels", true),
    alpha("kube_pod_overhead_cpu_cores", "The pod overhead in regards to cpu cores associated with running a pod.", ({ spec }) =>
      spec?.overhead?.["cpu"] === undefined ? undefined : quantity(spec.overhead["cpu"]),
    ),
    alpha("kube_pod_overhead_memory_bytes", "The pod overhead in regards to memory associated with running a pod.", ({ spec }) =>
      spec?.overhead?.["memory"] === undefined ? undefined : quantity(spec.overhead["memory"]),
    ),
    stable("kube_pod_owner", "Information about the Pod's owner.", ({ metadata }) => owners(metadata.ownerReferences)),
    alpha(
      "kube_pod_resourceclaim_info",
      "Information about a DRA ResourceClaim referenced by a pod, one series per pod.spec.resourceClaims entry; claim_name is the pod-local reference and resourceclaim_name is the resolved ResourceClaim object name.",
      resourceClaims,
    ),
    stable("kube_pod_restart_policy", "Describes the restart policy in use by this pod.", ({ spec }) =>
      one({ type: spec?.restartPolicy }),
    ),
    alpha("kube_pod_runtimeclass_name_info", "The runtimeclass associated with the pod.", ({ spec }) =>
      spec?.runtimeClassName ? one({ runtimeclass_name: spec.runtimeClassName }) : [],
    ),
    stable(
      "kube_pod_spec_volumes_persistentvolumeclaims_info",
      "Information about persistentvolumeclaim and ephemeral volumes in a pod.",
      claims(() => 1),
    ),
    stable(
      "kube_pod_spec_volumes_persistentvolumeclaims_readonly",
      "Describes whether a persistentvolumeclaim is mounted read only. Ephemeral volumes always report 0 since the ephemeral volume source does not support a read-only flag.",
      claims(bool),
    ),
    stable("kube_pod_start_time", "Start time in unix timestamp for a pod.", ({ status }) => unix(status?.startTime)),
    stable("kube_pod_status_phase", "The pods current phase.", ({ status }) =>
      phases(["Pending", "Succeeded", "Failed", "Unknown", "Running"], status?.phase),
    ),
    alpha("kube_pod_status_qos_class", "The pods current qosClass.", ({ status }) =>
      status?.qosClass
        ? ["BestEffort", "Burstable", "Guaranteed"].map((qos) => [{ qos_class: qos }, bool(qos === status.qosClass)])
        : [],
    ),
    stable("kube_pod_status_ready", "Describes whether the pod is ready to serve requests.", threeWay("Ready")),
    alpha("kube_pod_status_ready_time", "Readiness achieved time in unix timestamp for a pod.", since("Ready", "True")),
    alpha("kube_pod_status_initialized_time", "Initialized time in unix timestamp for a pod.", since("Initialized", "True")),
    alpha(
      "kube_pod_status_container_ready_time",
      "Readiness achieved time in unix timestamp for a pod containers.",
      since("ContainersReady", "True"),
    ),
    alpha("kube_pod_status_reason", "The pod status reasons", statusReasons),
    alpha("kube_pod_status_disruption_reason", "The pod disruption condition reason", (pod) => {
      const { reason = "" } = condition(pod, "DisruptionTarget") ?? {};
      return reason ? one({ reason: DISRUPTIONS.includes(reason) ? reason : "Other" }) : [];
    }),
    stable("kube_pod_status_scheduled", "Describes the status of the scheduling process for the pod.", threeWay("PodScheduled")),
    stable(
      "kube_pod_status_scheduled_time",
      "Unix timestamp when pod moved into scheduled status",
      since("PodScheduled", "True"),
    ),
    stable("kube_pod_status_unschedulable", "Describes the unschedulable status for the pod.", (pod) =>
      condition(pod, "PodScheduled")?.status === "False" ? 1 : undefined,
    ),
    alpha(
      "kube_pod_status_unscheduled_time",
      "Unix timestamp when pod moved into unscheduled status",
      since("PodScheduled", "False"),
    ),
    alpha("kube_pod_tolerations", "Information about the pod tolerations", tolerations),
    alpha("kube_pod_service_account", "The service account for a pod.", ({ spec }) =>
      one({ service_account: spec?.serviceAccountName }),
    ),
    alpha("kube_pod_scheduler", "The scheduler for a pod.", ({ spec }) => one({ name: spec?.schedulerName })),
  ],
});
