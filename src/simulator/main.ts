import { randomBytes, randomInt } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "./clock.ts";
import { nodeNames, type ClusterConfig, type NodeConfig } from "./cluster/cluster-config.ts";
import { createIdentity, readIdentity, writeIdentity } from "./cluster/identity.ts";
import { kubeconfigText } from "./cluster/kubeconfig.ts";
import { lockFolder } from "./folder-lock.ts";
import { startSimulator, type Simulator, type SimulatorOptions } from "./simulator.ts";

/** What `process.json` in the state folder says of the process that serves the cluster. */
export interface ProcessFile {
  pid: number;
  port: number;
  /** Milliseconds since the epoch. */
  startedAt: number;
}

const PROCESS_FILE = "process.json";
const PORT_FILE = "port";

/** Without a request for this long the process ends; the next command starts it again. */
const IDLE_HOURS = 8;
const HOUR = 3_600_000;

/**
 * The practice cluster as a process: `--state FOLDER`, and for a new cluster `--config JSON`. Says on stderr what goes wrong, keeps
 * the state folder to itself by a lock, and writes `process.json` there once the API answers.
 */
async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: { state: { type: "string" }, config: { type: "string" }, speed: { type: "string" } },
  });
  const folder = values.state;
  if (!folder) throw new Error("--state FOLDER is missing");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unlock = lockFolder(join(folder, "lock"));
  const clock = systemClock(values.speed ? Number(values.speed) : 1);
  let identity = readIdentity(folder);
  if (!identity) {
    if (!values.config) throw new Error(`${folder} holds no cluster; --config says what to make`);
    identity = await createIdentity(
      named(JSON.parse(values.config) as Wanted),
      randomInt(2 ** 31),
      randomBytes(24).toString("base64url"),
      clock.now(),
    );
    writeIdentity(folder, identity);
  }
  const simulator = await startOnPort(folder, {
    identity,
    stateFolder: folder,
    clock,
    report: (error) =>
      process.stderr.write(
        `${new Date(clock.now()).toISOString()} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      ),
  });
  const { config, pki } = identity;
  const { certificate, key } = pki.admin;
  const server = `https://127.0.0.1:${simulator.port}`;
  replaceFile(
    join(folder, "admin.kubeconfig"),
    kubeconfigText({ context: `practice-${config.name}`, server, ca: pki.ca, certificate, key, namespace: "default" }),
  );
  const contents: ProcessFile = { pid: process.pid, port: simulator.port, startedAt: clock.now() };
  replaceFile(join(folder, PROCESS_FILE), JSON.stringify(contents));

  await ended(simulator, clock);
  rmSync(join(folder, PROCESS_FILE), { force: true });
  await simulator.close();
  unlock();
}

/** What `--config` says: a name and the nodes' roles, in order. */
interface Wanted {
  name: string;
  nodes: readonly Omit<NodeConfig, "name">[];
}

function named({ name, nodes }: Wanted): ClusterConfig {
  const names = nodeNames(
    name,
    nodes.map(({ role }) => role),
  );
  return {
    name,
    nodes: nodes.map(({ role, labels }, index) => ({ name: names[index] as string, role, ...(labels && { labels }) })),
  };
}

/** Takes the port it had before, so that kubeconfigs in open shells stay true; another one when somebody has it now. */
async function startOnPort(folder: string, options: SimulatorOptions): Promise<Simulator> {
  const file = join(folder, PORT_FILE);
  const before = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  const simulator = await startSimulator({ ...options, port: before }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE") throw error;
    return startSimulator({ ...options, port: 0 });
  });
  replaceFile(file, String(simulator.port));
  return simulator;
}

/** A reader sees the old content or the new; the keys are for this user's eyes. */
function replaceFile(path: string, content: string): void {
  writeFileSync(`${path}.tmp`, content, { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
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

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
