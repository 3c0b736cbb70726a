import { closeSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import type { Clock } from "../system/clock.ts";
import { makeFolder, readIfThere } from "../system/files.ts";
import { commandLineOf, isAlive } from "../system/process.ts";
import { ClusterError } from "./problem.ts";
import type { ClusterSpec } from "./provider.ts";

/** Files of a cluster's folder; the simulator writes all but the log. */
export const practiceFiles = (folder: string) => ({
  cluster: join(folder, "cluster.json"),
  kubeconfig: join(folder, "admin.kubeconfig"),
  /** Written when the cluster came up for the first time, and kept. */
  port: join(folder, "port"),
  process: join(folder, "process.json"),
  lock: join(folder, "lock"),
  log: join(folder, "log"),
});

export interface PracticeProcess {
  pid: number;
  port: number;
  /** Milliseconds since the epoch. */
  startedAt: number;
}

/** Milliseconds a living server may take to shake hands, an ending one to end, and between two looks. */
const HANDSHAKE_WITHIN = 3_000;
const STOP_WITHIN = 5_000;
const LOOK_EVERY = 15;

/** A log larger than this is begun anew; the last one is kept. */
const LOG_BYTES = 1_000_000;

/** What the folder says of its process: true or outdated. */
function readProcess(folder: string): PracticeProcess | undefined {
  try {
    const {
      pid,
      port,
      startedAt = 0,
    } = JSON.parse(readIfThere(practiceFiles(folder).process) ?? "{}") as Partial<PracticeProcess>;
    return pid && port ? { pid, port, startedAt } : undefined;
  } catch {
    return undefined;
  }
}

/** What the cluster was made from; undefined when the file can't be understood. */
export function readSpec(folder: string): ClusterSpec | undefined {
  try {
    return (JSON.parse(readIfThere(practiceFiles(folder).cluster) ?? "{}") as { config?: ClusterSpec }).config;
  } catch {
    return undefined;
  }
}

/** The process that serves this cluster now. Proven by its certificate: ports, too, come back for others. */
export async function servingProcess(folder: string): Promise<PracticeProcess | undefined> {
  const found = readProcess(folder);
  if (!found || !isOurs(found.pid, folder)) return undefined;
  const ca = certificateAuthority(folder);
  return ca && (await shakesHands(found.port, ca)) ? found : undefined;
}

/** Starts the simulator as a process that outlives us. @throws ClusterError state-unwritable */
export async function spawnSimulator(
  entry: string,
  folder: string,
  { spec, speed }: { spec?: ClusterSpec | undefined; speed?: number | undefined } = {},
): Promise<{ ended(): boolean }> {
  const { execa } = await import("execa");
  const output = openLog(folder);
  try {
    const pace = speed === undefined ? [] : ["--speed", String(speed)];
    const args = [entry, "--state", folder, ...(spec ? ["--config", JSON.stringify(spec)] : []), ...pace];
    // A group of its own, so that Ctrl-C in the learner's terminal does not reach it; and no folder of the learner's kept busy.
    const child = execa(process.execPath, args, {
      cwd: folder,
      detached: true,
      cleanup: false,
      reject: false,
      stdin: "ignore",
      stdout: output as 1,
      stderr: output as 2,
    });
    child.unref();
    let over = false;
    void child.then(() => (over = true));
    return { ended: () => over };
  } finally {
    closeSync(output);
  }
}

/** Ends the cluster's process, if there is one; what was acknowledged is on disk either way. */
export async function endProcess(folder: string, clock: Clock): Promise<void> {
  const pid = (await servingProcess(folder))?.pid ?? hangingProcess(folder);
  if (pid === undefined) return;
  const deadline = clock.now() + STOP_WITHIN;
  send(pid, "SIGTERM");
  while (isAlive(pid)) {
    if (clock.now() > deadline) send(pid, "SIGKILL");
    await clock.sleep(LOOK_EVERY);
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended between two looks.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Whether a simulator has the folder to itself: it may be about to serve. */
export function isHeld(folder: string): boolean {
  const holder = holderOf(folder);
  return holder !== undefined && isOurs(holder, folder);
}

/** Takes the lock of a simulator that is gone out of the way. Only while nobody else may start one. */
export function clearAbandonedLock(folder: string): void {
  if (!isHeld(folder)) rmSync(practiceFiles(folder).lock, { force: true });
}

/** What the log says last of why a process ended. */
export function lastWords(folder: string): string {
  const lines = (readIfThere(practiceFiles(folder).log) ?? "").trimEnd().split("\n");
  return lines.findLast((line) => /^\w*Error/.test(line)) ?? lines.at(-1) ?? "";
}

/** Alive, and started for this folder as far as the system tells: numbers of processes come back for others. */
const isOurs = (pid: number, folder: string): boolean => isAlive(pid) && commandLineOf(pid)?.includes(folder) !== false;

/** A process that is ours by its command line and doesn't answer. Only Linux tells. */
function hangingProcess(folder: string): number | undefined {
  const pid = readProcess(folder)?.pid ?? holderOf(folder);
  return pid !== undefined && isAlive(pid) && commandLineOf(pid)?.includes(folder) ? pid : undefined;
}

function holderOf(folder: string): number | undefined {
  return Number(readIfThere(practiceFiles(folder).lock)) || undefined;
}

function certificateAuthority(folder: string): Buffer | undefined {
  const text = readIfThere(practiceFiles(folder).kubeconfig) ?? "";
  const data = /certificate-authority-data: (\S+)/.exec(text)?.[1];
  return data === undefined ? undefined : Buffer.from(data, "base64");
}

function shakesHands(port: number, ca: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, ca, timeout: HANDSHAKE_WITHIN });
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("secureConnect", () => done(socket.authorized));
    socket.once("error", () => done(false));
    socket.once("timeout", () => done(false));
  });
}

function openLog(folder: string): number {
  const { log } = practiceFiles(folder);
  try {
    makeFolder(folder, 0o700);
    if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES) renameSync(log, `${log}.old`);
    return openSync(log, "a", 0o600);
  } catch (error) {
    throw unwritable(folder, error);
  }
}

/** Node's error of a write into our state, as a problem with a name. */
export function unwritable(folder: string, error: unknown): ClusterError {
  const reason = (error as NodeJS.ErrnoException).code ?? String(error);
  return new ClusterError({ code: "state-unwritable", folder, reason }, { cause: error });
}
