import type { Clock } from "../clock.ts";

interface Entry {
  wait: number;
  /** When it last grew. */
  at: number;
}

const FIRST = 10_000;
const LONGEST = 300_000;

/** Waits that double from 10 s to 5 min, and start over after twice the longest of quiet (client-go util/flowcontrol.Backoff). */
export class Backoff {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How much longer to wait, ms, after what happened at `since` (by default when the wait began); 0: no longer. */
  left(key: string, since?: number): number {
    const entry = this.#current(key, since ?? this.#clock.now());
    return entry ? Math.max(0, (since ?? entry.at) + entry.wait - this.#clock.now()) : 0;
  }

  /** The length of the current wait, ms. */
  wait(key: string): number {
    return this.#entries.get(key)?.wait ?? 0;
  }

  /** Begins the next, longer wait. */
  next(key: string, since: number): void {
    const entry = this.#current(key, since);
    this.#entries.set(key, { wait: entry ? Math.min(entry.wait * 2, LONGEST) : FIRST, at: this.#clock.now() });
  }

  forget(prefix: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#entries.delete(key);
  }

  #current(key: string, since: number): Entry | undefined {
    const entry = this.#entries.get(key);
    return entry && since - entry.at <= 2 * LONGEST ? entry : undefined;
  }
}
