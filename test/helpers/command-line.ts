import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa, type ResultPromise } from "execa";
import { kubectlBinary } from "./kubectl.ts";

export interface Ran {
  code: number | undefined;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
  input?: string;
  /** A shell line to run instead; `$BIN` is the program. */
  shell?: string;
}

/** The built program in a home of its own, with the real kubectl on PATH and a kubeconfig of the user's that must stay as it is. */
export interface CommandLine extends AsyncDisposable {
  /** The folder that commands run in, and the state folder. */
  folder: string;
  state: string;
  workspace: string;
  env: Record<string, string>;
  /** Arguments cut at spaces, or one by one. */
  run(args: string | readonly string[], options?: RunOptions): Promise<Ran>;
  start(args: readonly string[]): ResultPromise;
  kubectl(args: string): Promise<Ran>;
  /** What the practice cluster's process file says. */
  process(): Promise<{ pid: number; port: number }>;
}

const bin = fileURLToPath(new URL("../../bin/k8s-bootcamp.js", import.meta.url));

export async function openCommandLine(more: Record<string, string> = {}): Promise<CommandLine> {
  const folder = await mkdtemp(join(tmpdir(), "command-line-"));
  const state = join(folder, "state");
  const home = join(folder, "home");
  await mkdir(home);
  const kubectl = await kubectlBinary("1.34");
  const env = {
    HOME: home,
    PATH: [dirname(kubectl), dirname(process.execPath), "/usr/bin", "/bin"].join(":"),
    K8S_BOOTCAMP_HOME: state,
    SHELL: "/bin/bash",
    NO_COLOR: "1",
    LANG: "C.UTF-8",
    ...more,
  };
  const run: CommandLine["run"] = async (args, options = {}) => {
    const words = typeof args === "string" ? args.split(" ").filter(Boolean) : args;
    const settings = {
      cwd: options.cwd ?? folder,
      env: { ...env, BIN: bin, ...options.env },
      extendEnv: false,
      reject: false,
      ...(options.input === undefined ? { stdin: "ignore" as const } : { input: options.input }),
    };
    const { exitCode, stdout, stderr } = options.shell
      ? await execa("bash", ["-c", options.shell], settings)
      : await execa(process.execPath, [bin, ...words], settings);
    return { code: exitCode, stdout: String(stdout), stderr: String(stderr) };
  };
  return {
    folder,
    state,
    workspace: join(folder, "k8s-bootcamp"),
    env,
    run,
    start: (args) =>
      execa(process.execPath, [bin, ...args], {
        cwd: folder,
        env,
        extendEnv: false,
        reject: false,
        stdin: "ignore",
      }) as ResultPromise,
    kubectl: (args) =>
      run("", { shell: `kubectl ${args}`, env: { KUBECONFIG: join(state, "kubeconfig") }, cwd: join(folder, "k8s-bootcamp") }),
    process: async () =>
      JSON.parse(await readFile(join(state, "clusters", "bootcamp", "process.json"), "utf8")) as { pid: number; port: number },
    async [Symbol.asyncDispose]() {
      await run("cluster delete");
      await rm(folder, { recursive: true, force: true });
    },
  };
}
