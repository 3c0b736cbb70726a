import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

/**
 * Keeps a folder to this process, by a lock file that is there with its number in it or not at all. One whose process is gone is
 * taken over. Gives what frees it. @throws Error that names the process which has it
 */
export function lockFolder(path: string): () => void {
  const mine = `${path}.${process.pid}`;
  try {
    writeFileSync(mine, String(process.pid), { mode: 0o600 });
    while (!isLinked(mine, path)) clearAbandoned(path);
  } finally {
    rmSync(mine, { force: true });
  }
  return () => rmSync(path, { force: true });
}

function isLinked(file: string, path: string): boolean {
  try {
    linkSync(file, path);
    return true;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    return false;
  }
}

/** Two may try at once, so what was moved is looked at again: a new lock goes back to its place. */
function clearAbandoned(path: string): void {
  const aside = `${path}.${process.pid}.old`;
  try {
    const holder = readFileSync(path, "utf8");
    if (isHeldBy(Number(holder))) throw new Error(`process ${holder} already serves this cluster`);
    renameSync(path, aside);
    if (readFileSync(aside, "utf8") !== holder) linkSync(aside, path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT" && codeOf(error) !== "EEXIST") throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** In a container the number of one that is gone may be ours today. */
const isHeldBy = (pid: number): boolean => pid > 0 && pid !== process.pid && isAlive(pid);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) !== "EPERM") return false;
  }
  return !isZombie(pid);
}

/** It has ended, and stays in the table until its parent looks; in a container often nobody does. See proc(5). */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return /^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
