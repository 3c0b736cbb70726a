export type LogLevel = "DEBUG" | "INFO" | "WARN" | "ERROR";

/** What stands behind the message: names and values in order. */
export type LogPairs = readonly (readonly [name: string, value: string | number | boolean])[];

/**
 * A line of Go's slog as Prometheus programs set it up (prometheus/common promslog): logfmt, or JSON.
 * `time=… level=INFO source=main.go:1 msg="Two words" address=[::]:9100`
 */
export function slogLine(
  format: "logfmt" | "json",
  now: number,
  level: LogLevel,
  source: string,
  message: string,
  pairs: LogPairs = [],
): string {
  const time = new Date(now).toISOString();
  const all: LogPairs = [["time", time], ["level", level], ["source", source], ["msg", message], ...pairs];
  if (format === "json") return `${JSON.stringify(Object.fromEntries(all))}\n`;
  return `${all.map(([name, value]) => `${name}=${quoted(String(value))}`).join(" ")}\n`;
}

const quoted = (value: string): string => (/^[^\s"=\p{Cc}]+$/u.test(value) ? value : JSON.stringify(value));
