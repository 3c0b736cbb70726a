import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Clock } from "./clock.ts";
import { makeFolder } from "./files.ts";
import { birthOf, isAlive } from "./process.ts";

export interface LockOptions {
  clock: Clock;
  signal: AbortSignal;
  /** Milliseconds to wait for the one who has it. */
  patience: number;
  /** What to throw when it is still held then. */
  held(pid: number): Error;
  /** What to throw when the lock file can't be written. */
  unwritable(error: unknown): Error;
}

/** Milliseconds between two tries. */
const TRY_EVERY = 25;

/** Does the work while no other process does work under the same lock file. A lock whose process is gone is taken over. */
export async function withLock<T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const { clock, signal, patience } = options;
  const deadline = clock.now() + patience;
  for (let holder; (holder = tryToTake(file, options));) {
    if (clock.now() >= deadline) throw options.held(holder.pid);
    await clock.sleep(TRY_EVERY, signal);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function tryToTake(file: string, { unwritable }: LockOptions): Holder | undefined {
  try {
    makeFolder(dirname(file), 0o700);
    return take(file);
  } catch (error) {
    throw unwritable(error);
  }
}

interface Holder {
  pid: number;
  birth: string;
}

/** Undefined when it is ours now; else who has it. The file is there with its owner in it, or not at all. */
function take(file: string): Holder | undefined {
  const us: Holder = { pid: process.pid, birth: birthOf(process.pid) };
  const ours = `${file}.${process.pid}.new`;
  try {
    writeFileSync(ours, JSON.stringify(us), { mode: 0o600 });
    for (;;) {
      if (isLinked(ours, file)) return undefined;
      const seen = look(file);
      if (seen === "gone") continue;
      if (seen.holder) return seen.holder;
      clear(file, seen.text);
    }
  } finally {
    rmSync(ours, { force: true });
  }
}

function isLinked(ours: string, file: string): boolean {
  try {
    linkSync(ours, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
}

/** Who holds the lock; a `text` without a holder is one that nobody will take away. */
function look(file: string): { text: string; holder?: Holder } | "gone" {
  try {
    const text = readFileSync(file, "utf8");
    const holder = parse(text);
    return holder && isAlive(holder.pid) && birthOf(holder.pid) === holder.birth ? { text, holder } : { text };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "gone";
    throw error;
  }
}

function parse(text: string): Holder | undefined {
  try {
    const { pid, birth } = JSON.parse(text) as Partial<Holder>;
    return typeof pid === "number" && pid > 0 ? { pid, birth: String(birth) } : undefined;
  } catch {
    return undefined;
  }
}

/** Takes an abandoned lock away. Two may try at once, so what was moved is looked at again: a new lock goes back to its place. */
function clear(file: string, abandoned: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (readFileSync(aside, "utf8") !== abandoned) linkSync(aside, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "EEXIST") throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}
