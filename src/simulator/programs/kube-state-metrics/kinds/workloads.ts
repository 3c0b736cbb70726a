import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from "kubernetes-types/apps/v1";
import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus } from "kubernetes-types/autoscaling/v2";
import type { ReplicationController } from "kubernetes-types/core/v1";
import type { PodDisruptionBudget } from "kubernetes-types/policy/v1";
import type { Live } from "../../../api/object.ts";
import { scaledValue } from "../../../resources/int-or-string.ts";
import {
  alpha,
  bool,
  conditionRows,
  conditions,
  created,
  defineKind,
  deleted,
  filled,
  generation,
  namespaced,
  one,
  owners,
  ownLabels,
  quantity,
  stable,
  type Row,
} from "./kind.ts";

const DEPLOYMENT_REASONS = [
  "ReplicaSetUpdated",
  "ReplicaSetCreateError",
  "NewReplicaSetCreated",
  "FoundNewReplicaSet",
  "NewReplicaSetAvailable",
  "ProgressDeadlineExceeded",
  "DeploymentPaused",
  "DeploymentResumed",
  "MinimumReplicasAvailable",
  "MinimumReplicasUnavailable",
  "",
];

const rolling = ({ spec }: Live<Deployment>, which: "maxUnavailable" | "maxSurge", round: "up" | "down") => {
  const limits = spec?.strategy?.rollingUpdate;
  return limits && spec?.replicas !== undefined ? scaledValue(limits[which], spec.replicas, round) : undefined;
};

export const deployments = defineKind<Live<Deployment>>({
  resource: "deployments",
  path: "/apis/apps/v1/deployments",
  type: "*v1.Deployment",
  labels: namespaced("deployment"),
  families: [
    alpha("kube_deployment_owner", "Information about the Deployment's owner.", ({ metadata }) =>
      metadata.ownerReferences?.length
        ? metadata.ownerReferences.map(({ kind, name }) => [{ owner_kind: kind, owner_name: name }, 1])
        : one({ owner_kind: "", owner_name: "" }),
    ),
    stable("kube_deployment_created", "Unix creation timestamp", created),
    stable("kube_deployment_status_replicas", "The number of replicas per deployment.", ({ status }) => status?.replicas ?? 0),
    stable(
      "kube_deployment_status_replicas_ready",
      "The number of ready replicas per deployment.",
      ({ status }) => status?.readyReplicas ?? 0,
    ),
    stable(
      "kube_deployment_status_replicas_available",
      "The number of available replicas per deployment.",
      ({ status }) => status?.availableReplicas ?? 0,
    ),
    stable(
      "kube_deployment_status_replicas_unavailable",
      "The number of unavailable replicas per deployment.",
      ({ status }) => status?.unavailableReplicas ?? 0,
    ),
    stable(
      "kube_deployment_status_replicas_updated",
      "The number of updated replicas per deployment.",
      ({ status }) => status?.updatedReplicas ?? 0,
    ),
    alpha(
      "kube_deployment_status_terminating_replicas",
      "The number of terminating replicas per deployment.",
      ({ status }) => (status as { terminatingReplicas?: number } | undefined)?.terminatingReplicas,
    ),
    stable(
      "kube_deployment_status_observed_generation",
      "The generation observed by the deployment controller.",
      ({ status }) => status?.observedGeneration ?? 0,
    ),
    stable("kube_deployment_status_condition", "The current status conditions of a deployment.", ({ status }) =>
      (status?.conditions ?? []).flatMap(({ type, reason = "", ...condition }) =>
        conditionRows(condition.status, (value) => ({
          reason: DEPLOYMENT_REASONS.includes(reason) ? reason : "unknown",
          condition: type,
          status: value,
        })),
      ),
    ),
    stable("kube_deployment_spec_replicas", "Number of desired pods for a deployment.", ({ spec }) => spec?.replicas),
    stable(
      "kube_deployment_spec_paused",
      "Whether the deployment is paused and will not be processed by the deployment controller.",
      ({ spec }) => bool(spec?.paused),
    ),
    stable(
      "kube_deployment_spec_strategy_rollingupdate_max_unavailable",
      "Maximum number of unavailable replicas during a rolling update of a deployment.",
      (deployment) => rolling(deployment, "maxUnavailable", "down"),
    ),
    stable(
      "kube_deployment_spec_strategy_rollingupdate_max_surge",
      "Maximum number of replicas that can be scheduled above the desired number of replicas during a rolling update of a deployment.",
      (deployment) => rolling(deployment, "maxSurge", "up"),
    ),
    stable(
      "kube_deployment_metadata_generation",
      "Sequence number representing a specific generation of the desired state.",
      generation,
    ),
    alpha("kube_deployment_deletion_timestamp", "Unix deletion timestamp", deleted),
    ownLabels("kube_deployment", "annotations"),
    ownLabels("kube_deployment", "labels", true),
  ],
});

