import type { Env } from "./paths.ts";

export interface ExecOptions {
  cwd?: string;
  env?: Env;
  input?: string;
  signal?: AbortSignal;
  /** Milliseconds; the process is killed then. */
  timeout?: number;
  /** It gets our terminal; there is no output to read then. */
  interactive?: boolean;
}

export interface ExecResult {
  /** 127 when the file was not found, 128+n when a signal ended it. */
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end; a failure is a result, not an exception. */
export type Exec = (file: string, args: readonly string[], options?: ExecOptions) => Promise<ExecResult>;

const NOT_FOUND = 127;

export const systemExec: Exec = async (file, args, { cwd, env, input, signal, timeout, interactive } = {}) => {
  const { execa } = await import("execa");
  const result = await execa(file, args, {
    reject: false,
    stripFinalNewline: false,
    ...(cwd !== undefined && { cwd }),
    ...(env && { env, extendEnv: false }),
    ...(interactive ? { stdio: "inherit" as const } : input === undefined ? { stdin: "ignore" as const } : { input }),
    ...(signal && { cancelSignal: signal }),
    ...(timeout !== undefined && { timeout }),
  });
  const missing = result.exitCode === undefined && result.signal === undefined;
  return {
    exitCode: result.exitCode ?? (missing ? NOT_FOUND : 128),
    stdout: String(result.stdout ?? ""),
    stderr: String(result.stderr ?? "") || (missing ? (result.shortMessage ?? "") : ""),
  };
};
