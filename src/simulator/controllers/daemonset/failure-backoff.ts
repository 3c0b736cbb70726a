import type { Clock } from "../../clock.ts";

/** Shortest and longest wait before a pod that failed again is replaced, ms. */
const [SHORTEST, LONGEST] = [1000, 15 * 60_000];

/** Waits that double each time, and start over after twice the longest wait without failure (client-go flowcontrol.Backoff). */
export function failureBackoff(clock: Clock) {
  const waits = new Map<string, { wait: number; since: number }>();
  return {
    /** Milliseconds to wait still; 0 says go, and counts one more. */
    wait(key: string): number {
      const now = clock.now();
      const last = waits.get(key);
      if (last && now - last.since < last.wait) return last.since + last.wait - now;
      const fresh = !last || now - last.since > 2 * LONGEST;
      waits.set(key, { wait: fresh ? SHORTEST : Math.min(last.wait * 2, LONGEST), since: now });
      return 0;
    },
  };
}
