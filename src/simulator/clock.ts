/** A pending call; `cancel` after it ran does nothing. */
export interface Timer {
  cancel(): void;
}

/** The only source of time in the simulator. Times are milliseconds since the Unix epoch. */
export interface Clock {
  now(): number;
  /** Calls `run` once, `delay` milliseconds of this clock's time from now. */
  setTimeout(run: () => void, delay: number): Timer;
}

/** Resolves after `delay` ms of the clock's time; rejects with the signal's reason when it aborts first. */
export function sleep(clock: Clock, delay: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = () => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = clock.setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, delay);
    signal?.addEventListener("abort", abort, { once: true });
  });
}

/** A sleep that an abort merely cuts short: whoever pauses looks at the signal, or need not. */
export const pause = (clock: Clock, delay: number, signal?: AbortSignal): Promise<void> =>
  sleep(clock, delay, signal).catch(() => {}); // Sleep rejects for nothing but the abort.

/** setTimeout's own limit (2^31-1 ms); a longer wait is made of several. */
const LONGEST_TIMEOUT = 2_147_483_647;

/**
 * Wall-clock time, or `speed` times as fast: a tenth of the waiting, all of the work. Time starts at the real now, so
 * timestamps of a speeded-up cluster run ahead of the wall clock. Timers never keep the process alive: the server does.
 */
export function systemClock(speed = 1): Clock {
  const start = Date.now();
  const startTick = performance.now();
  const now = () => start + Math.floor((performance.now() - startTick) * speed);
  return {
    now,
    setTimeout(run, delay) {
      let handle: NodeJS.Timeout;
      const arm = (rest: number) => {
        const step = Math.min(Math.max(rest / speed, 0), LONGEST_TIMEOUT);
        handle = setTimeout(() => (rest / speed > LONGEST_TIMEOUT ? arm(rest - step * speed) : run()), step);
        handle.unref();
      };
      arm(delay);
      return { cancel: () => clearTimeout(handle) };
    },
  };
}

/** A clock that stands still until a test steps it. Due calls run in order of their time, then of their making. */
export class SteppedClock implements Clock {
  #now: number;
  #order = 0;
  #pending: { at: number; order: number; run: () => void }[] = [];

  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  setTimeout(run: () => void, delay: number): Timer {
    const entry = { at: this.#now + Math.max(0, delay), order: this.#order++, run };
    this.#pending.push(entry);
    return { cancel: () => (this.#pending = this.#pending.filter((other) => other !== entry)) };
  }

  /** Moves time on by `ms`, running what falls due; lets promises settle after each call. */
  async step(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settle();
      const next = this.#pending.filter((entry) => entry.at <= end).sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (!next) break;
      this.#pending = this.#pending.filter((entry) => entry !== next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = end;
  }
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
