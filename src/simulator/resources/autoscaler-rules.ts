import type {
  CrossVersionObjectReference,
  HorizontalPodAutoscalerSpec,
  HPAScalingRules,
  MetricSpec,
  MetricTarget,
} from "kubernetes-types/autoscaling/v2";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { optionalOneOf, positive } from "./field-checks.ts";
import { compareQuantities } from "../schema/quantity.ts";
import { pathSegment } from "./rbac.ts";

const SOURCES = {
  ContainerResource: "containerResource",
  External: "external",
  Object: "object",
  Pods: "pods",
  Resource: "resource",
} as const;
const LONGEST_WINDOW = 3600;
const LONGEST_PERIOD = 1800;

/** pkg/apis/autoscaling/validation, after the defaults. */
export function validateAutoscaler(spec: HorizontalPodAutoscalerSpec): FieldError[] {
  const { minReplicas = 1, maxReplicas, metrics = [], behavior } = spec;
  const field = "spec.maxReplicas";
  return [
    ...(minReplicas < 1 ? [fieldError.invalid("spec.minReplicas", minReplicas, "must be greater than or equal to 1")] : []),
    ...(maxReplicas < 1 ? [fieldError.invalid(field, maxReplicas, "must be greater than 0")] : []),
    ...(maxReplicas < minReplicas
      ? [fieldError.invalid(field, maxReplicas, "must be greater than or equal to `minReplicas`")]
      : []),
    ...validateReference(spec.scaleTargetRef, "spec.scaleTargetRef", false),
    ...metrics.flatMap((metric, index) => validateMetric(metric, `spec.metrics[${index}]`)),
    ...validateRules(behavior?.scaleUp, "spec.behavior.scaleUp"),
    ...validateRules(behavior?.scaleDown, "spec.behavior.scaleDown"),
  ];
}

function validateReference(
  { kind, name, apiVersion = "" }: Partial<CrossVersionObjectReference>,
  field: string,
  coreAllowed: boolean,
): FieldError[] {
  const segment = (part: string, value: string | undefined) => {
    if (!value) return [fieldError.required(`${field}.${part}`)];
    const problem = pathSegment(value);
    return problem ? [fieldError.invalid(`${field}.${part}`, value, problem)] : [];
  };
  const grouped = apiVersion.includes("/") || coreAllowed || (apiVersion === "v1" && kind === "ReplicationController");
  return [
    ...segment("kind", kind),
    ...segment("name", name),
    ...(grouped ? [] : [fieldError.invalid(`${field}.apiVersion`, apiVersion, "apiVersion must specify API group")]),
  ];
}

function validateMetric(metric: MetricSpec, field: string): FieldError[] {
  const { type } = metric;
  const types = Object.keys(SOURCES);
  const expected = SOURCES[type as keyof typeof SOURCES];
  const present = Object.values(SOURCES).filter((name) => metric[name]);
  const errors: FieldError[] = [];
  if (!type) errors.push(fieldError.required(`${field}.type`, "must specify a metric source type"));
  if (!expected) errors.push(fieldError.notSupported(`${field}.type`, type ?? "", types));
  const { object, external, pods, resource, containerResource } = metric;
  if (object) {
    errors.push(...validateReference(object.describedObject, `${field}.object.describedObject`, true));
    errors.push(...validateNamed(object, `${field}.object`, "must set either a target value or averageValue"));
  } else if (external)
    errors.push(...validateNamed(external, `${field}.external`, "must set either a target value for metric or a per-pod target"));
  else if (pods) errors.push(...validateNamed(pods, `${field}.pods`, "must specify a positive target averageValue"));
  else if (resource) errors.push(...validateResource(resource, `${field}.resource`));
  else if (containerResource) errors.push(...validateResource(containerResource, `${field}.containerResource`));
  if (expected && !metric[expected]) {
    errors.push(fieldError.required(`${field}.${expected}`, "must populate information for the given metric source"));
  }
  if (present.length > 1) {
    for (const name of present.filter((one) => one !== expected)) {
      errors.push(fieldError.forbidden(`${field}.${name}`, "must populate the given metric source only"));
    }
  }
  return errors;
}

const validateNamed = (
  { metric, target }: { metric: { name: string }; target: MetricTarget },
  field: string,
  missing: string,
): FieldError[] => [
  ...(metric?.name ? [] : [fieldError.required(`${field}.metric.name`, "must specify a metric name")]),
  ...validateTarget(target, `${field}.target`),
  ...(target?.value === undefined && target?.averageValue === undefined
    ? [fieldError.required(`${field}.target.averageValue`, missing)]
    : []),
];

function validateResource({ name, target }: { name: string; target: MetricTarget }, field: string): FieldError[] {
  const { averageUtilization, averageValue } = target ?? {};
  return [
    ...(name ? [] : [fieldError.required(`${field}.name`, "must specify a resource name")]),
    ...validateTarget(target, `${field}.target`),
    ...(averageUtilization === undefined && averageValue === undefined
      ? [fieldError.required(`${field}.target.averageUtilization`, "must set either a target raw value or a target utilization")]
      : []),
    ...(averageUtilization !== undefined && averageValue !== undefined
      ? [fieldError.forbidden(`${field}.target.averageValue`, "may not set both a target raw value and a target utilization")]
      : []),
  ];
}

function validateTarget(target: MetricTarget | undefined, field: string): FieldError[] {
  const { type, value, averageValue, averageUtilization } = target ?? {};
  const positiveQuantity = (name: string, quantity: string | undefined) =>
    quantity !== undefined && compareQuantities(quantity, "0") <= 0
      ? [fieldError.invalid(`${field}.${name}`, quantity, "must be positive")]
      : [];
  return [
    ...(type ? [] : [fieldError.required(`${field}.type`, "must specify a metric target type")]),
    ...(type === "Utilization" || type === "Value" || type === "AverageValue"
      ? []
      : [fieldError.invalid(`${field}.type`, type ?? "", "must be either Utilization, Value, or AverageValue")]),
    ...positiveQuantity("value", value),
    ...positiveQuantity("averageValue", averageValue),
    ...(averageUtilization !== undefined && averageUtilization < 1
      ? [fieldError.invalid(`${field}.averageUtilization`, averageUtilization, "must be greater than 0")]
      : []),
  ];
}

function validateRules(rules: HPAScalingRules | undefined, field: string): FieldError[] {
  if (!rules) return [];
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [] } = rules;
  const path = `${field}.stabilizationWindowSeconds`;
  return [
    ...(window !== undefined && window < 0 ? [fieldError.invalid(path, window, "must be greater than or equal to zero")] : []),
    ...(window !== undefined && window > LONGEST_WINDOW
      ? [fieldError.invalid(path, window, `must be less than or equal to ${LONGEST_WINDOW}`)]
      : []),
    ...optionalOneOf(`${field}.selectPolicy`, selectPolicy, ["Disabled", "Max", "Min"]),
    ...(policies.length > 0 ? [] : [fieldError.required(`${field}.policies`, "must specify at least one Policy")]),
    ...policies.flatMap(({ type, value, periodSeconds }, index) => [
      ...optionalOneOf(`${field}.policies[${index}].type`, type, ["Percent", "Pods"]),
      ...positive(`${field}.policies[${index}].value`, value),
      ...positive(`${field}.policies[${index}].periodSeconds`, periodSeconds),
      ...(periodSeconds > LONGEST_PERIOD
        ? [
            fieldError.invalid(
              `${field}.policies[${index}].periodSeconds`,
              periodSeconds,
              `must be less than or equal to ${LONGEST_PERIOD}`,
            ),
          ]
        : []),
    ]),
  ];
}
