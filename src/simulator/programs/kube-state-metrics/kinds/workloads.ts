import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from "kubernetes-types/apps/v1";
import type { ReplicationController } from "kubernetes-types/core/v1";
import type { Live } from "../../../api/object.ts";
import { scaledValue } from "../../../resources/int-or-string.ts";
import {
  alpha,
  bool,
  conditionRows,
  created,
  defineKind,
  deleted,
  generation,
  namespaced,
  one,
  owners,
  ownLabels,
  stable,
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
