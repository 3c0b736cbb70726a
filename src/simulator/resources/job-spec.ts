import type { JobSpec, PodFailurePolicyRule } from "kubernetes-types/batch/v1";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { invalidAll, nonNegative, optionalOneOf } from "./field-checks.ts";
import { qualifiedName } from "./names.ts";
import { validatePodTemplate } from "./pod-template.ts";

const MOST_PARALLEL_INDEXED = 100_000;
const ACTIONS = ["Count", "FailIndex", "FailJob", "Ignore"];

/** A Job's spec without its selector: that of a CronJob's template, too (batch validation validateJobSpec). */
export function validateJobSpec(spec: JobSpec, field: string): FieldError[] {
  const { completions, parallelism = 1, completionMode, backoffLimitPerIndex, maxFailedIndexes, podFailurePolicy } = spec;
  const indexed = completionMode === "Indexed";
  return [
    ...nonNegative(`${field}.parallelism`, parallelism),
    ...nonNegative(`${field}.completions`, completions),
    ...nonNegative(`${field}.activeDeadlineSeconds`, spec.activeDeadlineSeconds),
    ...nonNegative(`${field}.backoffLimit`, spec.backoffLimit),
    ...nonNegative(`${field}.ttlSecondsAfterFinished`, spec.ttlSecondsAfterFinished),
    ...nonNegative(`${field}.backoffLimitPerIndex`, backoffLimitPerIndex),
    ...nonNegative(`${field}.maxFailedIndexes`, maxFailedIndexes),
    ...(maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined
      ? [fieldError.required(`${field}.backoffLimitPerIndex`, "when maxFailedIndexes is specified")]
      : []),
    ...optionalOneOf(`${field}.completionMode`, completionMode, ["NonIndexed", "Indexed"]),
    ...(indexed ? validateIndexed(spec, field) : forbidIndexed(spec, field)),
    ...(podFailurePolicy?.rules ?? []).flatMap((rule, index) =>
      validateRule(rule, spec, `${field}.podFailurePolicy.rules[${index}]`),
    ),
    ...(spec.podReplacementPolicy === undefined
      ? []
      : optionalOneOf(
          `${field}.podReplacementPolicy`,
          spec.podReplacementPolicy,
          podFailurePolicy ? ["Failed"] : ["Failed", "TerminatingOrFailed"],
        )),
    ...validatePodTemplate(spec.template, `${field}.template`),
    ...validateRestartPolicy(spec, `${field}.template.spec.restartPolicy`),
  ];
}

function validateIndexed({ completions, parallelism = 1, maxFailedIndexes }: JobSpec, field: string): FieldError[] {
  const most = `must be less than or equal to ${MOST_PARALLEL_INDEXED} when completion mode is Indexed`;
  return [
    ...(completions === undefined ? [fieldError.required(`${field}.completions`, "when completion mode is Indexed")] : []),
    ...(parallelism > MOST_PARALLEL_INDEXED ? [fieldError.invalid(`${field}.parallelism`, parallelism, most)] : []),
    ...(completions !== undefined && maxFailedIndexes !== undefined && maxFailedIndexes > completions
      ? [fieldError.invalid(`${field}.maxFailedIndexes`, maxFailedIndexes, "must be less than or equal to completions")]
      : []),
  ];
}

const forbidIndexed = (spec: JobSpec, field: string): FieldError[] =>
  (["backoffLimitPerIndex", "maxFailedIndexes", "successPolicy"] as const)
    .filter((name) => spec[name] !== undefined)
    .map((name) => fieldError.invalid(`${field}.${name}`, spec[name], "requires indexed completion mode"));

/** Pods of a Job end; Always, also as the default nobody chose, would start them again. */
function validateRestartPolicy({ template, podFailurePolicy }: JobSpec, field: string): FieldError[] {
  const policy = template.spec?.restartPolicy ?? "";
  if (policy === "Always" || policy === "") return [fieldError.required(field, 'valid values: "OnFailure", "Never"')];
  if (policy !== "OnFailure" && policy !== "Never") return [fieldError.notSupported(field, policy, ["OnFailure", "Never"])];
  return podFailurePolicy && policy !== "Never"
    ? [fieldError.invalid(field, policy, 'only "Never" is supported when podFailurePolicy is specified')]
    : [];
}

function validateRule(
  { action, onExitCodes, onPodConditions }: PodFailurePolicyRule,
  spec: JobSpec,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (!action)
    errors.push(fieldError.required(`${field}.action`, `valid values: [${ACTIONS.map((one) => `"${one}"`).join(" ")}]`));
  else if (action === "FailIndex" && spec.backoffLimitPerIndex === undefined) {
    errors.push(fieldError.invalid(`${field}.action`, action, "requires the backoffLimitPerIndex to be set"));
  } else if (!ACTIONS.includes(action)) errors.push(fieldError.notSupported(`${field}.action`, action, ACTIONS));
  if (onExitCodes) {
    const { containerName, operator, values } = onExitCodes;
    const { containers, initContainers } = spec.template.spec ?? {};
    const path = `${field}.onExitCodes`;
    errors.push(...optionalOneOf(`${path}.operator`, operator, ["In", "NotIn"]));
    if (
      containerName !== undefined &&
      ![...(containers ?? []), ...(initContainers ?? [])].some(({ name }) => name === containerName)
    ) {
      const text = "must be one of the container or initContainer names in the pod template";
      errors.push(fieldError.invalid(`${path}.containerName`, containerName, text));
    }
    if (!values?.length) errors.push(fieldError.invalid(`${path}.values`, values ?? [], "at least one value is required"));
    values?.forEach((value, index) => {
      if (operator === "In" && value === 0) {
        errors.push(fieldError.invalid(`${path}.values[${index}]`, value, "must not be 0 for the In operator"));
      }
    });
  }
  onPodConditions?.forEach(({ type, status }, index) => {
    const path = `${field}.onPodConditions[${index}]`;
    errors.push(...invalidAll(`${path}.type`, type, qualifiedName(type)));
    errors.push(...optionalOneOf(`${path}.status`, status, ["False", "True", "Unknown"]));
  });
  return errors;
}
