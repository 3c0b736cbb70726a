import { constants } from "node:fs";
import { copyFile } from "node:fs/promises";
import * as files from "../system/files.ts";
import { CourseError, systemCode } from "./problem.ts";

/** The text of a file, or undefined when there is none. @throws CourseError file-unreadable */
export async function readIfThere(file: string): Promise<string | undefined> {
  return naming("file-unreadable", file, async () => files.readIfThere(file));
}

/** As the system's own, with the failure named. @throws CourseError file-unwritable */
export async function writeAtomically(file: string, text: string, mode?: number): Promise<void> {
  await writing(file, () => files.writeAtomically(file, text, mode));
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
export const writing = <T>(file: string, write: () => Promise<T>): Promise<T> => naming("file-unwritable", file, write);

async function naming<T>(code: "file-unreadable" | "file-unwritable", file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = systemCode(error);
    if (reason === undefined) throw error;
    throw new CourseError({ code, file, reason }, { cause: error });
  }
}
