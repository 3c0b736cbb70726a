import { unwritable } from "../clusters/practice-process.ts";
import { ClusterError } from "../clusters/problem.ts";
import { withLock } from "../system/lock.ts";
import type { Deps } from "./deps.ts";

/** Milliseconds a command waits for another one: a cluster of four is made in that time. */
const PATIENCE = 60_000;

/**
 * Does what must not be done by two commands at once: making, starting and ending clusters, preparing a step's start state.
 * @throws ClusterError busy, state-unwritable
 */
export function inTurn<T>({ paths, clock, signal }: Deps, work: () => Promise<T>): Promise<T> {
  const options = {
    clock,
    signal,
    patience: PATIENCE,
    held: (pid: number) => new ClusterError({ code: "busy", pid }),
    unwritable: (error: unknown) => unwritable(paths.state, error),
  };
  return withLock(paths.lock, options, work);
}
