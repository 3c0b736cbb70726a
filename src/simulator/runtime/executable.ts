import { StartError } from "../kubelet/runtime.ts";
import type { Program } from "../programs/program.ts";
import type { MountedFiles } from "./files/container-files.ts";

/** What a command line starts: the program, and the arguments it is given. */
export interface Executable {
  program: Program;
  argv: readonly string[];
}

/** An interpreter may itself be a script, but not for ever. */
const MOST_INTERPRETERS = 4;

/** Finds what `argv` names, as execvp does. Throws a StartError in runc's words: `exec: "nope": executable file not found in $PATH`. */
export function findExecutable(
  files: MountedFiles,
  argv: readonly string[],
  { path, workingDir }: { path: string; workingDir: string },
  depth = 0,
): Executable {
  const [name = ""] = argv;
  const failed = (why: string) => new StartError("StartError", `exec: ${JSON.stringify(name)}: ${why}`);
  const candidates = name.includes("/")
    ? [name.startsWith("/") ? name : `${workingDir}/${name}`]
    : path.split(":").map((folder) => `${folder}/${name}`);
  for (const candidate of candidates) {
    const stat = files.stats(candidate);
    if (name.includes("/") && !stat) throw failed(`stat ${name}: no such file or directory`);
    if (name.includes("/") && stat?.kind === "folder") throw failed("is a directory");
    if (name.includes("/") && !(stat!.mode & 0o111)) throw failed("permission denied");
    if (stat?.kind !== "file" || !(stat.mode & 0o111)) continue;
    if (stat.program) return { program: stat.program, argv };

    const [, interpreter, argument] = /^#! *(\S+)[ \t]*(.*)/.exec(files.contents(candidate).subarray(0, 256).toString()) ?? [];
    if (!interpreter || depth === MOST_INTERPRETERS) return { program: wrongFormat, argv };
    const script = [interpreter, ...(argument ? [argument.trim()] : []), candidate, ...argv.slice(1)];
    return findExecutable(files, script, { path, workingDir }, depth + 1);
  }
  throw failed("executable file not found in $PATH");
}

/** Nothing that this machine could run. */
export const wrongFormat: Program = async ({ argv, stderr }) => {
  stderr(`exec ${argv[0]}: exec format error\n`);
  return 255;
};
