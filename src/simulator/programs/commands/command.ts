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

/** How commands of an image speak of files they cannot use. */
export interface Wording {
  unreadable(name: string): string;
  /** Of a folder that was to be read. */
  folder(name: string): string;
  missing(name: string): string;
  /** Makes what just-bash's commands say on stderr, which is GNU's wording, into the image's. */
  translate(text: string): string;
}

export const GNU: Wording = {
  unreadable: (name) => name,
  folder: (name) => name,
  missing: (name) => `cannot open '${name}' for reading`,
  translate: (text) => text,
};

const BUSYBOX_WORDS: readonly [RegExp, string][] = [
  [/^stat: cannot statx /gm, "stat: can't stat "],
  [/^(ls|du): cannot (?:access|stat) '(.*)': /gm, "$1: $2: "],
  [/^rm: cannot remove '(.*)': Is a directory$/gm, "rm: '$1' is a directory"],
  [/^(rm|cp|ln): cannot (remove|stat|create|link) /gm, "$1: can't $2 "],
  [/^cp: -r not specified; /gm, "cp: "],
  [/^ln: failed to create (?:symbolic|hard) link '(.*)': /gm, "ln: $1: "],
  [/^mv: cannot stat /gm, "mv: can't rename "],
  [/^mkdir: cannot create directory ['‘](.*)['’]: /gm, "mkdir: can't create directory '$1': "],
  [/^touch: cannot touch '(.*)': /gm, "touch: $1: "],
  [/^rmdir: failed to remove '(.*)': /gm, "rmdir: '$1': "],
  [/^tar: Removing leading `\/' from member names$/gm, "tar: removing leading '/' from member names"],
  [/^tar: (.*): Cannot stat: /gm, "tar: $1: "],
  [/^tar: Exiting with failure status due to previous errors$/gm, "tar: error exit delayed from previous errors"],
  [/^chmod: cannot access '(.*)': /gm, "chmod: $1: "],
];

export const BUSYBOX: Wording = {
  unreadable: (name) => `can't open '${name}'`,
  folder: () => "read error",
  missing: (name) => name,
  translate: (text) => BUSYBOX_WORDS.reduce((said, [gnu, busybox]) => said.replace(gnu, busybox), text),
};
