import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** The content, or undefined where there is no file. Throws Node's error for what is there and cannot be read. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    // Where the open succeeds and the read doesn't, as on a folder, Node has forgotten of what.
    throw Object.assign(error as NodeJS.ErrnoException, { path });
  }
}

/** Writes the whole file or nothing: a reader, or a crash at any moment, sees the old text or the new. Makes the folder. */
export async function writeAtomically(path: string, text: string, mode = 0o644): Promise<void> {
  makeFolder(dirname(path));
  const temporary = `${path}.tmp-${process.pid}`;
  try {
    const handle = await open(temporary, "w", mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Makes a folder and those above it. Node's own way to do so never ends where the system says of an existing parent that it isn't there. */
export function makeFolder(path: string, mode = 0o777): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && statSync(path).isDirectory()) return;
    if (code !== "ENOENT" || existsSync(dirname(path))) throw error;
    makeFolder(dirname(path), mode);
    makeFolder(path, mode);
  }
}
