import { withOwnPrograms } from "../system/own-programs.ts";
import type { ExecOptions, ExecResult } from "../system/exec.ts";
import { failureOf, type KindProblem } from "./kind-failures.ts";
import { ClusterError } from "./problem.ts";
import type { Surroundings } from "./surroundings.ts";

/** Runs `docker` and `kind`; each throws a ClusterError with what its failure comes to, and gives its stdout. */
export interface KindCommands {
  docker(args: readonly string[], options?: ExecOptions): Promise<string>;
  kind(args: readonly string[], options?: ExecOptions): Promise<string>;
}

/** Milliseconds after which a daemon that hangs is given up. */
const DOCKER_WITHIN = 60_000;

const missing = { docker: "docker-missing", kind: "kind-missing" } as const;

export function kindCommands({ exec, env, paths }: Pick<Surroundings, "exec" | "env" | "paths">): KindCommands {
  // kind would use Podman where it is told to; what we ask of Docker would then be asked of the wrong one.
  const { KIND_EXPERIMENTAL_PROVIDER: _, ...own } = withOwnPrograms(env, paths);
  const run = async (program: "docker" | "kind", args: readonly string[], options: ExecOptions): Promise<string> => {
    const result = await exec(program, args, { env: own, ...options });
    if (result.exitCode !== 0) throw new ClusterError(problemOf(program, args, result), { cause: result.stderr });
    return result.stdout;
  };
  return {
    docker: (args, options = {}) => run("docker", args, { timeout: DOCKER_WITHIN, ...options }),
    kind: (args, options = {}) => run("kind", args, options),
  };
}

function problemOf(
  program: "docker" | "kind",
  [command = ""]: readonly string[],
  { exitCode, timedOut, stdout, stderr }: ExecResult,
): KindProblem {
  if (timedOut) return { code: "docker-slow", command: `${program} ${command}` };
  if (exitCode === 127) return { code: missing[program] };
  const problem = failureOf(stderr || stdout);
  return problem.code === "kind-failed" && !problem.said
    ? { ...problem, said: `${program} ended with exit code ${exitCode}` }
    : problem;
}
