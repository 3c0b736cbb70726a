import { isIP, isIPv4, isIPv6 } from "node:net";

/** What strings of a format look like (kube-openapi pkg/validation/strfmt). A format that is not here is not looked at. */
export const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)),
  "date-time": (text) =>
    /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:?\d{2})$/.test(text) && !Number.isNaN(Date.parse(text)),
  duration: (text) => /^(\d+(\.\d+)?\s?(ns|us|µs|ms|s|m|h|d|w|[a-z]+)\s*)+$/i.test(text),
  ipv4: isIPv4,
  ipv6: isIPv6,
  cidr: (text) => /^[^/]+\/\d+$/.test(text) && isIP(text.split("/")[0] ?? "") > 0,
  email: (text) => /^[^@\s]+@[^@\s]+$/.test(text),
  hostname: (text) => text.length <= 253 && /^([a-z0-9]([-a-z0-9]*[a-z0-9])?)(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/i.test(text),
  uri: (text) => URL.canParse(text) || text.startsWith("/"),
  uuid: (text) => /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(text),
  byte: (text) => /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0,
  mac: (text) => /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(text),
};
