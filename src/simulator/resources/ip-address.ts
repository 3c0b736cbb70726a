import { isIPv4, isIPv6 } from "node:net";
import { fieldError, type FieldError } from "../api/status-error.ts";

/** IPv4 as numbers that compare: `10.96.0.1` → 174063617. Undefined for what is no IPv4 address. */
export const ipv4Number = (ip: string): number | undefined =>
  isIPv4(ip) ? ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0) : undefined;

export const ipv4Text = (number: number): string => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".");

export const isIp = (value: string): boolean => isIPv4(value) || isIPv6(value);

/** True when an IPv4 address is within a block: `10.96.0.0/16`. */
export function withinCidr(ip: string, cidr: string): boolean {
  const [base = "", bits = "32"] = cidr.split("/");
  const size = 2 ** (32 - Number(bits));
  const [number, first] = [ipv4Number(ip), ipv4Number(base)];
  return number !== undefined && first !== undefined && Math.floor(number / size) === Math.floor(first / size);
}

export const validateIp = (value: string, field: string): FieldError[] =>
  isIp(value) ? [] : [fieldError.invalid(field, value, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")];

export const validateCidr = (value: string, field: string): FieldError[] => {
  const [ip = "", bits = "", ...rest] = value.split("/");
  const valid = isIp(ip) && rest.length === 0 && /^\d+$/.test(bits) && Number(bits) <= (isIPv4(ip) ? 32 : 128);
  return valid ? [] : [fieldError.invalid(field, value, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")];
};

/** An address that packets can be sent to from outside (core validation ValidateEndpointIP). */
export function validateEndpointIp(value: string, field: string): FieldError[] {
  if (!isIp(value)) return [fieldError.invalid(field, value, "must be a valid IP address")];
  const invalid = (text: string) => [fieldError.invalid(field, value, text)];
  if (value === "0.0.0.0" || value === "::") return invalid(`may not be unspecified (${value})`);
  if (value === "::1" || withinCidr(value, "127.0.0.0/8"))
    return invalid("may not be in the loopback range (127.0.0.0/8, ::1/128)");
  if (/^fe[89ab]/i.test(value) || withinCidr(value, "169.254.0.0/16")) {
    return invalid("may not be in the link-local range (169.254.0.0/16, fe80::/10)");
  }
  if (withinCidr(value, "224.0.0.0/24")) return invalid("may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
  return [];
}
