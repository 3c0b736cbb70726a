import type { Clock, Timer } from "../clock.ts";

/** The time a pod has to end. It can get shorter while it runs, never longer. */
export class GracePeriod {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #end: number;

  constructor(clock: Clock, seconds: number) {
    this.#clock = clock;
    this.#end = clock.now() + seconds * 1000;
  }

  /** Milliseconds. */
  get left(): number {
    return Math.max(0, this.#end - this.#clock.now());
  }

  shorten(seconds: number): void {
    const end = this.#clock.now() + seconds * 1000;
    if (end >= this.#end) return;
    this.#end = end;
    for (const rearm of this.#waiting) rearm();
  }

  /**
   * Resolves to false when the time is over, but not before `atLeast` ms from now, or from when it got shorter; to true when
   * `done` comes first.
   */
  wait(done: Promise<unknown>, atLeast = 0): Promise<boolean> {
    let earliest = this.#clock.now() + atLeast;
    return new Promise((resolve) => {
      let timer: Timer;
      const settle = (result: boolean) => {
        timer.cancel();
        this.#waiting.delete(rearm);
        resolve(result);
      };
      const arm = () => {
        timer = this.#clock.setTimeout(() => settle(false), Math.max(this.#end, earliest) - this.#clock.now());
      };
      const rearm = () => {
        timer.cancel();
        earliest = this.#clock.now() + atLeast;
        arm();
      };
      arm();
      this.#waiting.add(rearm);
      void done.then(() => settle(true));
    });
  }
}
