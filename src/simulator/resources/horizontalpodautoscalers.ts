import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerSpec,
  HPAScalingRules,
  MetricSpec,
  MetricStatus,
} from "kubernetes-types/autoscaling/v2";
import { age } from "./duration.ts";
import { validateAutoscaler } from "./autoscaler-rules.ts";
import { firstFew } from "./printing.ts";
import { defineResource } from "./resource.ts";
import { dropStatus, type Writable } from "./writable.ts";

/** Percent of the requested cpu that is aimed at when no metric is named. */
const DEFAULT_UTILIZATION = 80;

const RULES = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: "Max",
    policies: [
      { type: "Pods", value: 4, periodSeconds: 15 },
      { type: "Percent", value: 100, periodSeconds: 15 },
    ],
  },
  scaleDown: { selectPolicy: "Max", policies: [{ type: "Percent", value: 100, periodSeconds: 15 }] },
} satisfies Record<string, HPAScalingRules>;

/** Stored as autoscaling/v2. Models pkg/registry/autoscaling/horizontalpodautoscaler. */
export const horizontalpodautoscalers = defineResource<Writable<HorizontalPodAutoscaler>>({
  resource: "horizontalpodautoscalers.autoscaling",
  defaults(autoscaler) {
    const spec = (autoscaler.spec ??= {} as HorizontalPodAutoscalerSpec);
    spec.minReplicas ??= 1;
    spec.maxReplicas ??= 0;
    spec.scaleTargetRef ??= {} as HorizontalPodAutoscalerSpec["scaleTargetRef"];
    if (!spec.metrics?.length) {
      const target = { type: "Utilization", averageUtilization: DEFAULT_UTILIZATION };
      spec.metrics = [{ type: "Resource", resource: { name: "cpu", target } }];
    }
    if (spec.behavior) {
      for (const direction of ["scaleUp", "scaleDown"] as const) {
        spec.behavior[direction] = { ...structuredClone(RULES[direction]), ...spec.behavior[direction] };
      }
    }
  },
  prepareForCreate: dropStatus,
  validate: ({ spec }) => validateAutoscaler(spec as HorizontalPodAutoscalerSpec),
  cells: ({ metadata, spec, status }, { now }) => [
    metadata.name,
    `${spec?.scaleTargetRef.kind}/${spec?.scaleTargetRef.name}`,
    formatMetrics(spec?.metrics ?? [], status?.currentMetrics ?? []),
    String(spec?.minReplicas ?? "<unset>"),
    spec?.maxReplicas ?? 0,
    status?.currentReplicas ?? 0,
    age(metadata.creationTimestamp, now),
  ],
});

/** The TARGETS column: `cpu: 12%/80%, memory: <unknown>/100Mi` (printers formatHPAMetrics). */
function formatMetrics(metrics: readonly MetricSpec[], statuses: readonly MetricStatus[]): string {
  if (metrics.length === 0) return "<none>";
  return firstFew(
    metrics.map((metric, index) => formatMetric(metric, statuses[index])),
    2,
    ", ",
  );
}

function formatMetric(metric: MetricSpec, status: MetricStatus | undefined): string {
  switch (metric.type) {
    case "Resource":
    case "ContainerResource": {
      const source = metric.type === "Resource" ? metric.resource : metric.containerResource;
      const current = (metric.type === "Resource" ? status?.resource : status?.containerResource)?.current;
      if (source?.target.averageValue !== undefined) {
        return `${source.name}: ${current?.averageValue ?? "<unknown>"}/${source.target.averageValue}`;
      }
      const percent = (value: number | undefined, unknown: string) => (value === undefined ? unknown : `${value}%`);
      return `${source?.name}: ${percent(current?.averageUtilization, "<unknown>")}/${percent(source?.target.averageUtilization, "<auto>")}`;
    }
    case "Pods":
      return `${status?.pods?.current.averageValue ?? "<unknown>"}/${metric.pods?.target.averageValue}`;
    case "Object":
    case "External": {
      const target = (metric.type === "Object" ? metric.object : metric.external)?.target;
      const current = (metric.type === "Object" ? status?.object : status?.external)?.current;
      return target?.averageValue === undefined
        ? `${current?.value ?? "<unknown>"}/${target?.value}`
        : `${current?.averageValue ?? "<unknown>"}/${target.averageValue} (avg)`;
    }
    default:
      return "<unknown type>";
  }
}
