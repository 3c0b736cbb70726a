import type { Program, ProgramContext } from "../program.ts";

/** A command of a container: signals do to it what the kernel does. */
export const command = (run: (context: ProgramContext, args: readonly string[]) => Promise<number>): Program =>
  Object.assign((context: ProgramContext) => run(context, context.argv.slice(1)), { defaultSignals: true as const });

/** An argument as an absolute path. */
export const pathOf = (name: string, { workingDir }: ProgramContext): string =>
  name.startsWith("/") ? name : `${workingDir}/${name}`;

/** What libc says of a failed file operation. */
export const fileProblem = (error: unknown): string =>
  ({
    ENOENT: "No such file or directory",
    ENOTDIR: "Not a directory",
    EISDIR: "Is a directory",
    EEXIST: "File exists",
    ENOTEMPTY: "Directory not empty",
    EROFS: "Read-only file system",
    EACCES: "Permission denied",
    EBUSY: "Resource busy",
    ELOOP: "Symbolic link loop",
  })[(error as { code?: string }).code ?? ""] ?? (error as Error).message;
