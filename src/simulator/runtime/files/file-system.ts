import type { FileStat } from "../../programs/program.ts";

/**
 * What can be mounted into a container. Paths are relative to its root, "" the root itself, never with a link on the way:
 * the container's mount table resolves those. Errors are FileErrors.
 */
export interface FileSystem {
  stat(path: string): FileStat | undefined;
  list(path: string): string[];
  read(path: string): Buffer;
  /** Replaces or extends a file, making it where it is missing; its folder must exist. */
  write(path: string, content: Uint8Array, append: boolean): void;
  makeFolder(path: string, mode: number): void;
  makeLink(path: string, target: string): void;
  /** A file, a link, or an empty folder. */
  remove(path: string): void;
  rename(from: string, to: string): void;
  setMode(path: string, mode: number): void;
  setTime(path: string, mtime: number): void;
}

export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));
export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
export const joinPath = (...parts: string[]): string => parts.filter(Boolean).join("/");
