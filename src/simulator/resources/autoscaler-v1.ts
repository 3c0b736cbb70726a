import type { HorizontalPodAutoscaler as Autoscaler1 } from "kubernetes-types/autoscaling/v1";
import type { HorizontalPodAutoscaler as Autoscaler2, MetricSpec, MetricStatus } from "kubernetes-types/autoscaling/v2";
import type { KubeObject } from "../api/object.ts";
import type { Writable } from "./writable.ts";

/** What autoscaling/v1 has no fields for travels in annotations, as JSON; here in the form of v2. */
const METRICS = "autoscaling.alpha.kubernetes.io/metrics";
const CURRENT_METRICS = "autoscaling.alpha.kubernetes.io/current-metrics";
const CONDITIONS = "autoscaling.alpha.kubernetes.io/conditions";
const BEHAVIOR = "autoscaling.alpha.kubernetes.io/behavior";

/** A stored autoscaler as autoscaling/v1 shows it (pkg/apis/autoscaling/v1/conversion.go). */
export function toAutoscalerV1(object: KubeObject): KubeObject {
  const { spec, status, metadata, ...rest } = object as Writable<Autoscaler2>;
  const { metrics = [], behavior, ...plain } = spec ?? { maxReplicas: 0, scaleTargetRef: { kind: "", name: "" } };
  const { currentMetrics, conditions, ...counts } = status ?? { desiredReplicas: 0 };
  const cpu = metrics.find(isCpuUtilization)?.resource?.target.averageUtilization;
  const currentCpu = (currentMetrics ?? []).find(isCpuUtilization)?.resource?.current.averageUtilization;
  const annotations = {
    ...metadata.annotations,
    ...asJson(
      METRICS,
      metrics.filter((metric) => !isCpuUtilization(metric)),
    ),
    ...asJson(CURRENT_METRICS, currentMetrics ?? []),
    ...asJson(CONDITIONS, conditions ?? []),
    ...(behavior && { [BEHAVIOR]: JSON.stringify(behavior) }),
  };
  return {
    ...rest,
    apiVersion: "autoscaling/v1",
    metadata: { ...metadata, ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec: { ...plain, ...(cpu !== undefined && { targetCPUUtilizationPercentage: cpu }) },
    status: {
      currentReplicas: 0,
      ...counts,
      ...(currentCpu !== undefined && { currentCPUUtilizationPercentage: currentCpu }),
    },
  } as KubeObject;
}

/** An autoscaler written as autoscaling/v1, as it is stored. */
export function fromAutoscalerV1(object: KubeObject): KubeObject {
  const { spec, status, metadata, ...rest } = object as Writable<Autoscaler1>;
  const {
    [METRICS]: others,
    [CURRENT_METRICS]: current,
    [CONDITIONS]: conditions,
    [BEHAVIOR]: behavior,
    ...annotations
  } = metadata.annotations ?? {};
  const { targetCPUUtilizationPercentage: cpu, ...plain } = spec ?? {};
  const { currentCPUUtilizationPercentage: _, ...counts } = status ?? {};
  const metrics = [
    ...((parsed(others) ?? []) as MetricSpec[]),
    ...(cpu === undefined
      ? []
      : [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: cpu } } }]),
  ];
  const { annotations: _annotations, ...meta } = metadata;
  return {
    ...rest,
    apiVersion: "autoscaling/v2",
    metadata: { ...meta, ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec: { ...plain, ...(metrics.length > 0 && { metrics }), ...(behavior && { behavior: parsed(behavior) }) },
    status: {
      ...counts,
      ...(current && { currentMetrics: parsed(current) }),
      ...(conditions && { conditions: parsed(conditions) }),
    },
  } as KubeObject;
}

const isCpuUtilization = ({ type, resource }: MetricSpec | MetricStatus): boolean =>
  type === "Resource" &&
  resource?.name === "cpu" &&
  ("target" in resource ? resource.target.averageUtilization : resource.current.averageUtilization) !== undefined;

const asJson = (key: string, list: readonly unknown[]): Record<string, string> =>
  list.length > 0 ? { [key]: JSON.stringify(list) } : {};

/** Undefined for what is no JSON: upstream ignores it as well. */
function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
