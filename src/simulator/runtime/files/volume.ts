import type { FileStat } from "../../programs/program.ts";
import type { VolumeFiles } from "../../kubelet/runtime.ts";
import { FileError } from "./file-error.ts";
import { joinPath, type FileSystem } from "./file-system.ts";

/** An empty folder has no file to speak of it: a key with a slash at its end does. */
const FOLDER_MARK = "/";

/**
 * A volume, or the part of it below `subPath`, as a file system. A volume that the kubelet writes as a whole shows its files
 * as links through `..data`, as upstream's atomic writer makes them.
 */
export class VolumeFileSystem implements FileSystem {
  readonly #volume: VolumeFiles;
  readonly #subPath: string;
  readonly #readOnly: boolean;
  readonly #now: () => number;
  readonly #times = new Map<string, number>();
  readonly #started: number;

  constructor(options: { volume: VolumeFiles; readOnly: boolean; subPath?: string; now: () => number }) {
    this.#subPath = options.subPath ?? "";
    this.#readOnly = options.readOnly || !options.volume.writable;
    this.#now = options.now;
    this.#started = options.now();
    // A subPath of a volume that others write is a mount of what was there when the container started.
    const frozen = this.#subPath !== "" && !options.volume.writable;
    this.#volume = frozen ? { ...options.volume, files: new Map(options.volume.files) } : options.volume;
  }

  stat(path: string): FileStat | undefined {
    const link = this.#linkTarget(path);
    const mtime = this.#times.get(path) ?? this.#started;
    if (link) return { kind: "link", mode: 0o777, mtime, size: link.length, target: link };
    const key = this.#key(path);
    const content = this.#volume.files.get(key);
    if (content) return { kind: "file", mode: this.#volume.modes?.get(key) ?? 0o644, mtime, size: content.byteLength };
    if (!this.#isFolder(key)) return undefined;
    return { kind: "folder", mode: this.#volume.writable ? 0o777 : 0o755, mtime, size: 4096 };
  }

  list(path: string): string[] {
    const key = this.#key(path);
    if (this.#volume.files.has(key)) throw new FileError("ENOTDIR", `/${path}`, "scandir");
    if (!this.#isFolder(key)) throw new FileError("ENOENT", `/${path}`, "scandir");
    const names = new Set(path === "" && this.#hasVersions ? ["..data", this.#volume.version!] : []);
    const prefix = key && `${key}/`;
    for (const name of this.#volume.files.keys()) {
      const [first] = name.startsWith(prefix) ? name.slice(prefix.length).split("/") : [];
      if (first) names.add(first);
    }
    return [...names].toSorted();
  }

  read(path: string): Buffer {
    const content = this.#volume.files.get(this.#key(path));
    if (content) return content;
    throw new FileError(this.#isFolder(this.#key(path)) ? "EISDIR" : "ENOENT", `/${path}`);
  }

  write(path: string, content: Uint8Array, append: boolean): void {
    const key = this.#writableKey(path, "open");
    if (this.#isFolder(key)) throw new FileError("EISDIR", `/${path}`);
    const before = append ? this.#volume.files.get(key) : undefined;
    this.#volume.files.set(key, before ? Buffer.concat([before, content]) : Buffer.from(content));
    this.#times.set(path, this.#now());
  }

  makeFolder(path: string): void {
    if (this.stat(path)) throw new FileError("EEXIST", `/${path}`, "mkdir");
    this.#volume.files.set(this.#writableKey(path, "mkdir") + FOLDER_MARK, Buffer.alloc(0));
  }

  makeLink(path: string): void {
    this.#writableKey(path, "symlink");
    throw new FileError("EINVAL", `/${path}`, "symlink");
  }

  remove(path: string): void {
    const stat = this.stat(path);
    if (!stat) throw new FileError("ENOENT", `/${path}`, "unlink");
    if (stat.kind === "folder" && this.list(path).length > 0) throw new FileError("ENOTEMPTY", `/${path}`, "rmdir");
    const key = this.#writableKey(path, "unlink");
    this.#volume.files.delete(stat.kind === "folder" ? key + FOLDER_MARK : key);
    this.#keepFolder(key);
  }

  rename(from: string, to: string): void {
    const source = this.#writableKey(from, "rename");
    const target = this.#writableKey(to, "rename");
    if (!this.stat(from)) throw new FileError("ENOENT", `/${from}`, "rename");
    const moved = [...this.#volume.files].filter(([key]) => key === source || key.startsWith(`${source}/`));
    for (const [key, content] of moved) {
      this.#volume.files.delete(key);
      this.#volume.files.set(target + key.slice(source.length), content);
    }
    this.#keepFolder(source);
  }

  setMode(path: string): void {
    this.#writableKey(path, "chmod");
  }

  setTime(path: string, mtime: number): void {
    this.#writableKey(path, "utime");
    this.#times.set(path, mtime);
  }

  get #hasVersions(): boolean {
    return this.#volume.version !== undefined && this.#subPath === "";
  }

  /** `..data` leads to the version's folder, and every first name of the volume through `..data`. */
  #linkTarget(path: string): string | undefined {
    if (!this.#hasVersions || path === "" || path.includes("/")) return undefined;
    if (path === "..data") return this.#volume.version;
    if (path === this.#volume.version) return undefined;
    return this.#exists(path) ? `..data/${path}` : undefined;
  }

  /** Path in the volume's map: what is below the version's folder is the volume's own content. */
  #key(path: string): string {
    const version = this.#hasVersions ? this.#volume.version! : undefined;
    if (version && path === version) return "";
    if (version && path.startsWith(`${version}/`)) return path.slice(version.length + 1);
    return joinPath(this.#subPath, path);
  }

  #writableKey(path: string, operation: string): string {
    if (this.#readOnly) throw new FileError("EROFS", `/${path}`, operation);
    return this.#key(path);
  }

  #exists(key: string): boolean {
    return this.#volume.files.has(key) || this.#isFolder(key);
  }

  #isFolder(key: string): boolean {
    if (key === "" || (key === this.#subPath && !this.#volume.files.has(key))) return true;
    return [...this.#volume.files.keys()].some((name) => name.startsWith(`${key}/`));
  }

  /** A folder stays when its last file goes. */
  #keepFolder(key: string): void {
    const parent = key.slice(0, Math.max(0, key.lastIndexOf("/")));
    if (parent && !this.#isFolder(parent)) this.#volume.files.set(parent + FOLDER_MARK, Buffer.alloc(0));
  }
}
