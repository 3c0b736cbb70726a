import type { Clock } from "../system/clock.ts";
import type { Exec } from "../system/exec.ts";
import type { Env, Paths } from "../system/paths.ts";

/** A stream one prints to; a terminal knows its width. */
export type Output = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
export type Input = NodeJS.ReadableStream & { isTTY?: boolean };

export interface Io {
  stdout: Output;
  stderr: Output;
  stdin: Input;
}

/** Files of this package, absolute. */
export interface Installation {
  version: string;
  /** Folder of the compiled course. */
  course: string;
  /** Folder of the lessons it was compiled from. */
  lessons: string;
  /** The simulator's entry, for a process of its own. */
  simulator: string;
  /** What starts this program; for shells and completions. */
  bin: string;
}

/** All effects of the command line, made in one place (entry.ts); tests pass their own. */
export interface Deps {
  io: Io;
  env: Env;
  platform: NodeJS.Platform;
  /** The processor, as Node names it: `x64`. */
  arch: string;
  cwd: string;
  clock: Clock;
  exec: Exec;
  paths: Paths;
  installation: Installation;
  /** What the user types to call us: `k8s-bootcamp`, or `kubectl bootcamp` as a plugin. */
  self: string;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /** While it runs, Ctrl-C is for the program that has the terminal, not for us. */
  inForeground<T>(work: () => Promise<T>): Promise<T>;
}
