import { fieldError, type FieldError } from "../api/status-error.ts";
import { invalidAll, nonNegative } from "./field-checks.ts";
import { percent, portName, portNumber } from "./names.ts";

/** What takes both a number and a text: a port by number or name, a count or a share (`25%`). */
export type IntOrString = number | string;

/**
 * The share of `total` that a count or a percentage means (intstr.GetScaledValueFromIntOrPercent); a text that is no
 * percentage counts as 0, for validation has refused it before.
 */
export function scaledValue(value: IntOrString | undefined, total: number, round: "up" | "down"): number {
  if (value === undefined) return 0;
  if (typeof value === "number") return value;
  const share = (numberOf(value) * total) / 100;
  return round === "up" ? Math.ceil(share) : Math.floor(share);
}

/** The number in front of the percent sign, or the number itself. */
export const numberOf = (value: IntOrString | undefined): number =>
  typeof value === "number" ? value : Number.parseInt(value ?? "0", 10) || 0;

export const validatePort = (port: IntOrString | undefined, field: string): FieldError[] =>
  typeof port === "string" ? invalidAll(field, port, portName(port)) : invalidAll(field, port ?? 0, portNumber(port ?? 0));

export const validateIntOrPercent = (value: IntOrString, field: string): FieldError[] =>
  typeof value === "string" ? invalidAll(field, value, percent(value)) : nonNegative(field, value);

export const validateAtMost100Percent = (value: IntOrString, field: string): FieldError[] =>
  typeof value === "string" && /^\d+%$/.test(value) && numberOf(value) > 100
    ? [fieldError.invalid(field, value, "must not be greater than 100%")]
    : [];
