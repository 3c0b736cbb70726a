import type { Clock } from "../system/clock.ts";
import type { Exec } from "../system/exec.ts";
import type { Env, Paths } from "../system/paths.ts";

/** What a provider may use of this machine. */
export interface Surroundings {
  paths: Paths;
  clock: Clock;
  exec: Exec;
  env: Env;
  platform: NodeJS.Platform;
  /** The simulator's entry file, for a process of its own. */
  installation: { simulator: string };
  /** How many times as fast time passes in a cluster that is a process of ours; 1 when absent. */
  speed?: number;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /** Work that cleans up after itself when interrupted: the program does not go before it has ended. */
  toTheEnd<T>(work: () => Promise<T>): Promise<T>;
}
