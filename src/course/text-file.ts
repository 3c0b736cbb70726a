import { constants } from "node:fs";
import { copyFile, mkdir, open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { CourseError, systemCode } from "./problem.ts";

/** The text of a file, or undefined when there is none. @throws CourseError file-unreadable */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const reason = systemCode(error);
    if (reason === "ENOENT" || reason === "ENOTDIR") return undefined;
    throw new CourseError({ code: "file-unreadable", file, reason: reason ?? String(error) }, { cause: error });
  }
}

/**
 * Writes the whole file or nothing: a reader, or a crash at any moment, sees the old text or the new. Makes the folder; follows a
 * link; a file that was there keeps its permissions, a new one gets `mode`.
 * @throws CourseError file-unwritable
 */
export async function writeAtomically(file: string, text: string, mode = 0o644): Promise<void> {
  await writing(file, async () => {
    await mkdir(dirname(file), { recursive: true });
    const target = await realpath(file).catch(() => file);
    const existing = await stat(target).catch(() => undefined);
    const temporary = `${target}.tmp-${process.pid}`;
    try {
      const handle = await open(temporary, "w", mode);
      try {
        if (existing) await handle.chmod(existing.mode & 0o777);
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
  });
}

/** Copies a file to `FILE.bak-1`, or the first number that is free; gives the copy's name. @throws CourseError file-unwritable */
export async function backUp(file: string): Promise<string> {
  for (let number = 1; ; number++) {
    const backup = `${file}.bak-${number}`;
    const taken = await writing(backup, async () => {
      try {
        await copyFile(file, backup, constants.COPYFILE_EXCL);
        return false;
      } catch (error) {
        if (systemCode(error) === "EEXIST") return true;
        throw error;
      }
    });
    if (!taken) return backup;
  }
}

/** Runs something that writes `file`, and gives a failure its name. @throws CourseError file-unwritable */
export async function writing<T>(file: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const reason = systemCode(error);
    if (reason === undefined) throw error;
    throw new CourseError({ code: "file-unwritable", file, reason }, { cause: error });
  }
}
