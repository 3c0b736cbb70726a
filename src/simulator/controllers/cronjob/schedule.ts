import { Cron } from "croner";

/** When a CronJob is due; times are ms since the epoch. */
export interface Schedule {
  /** The first time after `time`; undefined when there never is one. */
  after: (time: number) => number | undefined;
}

const UNITS: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** Reads a schedule as upstream's parser does: five fields, `@daily` and its like, `@every 1h30m`. Throws what is wrong with it. */
export function parseSchedule(text: string, timeZone = "UTC"): Schedule {
  const every = /^@every (.*)$/.exec(text)?.[1];
  if (every !== undefined) {
    const parts = [...every.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)];
    const step = Math.max(
      1000,
      Math.floor(parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ""] ?? 0), 0) / 1000) * 1000,
    );
    return { after: (time) => Math.floor(time / 1000) * 1000 + step };
  }
  const cron = new Cron(text.replace(/^@midnight$/, "@daily"), {
    timezone: timeZone,
    mode: text.startsWith("@") ? "auto" : "5-part",
  });
  return { after: (time) => cron.nextRun(new Date(time))?.getTime() };
}

/**
 * The latest time the Job was due since `earliest`, and whether it was missed more than a hundred times
 * (pkg/controller/cronjob/utils.go mostRecentScheduleTime).
 */
export function lastDue({ after }: Schedule, earliest: number, now: number): { due?: number; tooMany: boolean } {
  const first = after(earliest);
  if (first === undefined || first > now) return { tooMany: false };
  const second = after(first);
  if (second === undefined || second > now) return { due: first, tooMany: false };
  const missed = Math.floor((now - first) / (second - first)) + 1;
  let due = first;
  // Skips what lies far back; schedules are not even, so the rest is walked.
  for (let time = after(first + (missed - 2) * (second - first)); time !== undefined && time <= now; time = after(time))
    due = time;
  return { due, tooMany: missed > 100 };
}
