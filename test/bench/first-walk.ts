import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { kubectlBinary } from "../helpers/kubectl.ts";

/** Prints how the built package compares with what anyone can run here: `node -e 0` and kubectl. Goals are those of the first walk. */
const BOOTCAMP = resolve("bin/k8s-bootcamp.js");
const ROUNDS = 15;

const home = mkdtempSync(join(tmpdir(), "bench-"));
const kubectl = await kubectlBinary("1.34");
const env = {
  PATH: `${resolve(kubectl, "..")}:${process.env["PATH"]}`,
  HOME: home,
  K8S_BOOTCAMP_HOME: join(home, "state"),
  NO_COLOR: "1",
};

/** Wall time in ms. Exit codes up to `most` are a result here: verify says 1 for "not yet". */
function time(command: string, args: readonly string[], most = 0): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(command, args, { cwd: home, env, encoding: "utf8" });
  if (status === null || status > most) throw new Error(`${command} ${args.join(" ")} ended with ${status}: ${stderr}`);
  return performance.now() - start;
}

const bootcamp = (...args: string[]) => time(process.execPath, [BOOTCAMP, ...args], 1);
const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

/** Medians of two commands run in turns, so that what else the machine does hits both. */
function compare(title: string, goal: number, ours: () => number, theirs: () => number): void {
  const rounds = Array.from({ length: ROUNDS }, () => [ours(), theirs()] as const);
  const [a, b] = [median(rounds.map(([one]) => one)), median(rounds.map(([, other]) => other))];
  print(title, `${(a / b).toFixed(2)} (${a.toFixed(0)} ms / ${b.toFixed(0)} ms)`, `≤ ${goal}`);
}

const print = (title: string, value: string, goal: string) =>
  process.stdout.write(`${title.padEnd(52)} ${value.padEnd(26)} goal ${goal}\n`);

try {
  bootcamp("next", "setup/cluster/create");
  const start = performance.now();
  bootcamp("cluster", "create", "--recreate");
  const kubeconfig = join(home, "state", "kubeconfig");
  const nodes = spawnSync(kubectl, ["get", "nodes", "--no-headers", "--kubeconfig", kubeconfig], {
    cwd: home,
    env,
    encoding: "utf8",
  });
  const ready = nodes.stdout.split("\n").filter((row) => /\sReady\s/.test(row)).length;
  if (ready !== 4) throw new Error(`4 nodes should be Ready: ${nodes.stdout}${nodes.stderr}`);
  print("cluster create until kubectl shows 4 nodes Ready", `${((performance.now() - start) / 1000).toFixed(2)} s`, "≤ 1 s");

  compare(
    "list / node -e 0",
    1.5,
    () => bootcamp("list"),
    () => time(process.execPath, ["-e", "0"]),
  );
  compare(
    "verify / kubectl get pods",
    2,
    () => bootcamp("verify"),
    () => time(kubectl, ["get", "pods", "--kubeconfig", kubeconfig]),
  );
  const { pid } = JSON.parse(readFileSync(join(home, "state", "clusters", "bootcamp", "process.json"), "utf8")) as {
    pid: number;
  };
  const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  print("resident memory of the practice cluster", `${(kilobytes / 1024).toFixed(0)} MB`, "≤ 120 MB");
} finally {
  spawnSync(process.execPath, [BOOTCAMP, "cluster", "delete"], { cwd: home, env });
  rmSync(home, { recursive: true, force: true });
}