export const replicasets = defineKind<Live<ReplicaSet>>({
  resource: "replicasets",
  path: "/apis/apps/v1/replicasets",
  type: "*v1.ReplicaSet",
  labels: namespaced("replicaset"),
  families: [
    stable("kube_replicaset_created", "Unix creation timestamp", created),
    stable("kube_replicaset_status_replicas", "The number of replicas per ReplicaSet.", ({ status }) => status?.replicas ?? 0),
    stable(
      "kube_replicaset_status_fully_labeled_replicas",
      "The number of fully labeled replicas per ReplicaSet.",
      ({ status }) => status?.fullyLabeledReplicas ?? 0,
    ),
    stable(
      "kube_replicaset_status_ready_replicas",
      "The number of ready replicas per ReplicaSet.",
      ({ status }) => status?.readyReplicas ?? 0,
    ),
    alpha(
      "kube_replicaset_status_terminating_replicas",
      "The number of terminating replicas per ReplicaSet.",
      ({ status }) => (status as { terminatingReplicas?: number } | undefined)?.terminatingReplicas,
    ),
    stable(
      "kube_replicaset_status_observed_generation",
      "The generation observed by the ReplicaSet controller.",
      ({ status }) => status?.observedGeneration ?? 0,
    ),
    stable("kube_replicaset_spec_replicas", "Number of desired pods for a ReplicaSet.", ({ spec }) => spec?.replicas),
    stable(
      "kube_replicaset_metadata_generation",
      "Sequence number representing a specific generation of the desired state.",
      generation,
    ),
    stable("kube_replicaset_owner", "Information about the ReplicaSet's owner.", ({ metadata }) =>
      owners(metadata.ownerReferences),
    ),
    ownLabels("kube_replicaset", "annotations"),
    ownLabels("kube_replicaset", "labels", true),
  ],
});

export const replicationcontrollers = defineKind<Live<ReplicationController>>({
  resource: "replicationcontrollers",
  path: "/api/v1/replicationcontrollers",
  type: "*v1.ReplicationController",
  labels: namespaced("replicationcontroller"),
  families: [
    stable("kube_replicationcontroller_created", "Unix creation timestamp", created),
    stable(
      "kube_replicationcontroller_status_replicas",
      "The number of replicas per ReplicationController.",
      ({ status }) => status?.replicas ?? 0,
    ),
    stable(
      "kube_replicationcontroller_status_fully_labeled_replicas",
      "The number of fully labeled replicas per ReplicationController.",
      ({ status }) => status?.fullyLabeledReplicas ?? 0,
    ),
    stable(
      "kube_replicationcontroller_status_ready_replicas",
      "The number of ready replicas per ReplicationController.",
      ({ status }) => status?.readyReplicas ?? 0,
    ),
    stable(
      "kube_replicationcontroller_status_available_replicas",
      "The number of available replicas per ReplicationController.",
      ({ status }) => status?.availableReplicas ?? 0,
    ),
    stable(
      "kube_replicationcontroller_status_observed_generation",
      "The generation observed by the ReplicationController controller.",
      ({ status }) => status?.observedGeneration ?? 0,
    ),
    stable(
      "kube_replicationcontroller_spec_replicas",
      "Number of desired pods for a ReplicationController.",
      ({ spec }) => spec?.replicas,
    ),
    stable(
      "kube_replicationcontroller_metadata_generation",
      "Sequence number representing a specific generation of the desired state.",
      generation,
    ),
    alpha("kube_replicationcontroller_owner", "Information about the ReplicationController's owner.", ({ metadata }) =>
      owners(metadata.ownerReferences),
    ),
  ],
});

