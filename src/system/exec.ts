import type { Result } from "execa";
import type { Env } from "./paths.ts";

export interface ExecOptions {
  cwd?: string;
  env?: Env;
  input?: string;
  /** Ends the program; one that runs `apart` with all that it started, where the system can tell. */
  signal?: AbortSignal;
  /** Milliseconds; the process is killed then. */
  timeout?: number;
  /** It gets our terminal; there is no output to read then. */
  interactive?: boolean;
  /** Ctrl-C in the terminal does not reach it, but by way of `signal`. */
  apart?: boolean;
  /** Told each line of stderr as it comes. */
  onErrorLine?(line: string): void;
}

export interface ExecResult {
  /** 127 when the file was not found, 128+n when a signal ended it. */
  exitCode: number;
  /** It was killed since its time was up. */
  timedOut?: true;
  stdout: string;
  stderr: string;
}

/** A program that was left running: its first words, or what came of it where it ended before it said any. */
export interface Staying {
  result: ExecResult;
  stop(): Promise<void>;
}

/** Runs a program to its end; a failure is a result, not an exception. */
export type Exec = (file: string, args: readonly string[], options?: ExecOptions) => Promise<ExecResult>;

const NOT_FOUND = 127;

/** Starts a program and waits for its first line. */
export async function systemStay(file: string, args: readonly string[], { cwd, env }: ExecOptions = {}): Promise<Staying> {
  const { execa } = await import("execa");
  const running = execa(file, args, { ...asAsked({ cwd, env }), stdin: "ignore" });
  const said = new Promise<ExecResult>((resolve) => {
    running.stdout.once("data", (chunk: Buffer) => resolve({ exitCode: 0, stdout: String(chunk), stderr: "" }));
  });
  return {
    result: await Promise.race([said, running.then(resultOf)]),
    async stop() {
      running.kill();
      await running;
    },
  };
}

export const systemExec: Exec = async (file, args, options = {}) => {
  const { cwd, env, input, signal, timeout, interactive, apart, onErrorLine } = options;
  const { execa } = await import("execa");
  // On Windows a group of its own would open a window of its own.
  const hasGroup = apart === true && process.platform !== "win32";
  const running = execa(file, args, {
    ...asAsked({ cwd, env }),
    ...(interactive ? { stdio: "inherit" as const } : input === undefined ? { stdin: "ignore" as const } : { input }),
    ...(signal && { cancelSignal: signal }),
    ...(timeout !== undefined && { timeout }),
    ...(hasGroup && { detached: true }),
    ...(onErrorLine && { stderr: telling(onErrorLine) }),
  });
  const endGroup = (): void => void (hasGroup && running.pid !== undefined && endProcesses(running.pid));
  signal?.addEventListener("abort", endGroup, { once: true });
  const result = await running;
  signal?.removeEventListener("abort", endGroup);
  return resultOf(result);
};

/** A filter that changes nothing. */
const telling = (onLine: (line: string) => void) =>
  function* (line: unknown): Generator<string> {
    onLine(String(line));
    yield String(line);
  };

function endProcesses(group: number): void {
  try {
    process.kill(-group, "SIGTERM");
  } catch (error) {
    // They ended by themselves.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

const asAsked = ({ cwd, env }: { cwd: string | undefined; env: Env | undefined }) => ({
  reject: false as const,
  stripFinalNewline: false as const,
  ...(cwd !== undefined && { cwd }),
  ...(env && { env, extendEnv: false }),
});

function resultOf(result: Pick<Result, "exitCode" | "signal" | "timedOut" | "stdout" | "stderr" | "shortMessage">): ExecResult {
  const missing = result.exitCode === undefined && result.signal === undefined;
  return {
    exitCode: result.exitCode ?? (missing ? NOT_FOUND : 128),
    ...(result.timedOut && { timedOut: true as const }),
    stdout: String(result.stdout ?? ""),
    stderr: String(result.stderr ?? "") || (missing ? (result.shortMessage ?? "") : ""),
  };
}
