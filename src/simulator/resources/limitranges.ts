import type { LimitRange, LimitRangeItem } from "kubernetes-types/core/v1";
import type { Live } from "../api/object.ts";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { validateContainerResourceName } from "./pod-spec/requirements.ts";
import { compareQuantities } from "../schema/quantity.ts";
import { defineResource } from "./resource.ts";

type Part = "max" | "min" | "default" | "defaultRequest" | "maxLimitRequestRatio";
const PARTS: readonly Part[] = ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"];
const TYPES = ["Pod", "Container", "PersistentVolumeClaim"];

/** What may not be greater than what, where it is told, what is said of it, and the value that is blamed. */
const ORDERS: { low: Part; high: Part; at: Part; blamed: Part; text: (low: string, high: string) => string }[] = [
  {
    low: "min",
    high: "max",
    at: "min",
    blamed: "min",
    text: (low, high) => `min value ${low} is greater than max value ${high}`,
  },
  {
    low: "min",
    high: "defaultRequest",
    at: "defaultRequest",
    blamed: "defaultRequest",
    text: (low, high) => `min value ${low} is greater than default request value ${high}`,
  },
  {
    low: "defaultRequest",
    high: "max",
    at: "defaultRequest",
    blamed: "defaultRequest",
    text: (low, high) => `default request value ${low} is greater than max value ${high}`,
  },
  {
    low: "defaultRequest",
    high: "default",
    at: "defaultRequest",
    blamed: "defaultRequest",
    text: (low, high) => `default request value ${low} is greater than default limit value ${high}`,
  },
  {
    low: "min",
    high: "default",
    at: "default",
    blamed: "min",
    text: (low, high) => `min value ${low} is greater than default value ${high}`,
  },
  {
    low: "default",
    high: "max",
    at: "default",
    blamed: "max",
    text: (low, high) => `default value ${low} is greater than max value ${high}`,
  },
];

/** Models pkg/registry/core/limitrange and core validation ValidateLimitRange. */
export const limitranges = defineResource<Live<LimitRange>>({
  resource: "limitranges",
  defaults({ spec }) {
    for (const limit of spec?.limits ?? []) {
      if (limit.type !== "Container") continue;
      limit.default = { ...limit.max, ...limit.default };
      limit.defaultRequest = { ...limit.min, ...limit.default, ...limit.defaultRequest };
    }
  },
  validate({ spec }) {
    const limits = spec?.limits ?? [];
    return limits.flatMap((limit, index) => {
      const field = `spec.limits[${index}]`;
      const repeated = limits.findIndex(({ type }) => type === limit.type) < index;
      return [
        ...(TYPES.includes(limit.type) || limit.type.includes("/")
          ? []
          : [fieldError.invalid(`${field}.type`, limit.type, "must be a standard limit type or fully qualified")]),
        ...(repeated ? [fieldError.duplicate(`${field}.type`, limit.type)] : []),
        ...validateItem(limit, field),
      ];
    });
  },
});

function validateItem(limit: LimitRangeItem, field: string): FieldError[] {
  const given = limit.type === "Pod" ? PARTS.filter((part) => !part.startsWith("default")) : PARTS;
  const names = [...new Set(given.flatMap((part) => Object.keys(limit[part] ?? {})))].sort();
  const ofPods = limit.type === "Pod" || limit.type === "Container";
  return [
    ...(ofPods
      ? given.flatMap((part) =>
          Object.keys(limit[part] ?? {}).flatMap((name) => validateContainerResourceName(name, `${field}.${part}[${name}]`)),
        )
      : []),
    ...(limit.type === "Pod"
      ? (["default", "defaultRequest"] as const)
          .filter((part) => Object.keys(limit[part] ?? {}).length > 0)
          .map((part) => fieldError.forbidden(`${field}.${part}`, "may not be specified when `type` is 'Pod'"))
      : []),
    ...(limit.type === "PersistentVolumeClaim" && !limit.min?.["storage"] && !limit.max?.["storage"]
      ? [fieldError.required(`${field}.limits`, "either minimum or maximum storage value is required, but neither was provided")]
      : []),
    ...names.flatMap((name) => validateOrder(limit, name, field)),
  ];
}

function validateOrder(limit: LimitRangeItem, name: string, field: string): FieldError[] {
  const value = (part: Part) => limit[part]?.[name];
  const ratio = value("maxLimitRequestRatio");
  return [
    ...ORDERS.flatMap(({ low, high, at, blamed, text }) => {
      const [lower, upper] = [value(low), value(high)];
      return lower !== undefined && upper !== undefined && compareQuantities(lower, upper) > 0
        ? [fieldError.invalid(`${field}.${at}[${name}]`, value(blamed), text(lower, upper))]
        : [];
    }),
    ...(ratio !== undefined && compareQuantities(ratio, "1") < 0
      ? [fieldError.invalid(`${field}.maxLimitRequestRatio[${name}]`, ratio, `ratio ${ratio} is less than 1`)]
      : []),
  ];
}
