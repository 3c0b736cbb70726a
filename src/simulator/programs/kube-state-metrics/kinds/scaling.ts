import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus } from "kubernetes-types/autoscaling/v2";
import type { PodDisruptionBudget } from "kubernetes-types/policy/v1";
import type { Live } from "../../../api/object.ts";
import {
  alpha,
  conditions,
  created,
  defineKind,
  deleted,
  filled,
  generation,
  namespaced,
  one,
  ownLabels,
  quantity,
  stable,
  type Row,
} from "./kind.ts";

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
