import type { Clock } from "../clock.ts";
import type { Host, Traffic } from "../network/network.ts";
import type { Random } from "../random.ts";
import type { Signal } from "./signals.ts";

export type { Signal } from "./signals.ts";

export interface FileStat {
  kind: "file" | "folder" | "link" | "device";
  /** Permission bits. */
  mode: number;
  /** Milliseconds. */
  mtime: number;
  size: number;
  /** Of a link. */
  target?: string;
  /** What runs when the file is executed. */
  program?: Program;
}

/** The files a container sees: its image's, its own, and its volumes. Paths are absolute. Errors carry `code` as Node's do. */
export interface ContainerFiles {
  read(path: string): Promise<Buffer>;
  write(path: string, content: string | Uint8Array): Promise<void>;
  append(path: string, content: string | Uint8Array): Promise<void>;
  list(path: string): Promise<string[]>;
  exists(path: string): Promise<boolean>;
  /** A file, a link, or a folder with all it holds. */
  remove(path: string): Promise<void>;
  /** Undefined: there is no such file. Links are followed unless told. */
  stat(path: string, options?: { follow: boolean }): Promise<FileStat | undefined>;
  makeFolder(path: string, options?: { parents?: boolean; mode?: number }): Promise<void>;
  makeLink(path: string, target: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  setMode(path: string, mode: number): Promise<void>;
  setTime(path: string, mtime: number): Promise<void>;
  /** The path with every link followed; the last name need not exist. */
  realPath(path: string): Promise<string>;
}

/** What a running program has. One per process; a container's main process and each exec get their own. */
export interface ProgramContext {
  /** Command and arguments after substitution of $(VAR). argv[0] is what was looked up. */
  argv: readonly string[];
  env: Readonly<Record<string, string>>;
  workingDir: string;
  user: { uid: number; gid: number };
  files: ContainerFiles;
  host: Host;
  hostname: string;
  clock: Clock;
  random: Random;
  stdin: Input;
  stdout: (text: string | Uint8Array) => void;
  stderr: (text: string | Uint8Array) => void;
  /** Resolves when what was written found room: for programs that write much. A pipe whose reader has gone ends the process. */
  drained: () => Promise<void>;
  /** Aborts with the signal's name as reason when the process is told to end. A program that ignores it is killed later. */
  signal: AbortSignal;
  tty?: Terminal;
  processes: Processes;
  /** The node the container runs on, as programs see it that look at /proc and /sys. */
  machine: MachineFigures;
  /** What this container has used so far. */
  usage: () => { memoryBytes: number; cpuSeconds: number };
  /** Counts into the container's use of CPU and memory. Memory over the container's limit ends it. */
  account: (use: { cpuSeconds?: number; memoryBytes?: number }) => void;
}

/** Figures of a node. */
export interface MachineFigures {
  readonly nodeName: string;
  /** Milliseconds since the epoch. */
  readonly bootedAt: number;
  /** CPU seconds used by all that ran since then. */
  cpuSeconds(): number;
  /** Bytes in use. */
  memoryBytes(): number;
  processes(): { running: number; started: number };
  /** Over 1, 5 and 15 minutes. */
  loadAverages(): readonly [number, number, number];
  traffic(): Traffic;
}

export interface Terminal {
  columns: number;
  rows: number;
  onResize(listen: (size: { columns: number; rows: number }) => void): void;
}

/** The processes of a container, seen from one of them. */
export interface Processes {
  /** This process; the container's main process is 1. */
  readonly pid: number;
  /** What a child gets unless its parent gives it something else. */
  readonly inherited: Pick<SpawnOptions, "stdin" | "stdout" | "stderr" | "tty">;
  list(): readonly { pid: number; ppid: number; argv: readonly string[]; startedAt: number }[];
  /** False: there is no such process. */
  kill(pid: number, signal: Signal): boolean;
  /**
   * Hears of each signal first; `true` takes care of it. Otherwise a program is told by `signal`, and a command does what the
   * kernel does: it dies, or as process 1 does nothing. SIGKILL comes to nobody.
   */
  onSignal(handle: (signal: Signal) => boolean): void;
  /** Starts a child. Throws a StartError when there is no such executable. */
  spawn(argv: readonly string[], options: SpawnOptions): Child;
  /** Starts a child that runs a part of this program, as a shell's subshell. It dies of signals as commands do. */
  fork(program: Program, options: SpawnOptions): Child;
  /** Becomes another program, as exec does. Throws a StartError when there is no such executable; else nothing follows. */
  replace(argv: readonly string[], options: SpawnOptions): Promise<never>;
}

export interface Child {
  pid: number;
  exited: Promise<number>;
}

export interface SpawnOptions {
  env: Readonly<Record<string, string>>;
  workingDir: string;
  stdin: Input;
  stdout: Sink;
  stderr: Sink;
  tty?: Terminal;
}

/** Bytes to read. A loop that is left early leaves the rest to the next reader. */
export interface Input extends AsyncIterable<Uint8Array> {
  /** What is there, waiting for it when there is nothing. Undefined: the end, or the reader's own. */
  read(reader?: AbortSignal): Promise<Uint8Array | undefined>;
  /** Gives back bytes that were read, to be read next. */
  unread(chunk: Uint8Array): void;
}

/** Takes bytes. A promise resolves when there is room for more; it rejects when nobody reads any longer. */
export type Sink = (chunk: Uint8Array) => void | Promise<void>;

/** What runs in a simulated container. Resolves to the exit code; a rejection is exit code 1 with the error on stderr. */
export interface Program {
  (context: ProgramContext): Promise<number>;
  /** Signals do what the kernel does by default: a command such as `sleep` takes no care of them. */
  defaultSignals?: true;
}

/** An image the simulated registry has. */
export interface Image {
  /** Names without tag; the first is the one `kubectl` shows in messages: `docker.io/library/busybox` is `busybox`. */
  repositories: readonly string[];
  /** Tags that exist; anything else is a pull failure with the registry's text. */
  tags: readonly string[];
  /** Bytes, for `Successfully pulled image … Image size: N bytes`. */
  size: number;
  /** ENTRYPOINT and CMD. */
  entrypoint: readonly string[];
  cmd: readonly string[];
  env?: Readonly<Record<string, string>>;
  workingDir?: string;
  user?: string;
  /** Programs by absolute path. An image without a shell has none: exec of `sh` fails as on a distroless image. */
  programs: Readonly<Record<string, Program>>;
  /** Files of the image by absolute path; a path with a slash at its end is an empty folder. */
  files?: Readonly<Record<string, string>>;
  /** What the container is told when it is to end, in place of SIGTERM. */
  stopSignal?: Signal;
  /** Resident memory of the main process, in bytes, where the program does not say. */
  memory?: number;
  /** CPUs that the main process needs with nothing to do, where it is more than next to nothing. */
  cpu?: number;
}

/** Keeps one image per file; index.ts lists them. */
export const defineImage = (image: Image): Image => image;
