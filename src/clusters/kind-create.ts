import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, readIfThere, writeAtomically } from "../system/files.ts";
import type { KindCommands } from "./kind-commands.ts";
import { causeIn, isUnexplained, type KindProblem } from "./kind-failures.ts";
import { inOrderOfAddress, nodeContainers } from "./kind-nodes.ts";
import { stepOfLine } from "./kind-progress.ts";
import { untilNodesReady } from "./kind-ready.ts";
import { forgetRecord, type KindFiles, writeRecord } from "./kind-record.ts";
import { ClusterError } from "./problem.ts";
import type { ClusterSpec, Report } from "./provider.ts";
import type { Surroundings } from "./surroundings.ts";

/** Milliseconds that are spent on the logs of a cluster that did not come up, and on its deletion. */
const LOGS_WITHIN = 60_000;
const DELETED_WITHIN = 300_000;

/**
 * Makes the cluster where there is none of its name, and waits for its nodes. When that fails, or somebody interrupts it, the nodes'
 * logs are kept and nothing else is left.
 * @throws ClusterError
 */
export async function createKind(
  commands: KindCommands,
  files: KindFiles,
  spec: ClusterSpec,
  report: Report,
  { clock, signal }: Pick<Surroundings, "clock" | "signal">,
): Promise<void> {
  const { name } = spec;
  // From here on, whatever is there of that name is ours, even if we are killed.
  await writeRecord(files, { spec });
  const since = clock.now();
  try {
    await commands.kind(["create", "cluster", "--name", name, "--kubeconfig", files.kubeconfig, "--config", "-", "--retain"], {
      input: JSON.stringify(configOf(spec)),
      signal,
      apart: true,
      onErrorLine(line) {
        const step = stepOfLine(line);
        if (step) report(step);
      },
    });
    report({ code: "ready" });
    const containers = await nodeContainers(commands, name);
    await untilNodesReady(commands, containers, since, { clock, signal });
    await writeRecord(files, { spec, containers: await inOrderOfAddress(commands, containers) });
  } catch (error) {
    const problem =
      signal.aborted || !(error instanceof ClusterError) ? undefined : await explain(commands, files, name, error, report);
    await clearAway(commands, files, name, report);
    if (!problem) throw error;
    throw new ClusterError(problem, { cause: error });
  }
}

/** Deletes the nodes that are there of a cluster of ours, twice where Docker was still making one, and what we know of it. */
export async function clearAway(commands: KindCommands, files: KindFiles, name: string, report: Report): Promise<void> {
  for (let round = 0; round < 2; round++) {
    if ((await nodeContainers(commands, name)).length === 0) break;
    if (round === 0) report({ code: "clear-away" });
    // kind's lock of a kubeconfig outlives a kind that was killed.
    rmSync(`${files.kubeconfig}.lock`, { force: true });
    await commands.kind(["delete", "cluster", "--name", name, "--kubeconfig", files.kubeconfig], { timeout: DELETED_WITHIN });
  }
  forgetRecord(files);
}

/** As the file has it, with the nodes as they shall be. */
function configOf({ nodes, file }: ClusterSpec): object {
  const { name: _, nodes: written, ...rest } = (file ?? {}) as { name?: string; nodes?: readonly (object | null)[] };
  return {
    ...rest,
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    nodes: nodes.map((node, index) => ({ ...written?.[index], ...node })),
  };
}

/** Keeps what the nodes say of a failure that kind's words don't explain, and looks there for its cause. */
async function explain(
  commands: KindCommands,
  { logs }: KindFiles,
  name: string,
  error: ClusterError,
  report: Report,
): Promise<KindProblem> {
  const problem = error.problem as KindProblem;
  if (!isUnexplained(problem) || (await nodeContainers(commands, name).catch(() => [])).length === 0) return problem;
  report({ code: "logs" });
  rmSync(logs, { recursive: true, force: true });
  makeFolder(logs, 0o700);
  await writeAtomically(join(logs, "kind-create.log"), typeof error.cause === "string" ? error.cause : "");
  // Some of it is written even when kind says that it failed.
  await commands.kind(["export", "logs", logs, "--name", name], { timeout: LOGS_WITHIN }).catch(() => {});
  const told = readdirSync(logs, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const texts = told.flatMap((node) =>
    ["serial.log", "kubelet.log", "inspect.json"].map((file) => readIfThere(join(logs, node.name, file)) ?? ""),
  );
  return { ...causeIn(problem, texts), log: logs } as KindProblem;
}
