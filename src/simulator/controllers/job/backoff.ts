import type { Pod } from "../pod-state.ts";
import { endedAt } from "./job-pods.ts";

/** First and longest wait after failures in a row, ms. */
const [FIRST, LONGEST] = [10_000, 600_000];

/** Milliseconds left of the wait after so many failures, the last of which was at `last`. */
export const waitAfter = (failures: number, last: number, now: number): number =>
  failures === 0 ? 0 : Math.max(0, last + Math.min(FIRST * 2 ** (failures - 1), LONGEST) - now);

interface Failures {
  count: number;
  last: number;
  /** Pods that were counted, by uid. */
  seen: Set<string>;
}

const none = (): Failures => ({ count: 0, last: 0, seen: new Set() });

/** Failures of each Job's pods since the last success; kept in memory alone, as upstream does. */
export function jobBackoff() {
  const failures = new Map<string, Failures>();
  return {
    /** Counts pods that ended, each once however often it is told of. */
    note(uid: string, ended: readonly Pod[], now: number): void {
      const record = failures.get(uid) ?? none();
      const fresh = ended.filter(({ metadata }) => !record.seen.has(metadata.uid));
      for (const pod of fresh.sort((a, b) => endedAt(a, now) - endedAt(b, now))) {
        record.count = pod.status?.phase === "Succeeded" ? 0 : record.count + 1;
        record.last = endedAt(pod, now);
        record.seen.add(pod.metadata.uid);
      }
      failures.set(uid, record);
    },
    /** Milliseconds until pods may be made again. */
    wait(uid: string, now: number): number {
      const { count, last } = failures.get(uid) ?? none();
      return waitAfter(count, last, now);
    },
    forget: (uid: string) => void failures.delete(uid),
  };
}
