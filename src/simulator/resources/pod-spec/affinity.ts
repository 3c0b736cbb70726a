import type {
  Affinity,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
  Toleration,
  TopologySpreadConstraint,
} from "kubernetes-types/core/v1";
import { fieldError, type FieldError } from "../../api/status-error.ts";
import { invalidAll, optionalOneOf, positive, requireValue } from "../field-checks.ts";
import { validateLabelSelector, validateOperator } from "../label-selector.ts";
import { dns1123Label, dns1123Subdomain, labelValue, qualifiedName } from "../names.ts";

/** What a taint does to pods that do not tolerate it. */
export const TAINT_EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

const REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";

export function validateAffinity({ nodeAffinity, podAffinity, podAntiAffinity }: Affinity = {}, field: string): FieldError[] {
  const required = nodeAffinity?.[REQUIRED];
  return [
    ...(required ? validateNodeSelector(required, `${field}.nodeAffinity.${REQUIRED}`) : []),
    ...(nodeAffinity?.[PREFERRED] ?? []).flatMap(({ weight, preference }, index) => {
      const path = `${field}.nodeAffinity.${PREFERRED}[${index}]`;
      return [...validateWeight(weight, path), ...validateTerm(preference, `${path}.preference`)];
    }),
    ...(podAffinity ? validatePodAffinity(podAffinity, `${field}.podAffinity`) : []),
    ...(podAntiAffinity ? validatePodAffinity(podAntiAffinity, `${field}.podAntiAffinity`) : []),
  ];
}

export const validateNodeSelector = ({ nodeSelectorTerms: terms }: NodeSelector, field: string): FieldError[] =>
  terms?.length
    ? terms.flatMap((term, index) => validateTerm(term, `${field}.nodeSelectorTerms[${index}]`))
    : [fieldError.required(`${field}.nodeSelectorTerms`, "must have at least one node selector term")];

