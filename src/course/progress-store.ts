import { rm } from "node:fs/promises";
import type { Clock } from "../system/clock.ts";
import { withLock } from "../system/lock.ts";
import { CourseError, systemCode } from "./problem.ts";
import { emptyProgress, type Progress } from "./progress.ts";
import { backUp, readIfThere, writeAtomically, writing } from "./text-file.ts";

/** Something worth telling the learner that is no failure. */
export interface SetAside {
  code: "progress-set-aside";
  file: string;
  backup: string;
}

export interface ProgressStoreOptions {
  /** Absolute path of progress.json; its folder is made when first written. */
  file: string;
  clock: Clock;
  /** Ends a wait for another writer. */
  signal: AbortSignal;
  /** Told when a file that can't be read was set aside. */
  onSetAside?: (notice: SetAside) => void;
}

/** Milliseconds to wait for another writer, who needs a few. */
const PATIENCE = 2_000;

/**
 * The learner's progress in one JSON file. Writers take turns, and each change is made to what is on disk at that moment,
 * so two commands at once lose nothing; the file is replaced as a whole, so a crash loses at most the change in hand.
 */
export class ProgressStore {
  readonly #options: ProgressStoreOptions;

  constructor(options: ProgressStoreOptions) {
    this.#options = options;
  }

  /** @throws CourseError progress-newer, file-unreadable; where a broken file can't be set aside also as update */
  async read(): Promise<Progress> {
    return (await load(this.#options.file)) ?? this.#inTurn(() => this.#loadOrSetAside());
  }

  /** Reads, changes and writes in one turn; gives what is now on disk. @throws as read, and progress-locked, file-unwritable */
  async update(change: (progress: Progress) => Progress): Promise<Progress> {
    return this.#inTurn(async () => {
      const before = await this.#loadOrSetAside();
      const after = change(before);
      if (after !== before) await writeAtomically(this.#options.file, `${JSON.stringify(after, null, 2)}\n`, 0o600);
      return after;
    });
  }

  async #loadOrSetAside(): Promise<Progress> {
    const { file, onSetAside } = this.#options;
    const progress = await load(file);
    if (progress) return progress;
    const backup = await backUp(file);
    await writing(file, () => rm(file, { force: true }));
    onSetAside?.({ code: "progress-set-aside", file, backup });
    return emptyProgress;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const { file, clock, signal } = this.#options;
    const lock = `${file}.lock`;
    const options = {
      clock,
      signal,
      patience: PATIENCE,
      held: (pid: number) => new CourseError({ code: "progress-locked", file: lock, pid }),
      unwritable: (error: unknown) =>
        new CourseError({ code: "file-unwritable", file: lock, reason: systemCode(error) ?? String(error) }, { cause: error }),
    };
    return withLock(lock, options, work);
  }
}

/** What is on disk; undefined when it is broken. */
async function load(file: string): Promise<Progress | undefined> {
  const text = await readIfThere(file);
  return text === undefined ? emptyProgress : parse(text, file);
}

function parse(text: string, file: string): Progress | undefined {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(data) || typeof data["format"] !== "number") return undefined;
  if (data["format"] > 1) throw new CourseError({ code: "progress-newer", file, format: data["format"] });
  const steps = data["steps"] ?? {};
  const files = data["files"] ?? {};
  if (!isRecord(steps) || !isRecord(files) || !Object.values(steps).every(isRecord)) return undefined;
  return { ...data, format: 1, steps, files } as Progress;
}

const isRecord = (data: unknown): data is Record<string, unknown> =>
  typeof data === "object" && data !== null && !Array.isArray(data);
