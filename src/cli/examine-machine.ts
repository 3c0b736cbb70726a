import { rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ProviderId, providerNamed } from "../clusters/choose.ts";
import type { Cluster } from "../clusters/provider.ts";
import { isPassed } from "../course/progress.ts";
import { systemCode } from "../course/problem.ts";
import { makeFolder } from "../system/files.ts";
import { withOwnPrograms } from "../system/own-programs.ts";
import { findTool, SERVER } from "../system/tools.ts";
import { renderData } from "../ui/data.ts";
import { type Finding, renderFindings } from "../ui/doctor.ts";
import { wordsOf } from "../ui/problem.ts";
import { courseCluster, providerOf } from "./cluster-access.ts";
import { isConnected } from "./cluster-env.ts";
import { clusterStatusOf } from "./cluster-life.ts";
import { ExitCode } from "./exit-code.ts";
import { knownProblem } from "./failure.ts";
import type { OutputFlag } from "./output-flag.ts";
import type { Session } from "./session.ts";
import { connectCommand } from "./show-step.ts";

/** What package.json says. */
const NODE_NEEDED = "20.19";

export interface DoctorFlags extends OutputFlag {
  provider?: ProviderId;
}

/** Looks at everything the course stands on, and says what is wrong and how to cure it. */
export async function examineMachine(session: Session, { output, provider }: DoctorFlags): Promise<ExitCode> {
  const findings: Finding[] = [
    { check: "node", state: "good", version: process.versions.node, needed: NODE_NEEDED },
    await kubectl(session),
    stateFolder(session),
    ...((await (provider ? providerNamed(provider, session) : providerOf(session)).examine?.()) ?? []),
    ...(await progress(session)),
    ...(await cluster(session)),
  ];
  if (output) session.print(await renderData(findings, output));
  else session.print(renderFindings(findings, session));
  return findings.some(({ state }) => state === "bad") ? ExitCode.cannot : ExitCode.passed;
}

async function kubectl({ env, exec, paths }: Session): Promise<Finding> {
  const found = await findTool(exec, "kubectl", withOwnPrograms(env, paths));
  if (!found) return { check: "kubectl", state: "note", server: SERVER };
  return { check: "kubectl", state: found.fits ? "good" : "note", version: found.version, server: SERVER };
}

function stateFolder({ paths }: Session): Finding {
  const folder = paths.state;
  const trial = join(folder, `doctor-${process.pid}`);
  try {
    makeFolder(folder, 0o700);
    writeFileSync(trial, "written to see whether one can write here\n");
    return { check: "state", state: "good", folder };
  } catch (error) {
    return { check: "state", state: "bad", folder, reason: systemCode(error) ?? String(error) };
  } finally {
    rmSync(trial, { force: true });
  }
}

async function progress(session: Session): Promise<Finding[]> {
  try {
    const { steps, workspace } = await session.progress.read();
    const course = await session.course();
    const passed = course.steps.filter(({ id }) => isPassed({ format: 1, steps, files: {} }, id)).length;
    return [{ check: "progress", state: "good", passed, total: course.steps.length }, workspaceFinding(workspace)];
  } catch (error) {
    const problem = knownProblem(error);
    if (!problem) throw error;
    return [{ check: "progress", state: "bad", what: wordsOf(problem, session.messages).what }];
  }
}

function workspaceFinding(folder: string | undefined): Finding {
  if (folder === undefined) return { check: "workspace", state: "note" };
  const isMissing = statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true;
  return { check: "workspace", state: isMissing ? "bad" : "good", folder, isMissing };
}

async function cluster(session: Session): Promise<Finding[]> {
  const { state: found, nodes } = await clusterStatusOf(session);
  if (found !== "running") return [{ check: "cluster", state: "note", found }];
  const access = courseCluster(session);
  const trouble = await troubleWith(session, access);
  if (trouble !== undefined) return [{ check: "cluster", state: "bad", found, trouble }];
  const connected = isConnected(session, access);
  return [
    { check: "cluster", state: "good", found, ...(nodes !== undefined && { nodes }) },
    { check: "shell", state: connected ? "good" : "note", ...(!connected && { connect: connectCommand(session) }) },
  ];
}

/** Why a cluster that should be there does not answer; undefined when it does. */
async function troubleWith({ messages }: Session, cluster: Cluster): Promise<string | undefined> {
  const { connectKube } = await import("../kube/kube.ts");
  try {
    await connectKube(cluster).document("/version");
    return undefined;
  } catch (error) {
    const problem = knownProblem(error);
    if (!problem) throw error;
    const { what, why } = wordsOf(problem, messages);
    return why === undefined ? what : `${what} (${why})`;
  }
}
