import type { ProgramContext } from "./program.ts";

type Severity = "I" | "W" | "E" | "F";

/**
 * A line of Kubernetes' own log (k8s.io/klog): `I0101 00:00:00.000000       1 server.go:150] "Starting" version="v1.34.4"`. With pairs
 * the message stands in quotes; without `pairs` it stands as it is.
 */
export function klogLine(
  { clock, processes }: Pick<ProgramContext, "clock" | "processes">,
  severity: Severity,
  source: string,
  message: string,
  pairs?: Readonly<Record<string, string | number | boolean | object>>,
): string {
  const time = new Date(clock.now()).toISOString();
  const head = `${severity}${time.slice(5, 7)}${time.slice(8, 10)} ${time.slice(11, 23)}000 ${String(processes.pid).padStart(7)} ${source}]`;
  if (!pairs) return `${head} ${message}\n`;
  const rest = Object.entries(pairs).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
  return `${head} ${JSON.stringify(message)}${rest.join("")}\n`;
}
