import { homedir } from "node:os";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock } from "../system/clock.ts";
import { systemExec } from "../system/exec.ts";
import { statePaths } from "../system/paths.ts";
import packageFile from "../../package.json" with { type: "json" };
import type { Deps } from "./deps.ts";
import type { ExitCode } from "./exit-code.ts";
import { main } from "./main.ts";

/** Runs the command line as this process. The caller ends the process with the code. */
export function run(): Promise<ExitCode> {
  const interruption = new AbortController();
  let others = 0;
  process.on("SIGINT", () => others === 0 && interruption.abort(new Error("interrupted")));
  process.on("SIGTERM", () => interruption.abort(new Error("terminated")));
  // Node ignores it, until somebody who listened for it stops doing so: then a file too large for the shell's limit would kill us.
  process.on("SIGXFSZ", () => "the write fails with EFBIG, and that is told");
  // Whoever reads us may stop before the end, as `| head` does: no reason to speak of.
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => ignoreClosed(error));
  return main(process.argv.slice(2), {
    ...systemDeps(interruption.signal),
    async inForeground(work) {
      others++;
      try {
        return await work();
      } finally {
        others--;
      }
    },
  });
}

function systemDeps(signal: AbortSignal): Omit<Deps, "inForeground"> {
  const inDist = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
  return {
    io: process,
    env: process.env,
    platform: process.platform,
    arch: process.arch,
    cwd: currentFolder(),
    clock: systemClock,
    exec: systemExec,
    paths: statePaths(process.env),
    installation: {
      version: packageFile.version,
      course: inDist("course"),
      lessons: inDist("../lessons"),
      simulator: inDist("simulator/simulator.js"),
      bin: inDist("../bin/k8s-bootcamp.js"),
    },
    self: selfName(process.argv[1]),
    signal,
  };
}

/** A shell may stand in a folder that was deleted; most commands work without it. */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    return process.env["PWD"] ?? homedir();
  }
}

/** kubectl runs its plugins by their file name. */
const selfName = (script = ""): string => (basename(script).startsWith("kubectl-") ? "kubectl bootcamp" : "k8s-bootcamp");

function ignoreClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
