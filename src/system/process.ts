import { readFileSync } from "node:fs";

/** Whether a process of this number is there and not over; it may be another one than meant. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  // One that ended stays in the table until its parent looks, and in a container often nobody does.
  return !["Z", "X"].includes(procStat(pid)?.[STATE] ?? "");
}

/**
 * What tells a process from a later one of the same number: its start, in ticks since the boot. Empty where the system doesn't
 * say; numbers come back soonest in containers, and those run Linux.
 */
export const birthOf = (pid: number): string => procStat(pid)?.[START] ?? "";

/** The words a process was started with; undefined where the system doesn't say. */
export function commandLineOf(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return undefined;
  }
}

/** Places in /proc/PID/stat behind the program's name, which may hold spaces; see proc(5). */
const STATE = 0;
const START = 19;

function procStat(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}
