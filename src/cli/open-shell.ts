import { chmodSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unwritable } from "../clusters/practice-process.ts";
import { existingWorkspace } from "../course/workspace.ts";
import { makeFolder } from "../system/files.ts";
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
  linkOurselves(session);
  const env = clusterEnv(session, cluster);
  const shell = before["SHELL"] || (platform === "win32" ? "powershell.exe" : "/bin/sh");
  session.tell(messages.shell.entering(cluster.context));
  const { exitCode, stderr } = await inForeground(() => exec(shell, [], { cwd: folder, env, interactive: true }));
  if (exitCode === 127 && stderr) session.tell(messages.shell.missing(shell));
  else session.tell(messages.shell.left);
  return exitCode === 127 && stderr ? ExitCode.cannot : ExitCode.passed;
}

/** Puts this very program under both its names among ours, for shells that don't find it otherwise. */
function linkOurselves({ paths, installation, platform }: Deps): void {
  const folder = paths.bin;
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
  } catch (error) {
    throw unwritable(folder, error);
  }
}
