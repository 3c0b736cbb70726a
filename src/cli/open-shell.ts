import { chmodSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { unwritable } from "../clusters/practice-process.ts";
import { existingWorkspace } from "../course/workspace.ts";
import { makeFolder } from "../system/files.ts";
import type { Env } from "../system/paths.ts";
import { runningCluster } from "./cluster-access.ts";
import { clusterEnv } from "./cluster-env.ts";
import type { Deps } from "./deps.ts";
import { ExitCode } from "./exit-code.ts";
import type { Session } from "./session.ts";

/** The learner's own shell in the course's folder, its kubectl set to the course's cluster; over when the shell is. */
export async function openShell(session: Session): Promise<ExitCode> {
  const { cwd, exec, flags, inForeground, messages, progress, platform, env: before } = session;
  const cluster = await runningCluster(session);
  const folder = await existingWorkspace(await progress.read(), cwd, flags.dir);
  const env: Env = { ...before, ...clusterEnv(session, cluster), ...withPath(before, binFolder(session)) };
  const shell = before["SHELL"] || (platform === "win32" ? "powershell.exe" : "/bin/sh");
  session.tell(messages.shell.entering(cluster.context));
  const { exitCode, stderr } = await inForeground(() => exec(shell, [], { cwd: folder, env, interactive: true }));
  if (exitCode === 127 && stderr) session.tell(messages.shell.missing(shell));
  else session.tell(messages.shell.left);
  return exitCode === 127 && stderr ? ExitCode.cannot : ExitCode.passed;
}

/** A folder that holds this very program under both its names, for shells that don't find it otherwise. */
function binFolder({ paths, installation, platform }: Deps): string {
  const folder = join(paths.state, "bin");
  try {
    makeFolder(folder, 0o700);
    for (const name of ["k8s-bootcamp", "kubectl-bootcamp"]) {
      if (platform === "win32") writeFileSync(join(folder, `${name}.cmd`), `@node "${installation.bin}" %*\r\n`);
      else {
        rmSync(join(folder, name), { force: true });
        symlinkSync(installation.bin, join(folder, name));
      }
    }
    if (platform !== "win32") chmodSync(installation.bin, 0o755);
    return folder;
  } catch (error) {
    throw unwritable(folder, error);
  }
}

/** Windows writes the variable's name in its own way. */
function withPath(env: Env, folder: string): Env {
  const name = Object.keys(env).find((one) => one.toUpperCase() === "PATH") ?? "PATH";
  return { [name]: [folder, env[name]].filter(Boolean).join(delimiter) };
}
