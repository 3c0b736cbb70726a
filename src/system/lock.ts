import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
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

/** Milliseconds between two tries, and how long a lock file may be empty while its owner is writing. */
const TRY_EVERY = 25;
const EMPTY_FOR = 2_000;

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

function tryToTake(file: string, { clock, unwritable }: LockOptions): Holder | undefined {
  try {
    makeFolder(dirname(file), 0o700);
    return take(file, clock.now());
  } catch (error) {
    throw unwritable(error);
  }
}

interface Holder {
  pid: number;
  birth: string;
}

/** Undefined when it is ours now; else who has it. */
function take(file: string, now: number): Holder | undefined {
  const us: Holder = { pid: process.pid, birth: birthOf(process.pid) };
  for (;;) {
    try {
      writeFileSync(file, JSON.stringify(us), { flag: "wx", mode: 0o600 });
      return undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const seen = look(file, now);
    if (seen === "gone") continue;
    if (seen.holder) return seen.holder;
    clear(file, seen.text);
  }
}

/** Who holds the lock; a `text` without a holder is one that nobody will take away. */
function look(file: string, now: number): { text: string; holder?: Holder } | "gone" {
  try {
    const text = readFileSync(file, "utf8");
    if (text === "") return now - statSync(file).mtimeMs < EMPTY_FOR ? { text, holder: { pid: 0, birth: "" } } : { text };
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
