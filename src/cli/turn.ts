import { unwritable } from "../clusters/practice-process.ts";
import { ClusterError } from "../clusters/problem.ts";
import { type LockOptions, withLock } from "../system/lock.ts";
import type { Deps } from "./deps.ts";

/** Milliseconds a command waits for another one: a cluster of four is made in that time. */
const PATIENCE = 60_000;

/**
 * Does what must not be done by two commands at once: making, starting and ending clusters, preparing a step's start state.
 * @throws ClusterError busy, state-unwritable
 */
export function inTurn<T>(deps: Deps, work: () => Promise<T>): Promise<T> {
  return withLock(deps.paths.lock, { ...turnOptions(deps), patience: PATIENCE }, work);
}

/** How a command of ours waits for another one, for as long as it has the patience. */
export const turnOptions = ({ paths, clock, signal }: Deps): Omit<LockOptions, "patience"> => ({
  clock,
  signal,
  held: (pid) => new ClusterError({ code: "busy", pid }),
  unwritable: (error) => unwritable(paths.state, error),
});