export const daemonsets = defineKind<Live<DaemonSet>>({
  resource: "daemonsets",
  path: "/apis/apps/v1/daemonsets",
  type: "*v1.DaemonSet",
  labels: namespaced("daemonset"),
  families: [
    stable("kube_daemonset_created", "Unix creation timestamp", created),
    stable(
      "kube_daemonset_status_current_number_scheduled",
      "The number of nodes running at least one daemon pod and are supposed to.",
      ({ status }) => status?.currentNumberScheduled ?? 0,
    ),
    stable(
      "kube_daemonset_status_desired_number_scheduled",
      "The number of nodes that should be running the daemon pod.",
      ({ status }) => status?.desiredNumberScheduled ?? 0,
    ),
    stable(
      "kube_daemonset_status_number_available",
      "The number of nodes that should be running the daemon pod and have one or more of the daemon pod running and available",
      ({ status }) => status?.numberAvailable ?? 0,
    ),
    stable(
      "kube_daemonset_status_number_misscheduled",
      "The number of nodes running a daemon pod but are not supposed to.",
      ({ status }) => status?.numberMisscheduled ?? 0,
    ),
    stable(
      "kube_daemonset_status_number_ready",
      "The number of nodes that should be running the daemon pod and have one or more of the daemon pod running and ready.",
      ({ status }) => status?.numberReady ?? 0,
    ),
    stable(
      "kube_daemonset_status_number_unavailable",
      "The number of nodes that should be running the daemon pod and have none of the daemon pod running and available",
      ({ status }) => status?.numberUnavailable ?? 0,
    ),
    stable(
      "kube_daemonset_status_observed_generation",
      "The most recent generation observed by the daemon set controller.",
      ({ status }) => status?.observedGeneration ?? 0,
    ),
    stable(
      "kube_daemonset_status_updated_number_scheduled",
      "The total number of nodes that are running updated daemon pod",
      ({ status }) => status?.updatedNumberScheduled ?? 0,
    ),
    stable(
      "kube_daemonset_metadata_generation",
      "Sequence number representing a specific generation of the desired state.",
      generation,
    ),
    alpha("kube_daemonset_deletion_timestamp", "Unix deletion timestamp", deleted),
    ownLabels("kube_daemonset", "annotations"),
    ownLabels("kube_daemonset", "labels", true),
  ],
});

