import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { open, realpath, rename, rm, stat } from "node:fs/promises";
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

/**
 * Writes the whole file or nothing: a reader, or a crash at any moment, sees the old text or the new. Makes the folder, and follows
 * a link. Without a `mode` a file that was there keeps its own, and a new one is readable for all.
 */
export async function writeAtomically(path: string, text: string, mode?: number): Promise<void> {
  makeFolder(dirname(path));
  const target = (await realpath(path).catch(missing)) ?? path;
  const kept = mode === undefined ? (await stat(target).catch(missing))?.mode : undefined;
  const temporary = `${target}.tmp-${process.pid}`;
  try {
    const handle = await open(temporary, "w", mode ?? 0o644);
    try {
      if (kept !== undefined) await handle.chmod(kept & 0o777);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function missing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
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
