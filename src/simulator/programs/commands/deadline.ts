import type { Clock } from "../../clock.ts";

export class TimedOut extends Error {}

/** The result, or a TimedOut after so many seconds of the clock. */
export function within<T>(clock: Clock, seconds: number, result: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimeout(() => reject(new TimedOut()), seconds * 1000);
    result.then(resolve, reject).finally(() => timer.cancel());
  });
}