export const statefulsets = defineKind<Live<StatefulSet>>({
  resource: "statefulsets",
  path: "/apis/apps/v1/statefulsets",
  type: "*v1.StatefulSet",
  labels: namespaced("statefulset"),
  families: [
    stable("kube_statefulset_created", "Unix creation timestamp", created),
    stable("kube_statefulset_status_replicas", "The number of replicas per StatefulSet.", ({ status }) => status?.replicas ?? 0),
    stable(
      "kube_statefulset_status_replicas_available",
      "The number of available replicas per StatefulSet.",
      ({ status }) => status?.availableReplicas ?? 0,
    ),
    stable(
      "kube_statefulset_status_replicas_current",
      "The number of current replicas per StatefulSet.",
      ({ status }) => status?.currentReplicas ?? 0,
    ),
    stable(
      "kube_statefulset_status_replicas_ready",
      "The number of ready replicas per StatefulSet.",
      ({ status }) => status?.readyReplicas ?? 0,
    ),
    stable(
      "kube_statefulset_status_replicas_updated",
      "The number of updated replicas per StatefulSet.",
      ({ status }) => status?.updatedReplicas ?? 0,
    ),
    stable(
      "kube_statefulset_status_observed_generation",
      "The generation observed by the StatefulSet controller.",
      ({ status }) => status?.observedGeneration ?? 0,
    ),
    stable("kube_statefulset_replicas", "Number of desired pods for a StatefulSet.", ({ spec }) => spec?.replicas),
    stable("kube_statefulset_ordinals_start", "Start ordinal of the StatefulSet.", ({ spec }) => spec?.ordinals?.start),
    stable(
      "kube_statefulset_metadata_generation",
      "Sequence number representing a specific generation of the desired state for the StatefulSet.",
      generation,
    ),
    stable(
      "kube_statefulset_persistentvolumeclaim_retention_policy",
      "Count of retention policy for StatefulSet template PVCs",
      ({ spec }) => {
        const { whenDeleted, whenScaled } = spec?.persistentVolumeClaimRetentionPolicy ?? {};
        return whenDeleted || whenScaled ? one({ when_deleted: whenDeleted, when_scaled: whenScaled }) : [];
      },
    ),
    ownLabels("kube_statefulset", "annotations", true),
    ownLabels("kube_statefulset", "labels", true),
    stable(
      "kube_statefulset_status_current_revision",
      "Indicates the version of the StatefulSet used to generate Pods in the sequence [0,currentReplicas).",
      ({ status }) => one({ revision: status?.currentRevision }),
    ),
    stable(
      "kube_statefulset_status_update_revision",
      "Indicates the version of the StatefulSet used to generate Pods in the sequence [replicas-updatedReplicas,replicas)",
      ({ status }) => one({ revision: status?.updateRevision }),
    ),
    stable("kube_statefulset_deletion_timestamp", "Unix deletion timestamp", deleted),
  ],
});

/** Targets and values of an autoscaler's metrics, by the kind of target. */
function metricRows(metrics: readonly (MetricSpec | MetricStatus)[] | undefined): Row[] {
  return (metrics ?? []).flatMap((metric): Row[] => {
    const { resource, containerResource, pods, object, external } = metric;
    const source = resource ?? containerResource ?? pods ?? object ?? external;
    if (!source) return [];
    const name = resource?.name ?? containerResource?.name ?? (pods ?? object ?? external)?.metric.name ?? "";
    const found = "target" in source ? source.target : (source as { current: object }).current;
    const { value, averageValue, averageUtilization } = found as {
      value?: string;
      averageValue?: string;
      averageUtilization?: number;
    };
    const row = (type: string, amount: number): Row => [
      filled({ metric_name: name, metric_target_type: type, container: containerResource?.container }),
      amount,
    ];
    return [
      ...(value === undefined ? [] : [row("value", quantity(value))]),
      ...(averageUtilization === undefined ? [] : [row("utilization", averageUtilization)]),
      ...(averageValue === undefined ? [] : [row("average", quantity(averageValue))]),
    ];
  });
}

const tolerance = (rules: object | undefined): number | undefined => {
  const { tolerance: amount } = (rules ?? {}) as { tolerance?: string };
  return amount === undefined ? undefined : quantity(amount);
};

