import type { Client } from "../api/client.ts";
import { StatusError } from "../api/status-error.ts";
import type { Clock } from "../clock.ts";
import type { EventRecorder } from "../api/events.ts";
import type { Random } from "../random.ts";

/** What a controller gets. It reads by watch and writes through the API, as upstream's do. */
export interface ControllerContext {
  client: Client;
  clock: Clock;
  random: Random;
  events: EventRecorder;
  /** Errors that are not a controller's to handle; they go to the simulator's log. */
  report(error: unknown): void;
}

/** Starts the controller; returns the function that stops it. One file per controller, one line in index.ts. */
export type Controller = (context: ControllerContext) => () => void;

/** First and longest wait after a failed sync, ms (client-go's item exponential failure limiter: 5 ms to 1000 s). */
const FIRST_RETRY = 5;
const LONGEST_RETRY = 1_000_000;

export interface WorkQueue {
  /** Asks for a sync of the key soon; a key already waiting is not doubled. */
  add(key: string): void;
  /** Asks for a sync after `delay` ms. */
  addAfter(key: string, delay: number): void;
  stop(): void;
}

/**
 * A rate-limited work queue: one sync at a time, keys deduplicated, a failed key tried again with growing delays.
 * Conflicts are retried without a report: another writer was faster.
 */
export function workQueue(
  { clock, report }: Pick<ControllerContext, "clock" | "report">,
  sync: (key: string) => Promise<void>,
): WorkQueue {
  const waiting = new Set<string>();
  const failures = new Map<string, number>();
  let running = false;
  let stopped = false;

  const add = (key: string) => {
    if (stopped) return;
    waiting.add(key);
    if (!running) void drain();
  };
  const addAfter = (key: string, delay: number) => void clock.setTimeout(() => add(key), delay);

  async function drain() {
    running = true;
    // Let the write that caused the event return first.
    await Promise.resolve();
    for (const key of waiting) {
      if (stopped) break;
      waiting.delete(key);
      try {
        await sync(key);
        failures.delete(key);
      } catch (error) {
        const failed = failures.get(key) ?? 0;
        failures.set(key, failed + 1);
        if (!(error instanceof StatusError && (error.code === 409 || error.code === 404))) report(error);
        addAfter(key, Math.min(FIRST_RETRY * 2 ** failed, LONGEST_RETRY));
      }
    }
    running = false;
  }

  return {
    add,
    addAfter,
    stop() {
      stopped = true;
      waiting.clear();
    },
  };
}
