import { text as readAll } from "node:stream/consumers";
import { resolve } from "node:path";
import { currentStep } from "../course/step-machine.ts";
import { readIfThere } from "../course/text-file.ts";
import { existingWorkspace } from "../course/workspace.ts";
import { applyFiles, type FileToApply } from "../steps/apply-files.ts";
import { renderApplied } from "../ui/applied-view.ts";
import { runningCluster } from "./cluster-access.ts";
import { CLUSTER_FILE } from "./cluster-spec.ts";
import type { ApplyFlags } from "./commands/apply.ts";
import { ExitCode } from "./exit-code.ts";
import type { Session } from "./session.ts";
import { UsageError } from "./usage-error.ts";

/** `apply`: prints what kubectl would; what was refused goes to stderr, with why and what to do. */
export async function apply(session: Session, flags: ApplyFlags): Promise<ExitCode> {
  const files = await filesToApply(session, flags.filename);
  const cluster = await runningCluster(session);
  const { connectKube } = await import("../kube/kube.ts");
  const kube = connectKube(cluster);
  const applied = await applyFiles(kube, files, { force: flags.forceConflicts === true });
  for (const one of applied) {
    const { line, isDone } = renderApplied(one, session);
    if (isDone) session.print(line);
    else session.io.stderr.write(line);
  }
  if (applied.some(({ outcome }) => outcome === "no-file")) return ExitCode.misuse;
  return applied.every(({ outcome }) => ["created", "configured", "unchanged"].includes(outcome))
    ? ExitCode.passed
    : ExitCode.notYet;
}

/** Those named, as seen from here; else the manifests of the step. `-` is standard input. */
async function filesToApply(session: Session, named: readonly string[] | undefined): Promise<FileToApply[]> {
  const { cwd, io } = session;
  if (named) {
    return Promise.all(
      named.map(async (file) => ({ file, text: file === "-" ? await readAll(io.stdin) : await readIfThere(resolve(cwd, file)) })),
    );
  }
  const [course, progress] = await Promise.all([session.course(), session.progress.read()]);
  const dir = await existingWorkspace(progress, cwd, session.flags.dir);
  const uses = currentStep(course, progress)?.start.files.filter(({ file }) => file !== CLUSTER_FILE) ?? [];
  if (uses.length === 0) throw new UsageError({ code: "nothing-to-apply" });
  return Promise.all(uses.map(async ({ file }) => ({ file, text: await readIfThere(resolve(dir, file)) })));
}
