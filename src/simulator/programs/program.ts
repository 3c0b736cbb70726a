import type { Clock } from "../clock.ts";
import type { Host } from "../network/network.ts";
import type { Random } from "../random.ts";

export type Signal = "SIGTERM" | "SIGKILL" | "SIGINT" | "SIGHUP";

/** The files a container sees: its image's, its own, and its volumes. Paths are absolute. Errors carry `code` as Node's do. */
export interface ContainerFiles {
  read(path: string): Promise<Buffer>;
  write(path: string, content: string | Uint8Array): Promise<void>;
  append(path: string, content: string | Uint8Array): Promise<void>;
  list(path: string): Promise<string[]>;
  exists(path: string): Promise<boolean>;
  remove(path: string): Promise<void>;
}

/** What a running program has. One per process; a container's main process and each exec get their own. */
export interface ProgramContext {
  /** Command and arguments after substitution of $(VAR). argv[0] is what was looked up. */
  argv: readonly string[];
  env: Readonly<Record<string, string>>;
  workingDir: string;
  files: ContainerFiles;
  host: Host;
  hostname: string;
  clock: Clock;
  random: Random;
  stdin: AsyncIterable<Uint8Array>;
  stdout(text: string | Uint8Array): void;
  stderr(text: string | Uint8Array): void;
  /** Aborts with the signal's name as reason when the process is told to end. A program that ignores it is killed later. */
  signal: AbortSignal;
  tty?: { columns: number; rows: number; onResize(listen: (size: { columns: number; rows: number }) => void): void };
}

/** What runs in a simulated container. Resolves to the exit code; a rejection is exit code 1 with the error on stderr. */
export type Program = (context: ProgramContext) => Promise<number>;

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
  /** Programs by the path or name they are started with: `/bin/echo-server`, `nginx`. */
  programs: Readonly<Record<string, Program>>;
  /** True when the image has a shell and the usual commands (just-bash); without one, exec of `sh` fails as on a distroless image. */
  shell: boolean;
  /** Files of the image by absolute path. */
  files?: Readonly<Record<string, string>>;
}

/** Keeps one image per file; index.ts lists them. */
export const defineImage = (image: Image): Image => image;