export const validateTolerations = (tolerations: readonly Toleration[] = [], field: string): FieldError[] =>
  tolerations.flatMap(({ key = "", operator = "", value = "", effect = "", tolerationSeconds }, index) => {
    const path = `${field}[${index}]`;
    const errors = key ? invalidAll(`${path}.key`, key, qualifiedName(key)) : [];
    if (!key && operator !== "Exists") {
      const text = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      errors.push(fieldError.invalid(`${path}.operator`, operator, text));
    }
    if (tolerationSeconds !== undefined && effect !== "NoExecute") {
      errors.push(fieldError.invalid(`${path}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    }
    if (operator === "" || operator === "Equal") {
      const texts = labelValue(value);
      if (texts.length > 0) errors.push(fieldError.invalid(`${path}.operator`, value, texts.join(";")));
    } else if (operator === "Exists") {
      if (value) errors.push(fieldError.invalid(`${path}.operator`, value, "value must be empty when `operator` is 'Exists'"));
    } else errors.push(fieldError.notSupported(`${path}.operator`, operator, ["Equal", "Exists"]));
    if (effect && !TAINT_EFFECTS.includes(effect)) errors.push(fieldError.notSupported(`${path}.effect`, effect, TAINT_EFFECTS));
    return errors;
  });

export const validateTopologySpread = (constraints: readonly TopologySpreadConstraint[] = [], field: string): FieldError[] =>
  constraints.flatMap((constraint, index) => {
    const { maxSkew, topologyKey, whenUnsatisfiable, minDomains, labelSelector } = constraint;
    const path = `${field}[${index}]`;
    const repeated = constraints
      .slice(index + 1)
      .some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable);
    return [
      ...positive(`${path}.maxSkew`, maxSkew),
      ...requireValue(`${path}.topologyKey`, topologyKey, "can not be empty"),
      ...(["DoNotSchedule", "ScheduleAnyway"].includes(whenUnsatisfiable)
        ? []
        : [fieldError.notSupported(`${path}.whenUnsatisfiable`, whenUnsatisfiable, ["DoNotSchedule", "ScheduleAnyway"])]),
      ...(repeated
        ? [fieldError.duplicate(`${path}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`)]
        : []),
      ...positive(`${path}.minDomains`, minDomains),
      ...(minDomains !== undefined && whenUnsatisfiable !== "DoNotSchedule"
        ? [
            fieldError.invalid(
              `${path}.minDomains`,
              minDomains,
              `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`,
            ),
          ]
        : []),
      ...optionalOneOf(`${path}.nodeAffinityPolicy`, constraint.nodeAffinityPolicy, ["Honor", "Ignore"]),
      ...optionalOneOf(`${path}.nodeTaintsPolicy`, constraint.nodeTaintsPolicy, ["Honor", "Ignore"]),
      ...validateMatchLabelKeys(constraint, path),
      ...validateLabelSelector(labelSelector, `${path}.labelSelector`),
    ];
  });

const validateTerm = ({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, field: string): FieldError[] => [
  ...matchExpressions.flatMap((one, index) => validateNodeRequirement(one, `${field}.matchExpressions[${index}]`)),
  ...matchFields.flatMap((one, index) => validateFieldRequirement(one, `${field}.matchFields[${index}]`)),
];

function validateNodeRequirement({ key, operator, values = [] }: NodeSelectorRequirement, field: string): FieldError[] {
  const comparison = operator === "Gt" || operator === "Lt";
  const count =
    comparison && values.length !== 1
      ? [fieldError.required(`${field}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'")]
      : [];
  return [
    ...(comparison ? count : validateOperator(operator, values, field)),
    ...invalidAll(`${field}.key`, key, qualifiedName(key)),
    ...values.flatMap((value, index) => invalidAll(`${field}.values[${index}]`, value, labelValue(value))),
  ];
}

function validateFieldRequirement({ key, operator, values = [] }: NodeSelectorRequirement, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (operator !== "In" && operator !== "NotIn") {
    errors.push(fieldError.invalid(`${field}.operator`, operator, "not a valid selector operator"));
  } else if (values.length !== 1) {
    const text = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    errors.push(fieldError.required(`${field}.values`, text));
  }
  if (key !== "metadata.name") return [...errors, fieldError.invalid(`${field}.key`, key, "not a valid field selector key")];
  return [
    ...errors,
    ...values.flatMap((value, index) => invalidAll(`${field}.values[${index}]`, value, dns1123Subdomain(value))),
  ];
}

const validatePodAffinity = (affinity: PodAffinity, field: string): FieldError[] => [
  ...(affinity[REQUIRED] ?? []).flatMap((term, index) => validatePodTerm(term, `${field}.${REQUIRED}[${index}]`)),
  ...(affinity[PREFERRED] ?? []).flatMap(({ weight, podAffinityTerm }, index) => {
    const path = `${field}.${PREFERRED}[${index}]`;
    return [...validateWeight(weight, path), ...validatePodTerm(podAffinityTerm, `${path}.podAffinityTerm`)];
  }),
];

const validatePodTerm = (term: PodAffinityTerm, field: string): FieldError[] => [
  ...validateLabelSelector(term.labelSelector, `${field}.labelSelector`),
  ...validateLabelSelector(term.namespaceSelector, `${field}.namespaceSelector`),
  ...(term.namespaces ?? []).flatMap((name) => invalidAll(`${field}.namespace`, name, dns1123Label(name))),
  ...validateMatchLabelKeys(term, field),
  ...requireValue(`${field}.topologyKey`, term.topologyKey, "can not be empty"),
  ...invalidAll(`${field}.topologyKey`, term.topologyKey ?? "", qualifiedName(term.topologyKey ?? "")),
];

const validateWeight = (weight: number, field: string): FieldError[] =>
  weight >= 1 && weight <= 100 ? [] : [fieldError.invalid(`${field}.weight`, weight, "must be in the range 1-100")];

function validateMatchLabelKeys(
  {
    matchLabelKeys = [],
    mismatchLabelKeys = [],
    labelSelector,
  }: Pick<PodAffinityTerm, "matchLabelKeys" | "mismatchLabelKeys" | "labelSelector">,
  field: string,
): FieldError[] {
  const keys = (list: readonly string[], path: string) => {
    if (list.length > 0 && !labelSelector)
      return [fieldError.forbidden(path, "must not be specified when labelSelector is not set")];
    return list.flatMap((key, index) => invalidAll(`${path}[${index}]`, key, qualifiedName(key)));
  };
  return [
    ...keys(matchLabelKeys, `${field}.matchLabelKeys`),
    ...keys(mismatchLabelKeys, `${field}.mismatchLabelKeys`),
    ...matchLabelKeys.flatMap((key, index) =>
      mismatchLabelKeys.includes(key)
        ? [fieldError.invalid(`${field}.matchLabelKeys[${index}]`, key, "exists in both matchLabelKeys and mismatchLabelKeys")]
        : [],
    ),
  ];
}
