import type { Clock, Timer } from "../clock.ts";

/** Pending calls by purpose: a new one takes the place of the old. */
export class Timers {
  readonly #clock: Clock;
  readonly #pending = new Map<string, Timer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  after(purpose: string, delay: number, run: () => void): void {
    this.#pending.get(purpose)?.cancel();
    const timer = this.#clock.setTimeout(
      () => {
        this.#pending.delete(purpose);
        run();
      },
      Math.max(0, delay),
    );
    this.#pending.set(purpose, timer);
  }

  has(purpose: string): boolean {
    return this.#pending.has(purpose);
  }

  cancelAll(): void {
    for (const timer of this.#pending.values()) timer.cancel();
    this.#pending.clear();
  }
}
