import { copyFile, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import type { Scenario, Step, Wait } from "./scenario.ts";
import type { Output } from "./transcript.ts";

/** What a scenario did: the namespace and folder it had, and each step's raw output. */
export interface Run {
  namespace: string;
  folder: string;
  steps: readonly (Step & Output)[];
}

export interface Tools {
  kubectl: string;
  kubeconfig: string;
}

const STEP_WITHIN = 90_000;
const NAMESPACE_WITHIN = 30_000;
const LOOK_EVERY = 400;

/** What a scenario may leave outside its namespace: always called `$NS-…`. */
const CLUSTER_SCOPED =
  "clusterroles,clusterrolebindings,persistentvolumes,storageclasses,priorityclasses,customresourcedefinitions,namespaces,ingressclasses,runtimeclasses,validatingadmissionpolicies,validatingadmissionpolicybindings";

type Shell = (command: string, within?: number) => Promise<Omit<Output, "late">>;

/** Runs a scenario's steps in `sh`: a folder of its own with its files, a fresh namespace, a private kubeconfig, kubectl first on PATH. */
export async function runScenario(scenario: Scenario, { kubectl, kubeconfig }: Tools, number: number): Promise<Run> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "parity-")));
  const namespace = `parity-${number.toString(36)}x${process.pid.toString(36)}`;
  const own = join(folder, ".kubeconfig");
  await writeFiles(folder, scenario, namespace);
  await copyFile(kubeconfig, own);
  const bin = await commandsIn(folder, kubectl);
  const env = {
    PATH: `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`,
    HOME: folder,
    TZ: "UTC",
    LC_ALL: "C.UTF-8",
    TERM: "dumb",
    COLUMNS: "200",
    KUBECACHEDIR: join(folder, ".cache"),
    NS: namespace,
  };
  const shell = shellIn(folder, { ...env, KUBECONFIG: own });
  // A scenario may spoil its own kubeconfig.
  const clean = shellIn(folder, { ...env, KUBECONFIG: kubeconfig });
  try {
    const opened = await shell(`kubectl create ns ${namespace} && kubectl config set-context --current --namespace=${namespace}`);
    if (opened.exitCode !== 0) throw new Error(`no namespace: ${opened.stderr}`);
    const command = "kubectl get sa/default cm/kube-root-ca.crt -o name";
    await untilSo({ milliseconds: NAMESPACE_WITHIN, command, operator: undefined, value: "" }, shell);
    return { namespace, folder, steps: await runSteps(scenario, shell) };
  } finally {
    for (const command of scenario.finally) await clean(command);
    if (scenario.source.includes("$NS-"))
      await clean(
        `kubectl get ${CLUSTER_SCOPED} -o name 2>/dev/null | grep "/${namespace}-" | xargs -r kubectl delete --wait=false`,
      );
    await clean(`kubectl delete ns ${namespace} --wait=false`);
    await rm(folder, { recursive: true, force: true });
  }
}

async function runSteps(scenario: Scenario, shell: Shell): Promise<Run["steps"]> {
  const steps: (Step & Output)[] = [];
  // After one wait in vain the next ones hardly matter.
  let patience = 1;
  for (const step of scenario.steps.filter(({ onlyReal }) => !onlyReal)) {
    const late: string[] = [];
    for (const wait of step.waits) {
      const trouble = await untilSo({ ...wait, milliseconds: wait.milliseconds * patience }, shell);
      if (trouble === undefined) continue;
      late.push(trouble);
      patience = 0.1;
    }
    steps.push({ ...step, ...(await shell(step.command)), late });
  }
  return steps;
}

/** Undefined when it came about, else what is said of it. */
async function untilSo({ milliseconds, command, operator, value }: Wait, shell: Shell): Promise<string | undefined> {
  const deadline = performance.now() + milliseconds;
  const isSo = (text: string): boolean => {
    if (operator === undefined) return true;
    if (operator === "=~") return new RegExp(value).test(text);
    return (text === value) === (operator === "==");
  };
  for (;;) {
    const { exitCode, stdout, stderr } = await shell(command, Math.max(1000, deadline - performance.now()));
    if (exitCode === 0 && isSo(stdout.trim())) return undefined;
    if (performance.now() > deadline)
      return `waited ${milliseconds / 1000} s in vain for: ${command} ${operator ?? ""} ${value} (last: ${(stdout || stderr).trim()})`;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
}

async function writeFiles(folder: string, { files }: Scenario, namespace: string): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text.replaceAll("$NS", namespace), { mode: text.startsWith("#!") ? 0o755 : 0o644 });
  }
}

/** kubectl, and two commands that scenarios use: `api`, a bare request, and `through`, requests through a kubectl that stays. */
async function commandsIn(folder: string, kubectl: string): Promise<string> {
  const bin = join(folder, ".bin");
  await mkdir(bin);
  await symlink(kubectl, join(bin, "kubectl"));
  for (const name of ["api", "through"])
    await symlink(fileURLToPath(new URL(`commands/${name}.mjs`, import.meta.url)), join(bin, name));
  return bin;
}

/** What a command left running when its time was up is ended with it. */
const shellIn =
  (cwd: string, env: Record<string, string>): Shell =>
  async (command, within = STEP_WITHIN) => {
    const child = execa("/bin/sh", ["-c", command], {
      cwd,
      env,
      extendEnv: false,
      reject: false,
      stdin: "ignore",
      stripFinalNewline: false,
      detached: true,
    });
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      process.kill(-child.pid!, "SIGKILL");
    }, within);
    const { exitCode, stdout, stderr } = await child;
    clearTimeout(timer);
    if (isLate) return { exitCode: 124, stdout, stderr: `${stderr}stopped after ${within / 1000} s\n` };
    return { exitCode: exitCode ?? 1, stdout, stderr };
  };