export const horizontalpodautoscalers = defineKind<Live<HorizontalPodAutoscaler>>({
  resource: "horizontalpodautoscalers",
  path: "/apis/autoscaling/v2/horizontalpodautoscalers",
  type: "*v2.HorizontalPodAutoscaler",
  labels: namespaced("horizontalpodautoscaler"),
  families: [
    alpha("kube_horizontalpodautoscaler_info", "Information about this autoscaler.", ({ spec }) => {
      const { apiVersion, kind, name } = spec?.scaleTargetRef ?? {};
      const api = apiVersion ? { scaletargetref_api_version: apiVersion } : {};
      return one({ ...api, scaletargetref_kind: kind, scaletargetref_name: name });
    }),
    stable(
      "kube_horizontalpodautoscaler_metadata_generation",
      "The generation observed by the HorizontalPodAutoscaler controller.",
      generation,
    ),
    stable(
      "kube_horizontalpodautoscaler_spec_max_replicas",
      "Upper limit for the number of pods that can be set by the autoscaler; cannot be smaller than MinReplicas.",
      ({ spec }) => spec?.maxReplicas ?? 0,
    ),
    stable(
      "kube_horizontalpodautoscaler_spec_min_replicas",
      "Lower limit for the number of pods that can be set by the autoscaler, default 1.",
      ({ spec }) => spec?.minReplicas ?? 1,
    ),
    alpha(
      "kube_horizontalpodautoscaler_spec_target_metric",
      "The metric specifications used by this autoscaler when calculating the desired replica count.",
      ({ spec }) => metricRows(spec?.metrics),
    ),
    alpha(
      "kube_horizontalpodautoscaler_spec_behavior_scale_down_tolerance",
      "The tolerance on the ratio between the current and desired metric value below which no scale down occurs.",
      ({ spec }) => tolerance(spec?.behavior?.scaleDown),
    ),
    alpha(
      "kube_horizontalpodautoscaler_spec_behavior_scale_up_tolerance",
      "The tolerance on the ratio between the current and desired metric value below which no scale up occurs.",
      ({ spec }) => tolerance(spec?.behavior?.scaleUp),
    ),
    stable(
      "kube_horizontalpodautoscaler_status_target_metric",
      "The current metric status used by this autoscaler when calculating the desired replica count.",
      ({ status }) => metricRows(status?.currentMetrics),
    ),
    stable(
      "kube_horizontalpodautoscaler_status_current_replicas",
      "Current number of replicas of pods managed by this autoscaler.",
      ({ status }) => status?.currentReplicas ?? 0,
    ),
    stable(
      "kube_horizontalpodautoscaler_status_desired_replicas",
      "Desired number of replicas of pods managed by this autoscaler.",
      ({ status }) => status?.desiredReplicas ?? 0,
    ),
    ownLabels("kube_horizontalpodautoscaler", "annotations"),
    ownLabels("kube_horizontalpodautoscaler", "labels", true),
    stable("kube_horizontalpodautoscaler_status_condition", "The condition of this autoscaler.", ({ status }) =>
      conditions(status?.conditions),
    ),
    alpha("kube_horizontalpodautoscaler_created", "Unix creation timestamp", created),
    alpha("kube_horizontalpodautoscaler_deletion_timestamp", "Unix deletion timestamp", deleted),
  ],
});

export const poddisruptionbudgets = defineKind<Live<PodDisruptionBudget>>({
  resource: "poddisruptionbudgets",
  path: "/apis/policy/v1/poddisruptionbudgets",
  type: "*v1.PodDisruptionBudget",
  labels: namespaced("poddisruptionbudget"),
  families: [
    ownLabels("kube_poddisruptionbudget", "annotations"),
    ownLabels("kube_poddisruptionbudget", "labels"),
    stable("kube_poddisruptionbudget_created", "Unix creation timestamp", created),
    stable(
      "kube_poddisruptionbudget_status_current_healthy",
      "Current number of healthy pods",
      ({ status }) => status?.currentHealthy ?? 0,
    ),
    stable(
      "kube_poddisruptionbudget_status_desired_healthy",
      "Minimum desired number of healthy pods",
      ({ status }) => status?.desiredHealthy ?? 0,
    ),
    stable(
      "kube_poddisruptionbudget_status_pod_disruptions_allowed",
      "Number of pod disruptions that are currently allowed",
      ({ status }) => status?.disruptionsAllowed ?? 0,
    ),
    stable(
      "kube_poddisruptionbudget_status_expected_pods",
      "Total number of pods counted by this disruption budget",
      ({ status }) => status?.expectedPods ?? 0,
    ),
    stable(
      "kube_poddisruptionbudget_status_observed_generation",
      "Most recent generation observed when updating this PDB status",
      ({ status }) => status?.observedGeneration ?? 0,
    ),
    alpha("kube_poddisruptionbudget_deletion_timestamp", "Unix deletion timestamp", deleted),
  ],
});
