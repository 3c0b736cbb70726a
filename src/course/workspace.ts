import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { CourseError } from "./problem.ts";
import type { Progress } from "./progress.ts";

/** Where the learner's files are, and how that is known. */
export interface Workspace {
  /** Absolute. */
  dir: string;
  from: "given" | "remembered" | "new";
}

/**
 * The learner's folder: the one given (`--dir`), else the one remembered, else `./k8s-bootcamp` below `cwd` for the first `next`.
 * A remembered folder that is gone is an error, not a reason to begin another one.
 * @throws CourseError workspace-missing
 */
export async function chooseWorkspace(progress: Progress, cwd: string, given?: string): Promise<Workspace> {
  if (given !== undefined) return { dir: resolve(cwd, given), from: "given" };
  const remembered = progress.workspace;
  if (remembered === undefined) return { dir: join(cwd, "k8s-bootcamp"), from: "new" };
  if (!(await isFolder(remembered))) throw new CourseError({ code: "workspace-missing", dir: remembered });
  return { dir: remembered, from: "remembered" };
}

/** For commands that work on files already written. @throws CourseError workspace-unset, workspace-missing */
export async function existingWorkspace(progress: Progress, cwd: string, given?: string): Promise<string> {
  const { dir, from } = await chooseWorkspace(progress, cwd, given);
  if (from === "new") throw new CourseError({ code: "workspace-unset" });
  if (!(await isFolder(dir))) throw new CourseError({ code: "workspace-missing", dir });
  return dir;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
