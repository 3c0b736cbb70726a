import { randomBytes, randomInt } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "./clock.ts";
import type { ClusterConfig } from "./cluster/cluster-config.ts";
import { createIdentity, readIdentity, writeIdentity } from "./cluster/identity.ts";
import { startSimulator, type Simulator } from "./simulator.ts";

/** What `process.json` in the state folder says of the process that serves the cluster. */
export interface ProcessFile {
  pid: number;
  port: number;
  /** Milliseconds since the epoch. */
  startedAt: number;
}

/** Without a request for this long the process ends; the next command starts it again. */
const IDLE_HOURS = 8;
const HOUR = 3_600_000;

/**
 * The practice cluster as a process: `--state FOLDER`, and for a new cluster `--config JSON`. Says on stderr what goes wrong, keeps
 * the state folder to itself by a lock, and writes `process.json` there once the API answers.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: { state: { type: "string" }, config: { type: "string" }, port: { type: "string" }, speed: { type: "string" } },
  });
  const folder = values.state;
  if (!folder) throw new Error("--state FOLDER is missing");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unlock = lock(join(folder, "lock"));
  const clock = systemClock(values.speed ? Number(values.speed) : 1);
  let identity = readIdentity(folder);
  if (!identity) {
    if (!values.config) throw new Error(`${folder} holds no cluster; --config says what to make`);
    identity = await createIdentity(
      JSON.parse(values.config) as ClusterConfig,
      randomInt(2 ** 31),
      randomBytes(24).toString("base64url"),
      clock.now(),
    );
    writeIdentity(folder, identity);
  }
  const simulator = await startSimulator({
    identity,
    stateFolder: folder,
    port: values.port ? Number(values.port) : 0,
    clock,
    report: (error) =>
      process.stderr.write(
        `${new Date(clock.now()).toISOString()} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      ),
  });
  const file = join(folder, "process.json");
  const contents: ProcessFile = { pid: process.pid, port: simulator.port, startedAt: clock.now() };
  writeFileSync(`${file}.tmp`, JSON.stringify(contents), { mode: 0o600 });
  renameSync(`${file}.tmp`, file);

  await ended(simulator, clock);
  rmSync(file, { force: true });
  await simulator.close();
  unlock();
}

/** Resolves when the process is told to end, or nobody has asked for anything for long. */
function ended(simulator: Simulator, clock: ReturnType<typeof systemClock>): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => resolve());
    const look = () => {
      if (clock.now() - simulator.lastRequest() > IDLE_HOURS * HOUR) resolve();
      else clock.setTimeout(look, HOUR / 12);
    };
    look();
  });
}

/** One process per state folder. A lock whose process is gone is taken over. */
function lock(path: string): () => void {
  for (;;) {
    try {
      const file = openSync(path, "wx", 0o600);
      writeSync(file, String(process.pid));
      closeSync(file);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = Number(readFileSync(path, "utf8") || 0);
    if (holder > 0 && isAlive(holder)) throw new Error(`process ${holder} already serves this cluster`);
    rmSync(path, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
