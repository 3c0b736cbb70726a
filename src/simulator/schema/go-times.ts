import { timestamp } from "../api/object.ts";

/** metav1.Time and metav1.MicroTime. */
export type TimeLayout = "seconds" | "microseconds";

type Part = [layout: string, pattern: RegExp, range?: [name: string, least: number, most: number]];

const DATE_AND_CLOCK: Part[] = [
  ["2006", /^\d{4}/],
  ["-", /^-/],
  ["01", /^\d\d/, ["month", 1, 12]],
  ["-", /^-/],
  ["02", /^\d\d/],
  ["T", /^T/],
  ["15", /^\d\d?/, ["hour", 0, 23]],
  [":", /^:/],
  ["04", /^\d\d/, ["minute", 0, 59]],
  [":", /^:/],
];
const ZONE: Part = ["Z07:00", /^(Z|[+-]\d\d:\d\d)/];

const LAYOUTS: Record<TimeLayout, { text: string; parts: Part[] }> = {
  seconds: {
    text: "2006-01-02T15:04:05Z07:00",
    parts: [...DATE_AND_CLOCK, ["05", /^\d\d([.,]\d+)?/, ["second", 0, 59]], ZONE],
  },
  microseconds: {
    text: "2006-01-02T15:04:05.000000Z07:00",
    parts: [...DATE_AND_CLOCK, ["05", /^\d\d/, ["second", 0, 59]], [".000000", /^[.,]\d{6}/], ZONE],
  },
};

/** What Go's time.Parse says of a text that is no time of the layout: the part that did not fit, and what stood there. */
export function timeError(text: string, layout: TimeLayout): string | undefined {
  const { text: written, parts } = LAYOUTS[layout];
  let rest = text;
  for (const [name, pattern, range] of parts) {
    const match = pattern.exec(rest);
    if (!match) {
      return `parsing time ${quoted(text)} as ${quoted(written)}: cannot parse ${quoted(rest)} as ${quoted(name)}`;
    }
    const number = Number.parseInt(match[0], 10);
    if (range && (number < range[1] || number > range[2])) return `parsing time ${quoted(text)}: ${range[0]} out of range`;
    rest = rest.slice(match[0].length);
  }
  if (rest) return `parsing time ${quoted(text)}: extra text: ${quoted(rest)}`;
  return isDay(text) ? undefined : `parsing time ${quoted(text)}: day out of range`;
}

/** The time as the server writes it: UTC, in whole seconds or with six digits behind the point. */
export function normaliseTime(text: string, layout: TimeLayout): string {
  const seconds = timestamp(Date.parse(text.replace(",", ".")));
  if (layout === "seconds") return seconds;
  return `${seconds.slice(0, -1)}.${/[.,](\d{6})/.exec(text)?.[1] ?? "000000"}Z`;
}

function isDay(text: string): boolean {
  const [year, month, day] = text.slice(0, 10).split("-").map(Number) as [number, number, number];
  return day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

const quoted = (text: string) => JSON.stringify(text);
