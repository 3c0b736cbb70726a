import type { ContainerFiles, FileStat } from "../../programs/program.ts";
import { FileError } from "./file-error.ts";
import { joinPath, parentOf, type FileSystem } from "./file-system.ts";

const MOST_LINKS = 40;

interface Place {
  fileSystem: FileSystem;
  /** Within the file system. */
  inner: string;
  /** Without a leading slash. */
  path: string;
}

/** The file systems of a container, as one: each path belongs to the mount that is nearest above it. */
export class MountedFiles implements ContainerFiles {
  readonly #mounts: { path: string; fileSystem: FileSystem }[];

  constructor(root: FileSystem) {
    this.#mounts = [{ path: "", fileSystem: root }];
  }

  /** Lays a file system over a path, making what leads there. */
  mount(at: string, fileSystem: FileSystem): void {
    if (!this.stats(at)) this.put(fileSystem.stat("")?.kind === "folder" ? `${at}/` : at, "");
    this.#mounts.push({ path: this.#resolve(at, true).path, fileSystem });
  }

  mountPoints(): string[] {
    return this.#mounts.map(({ path }) => `/${path}`);
  }

  /** Makes a file and the folders above it, at once; a path with a slash at its end is a folder. */
  put(path: string, content: string): void {
    const names = path.split("/").slice(1);
    for (const index of names.slice(1).keys()) {
      const above = `/${names.slice(0, index + 1).join("/")}`;
      const { fileSystem, inner } = this.#resolve(above, true);
      if (!fileSystem.stat(inner)) fileSystem.makeFolder(inner, 0o755);
    }
    if (!path.endsWith("/")) this.#write(path, content, false);
  }

  /** As `stat`, at once. */
  stats(path: string, follow = true): FileStat | undefined {
    try {
      const { fileSystem, inner } = this.#resolve(path, follow);
      return fileSystem.stat(inner);
    } catch (error) {
      if (error instanceof FileError && ["ENOENT", "ENOTDIR"].includes(error.code)) return undefined;
      throw error;
    }
  }

  /** As `read`, at once. */
  contents(path: string): Buffer {
    const { fileSystem, inner } = this.#resolve(path, true);
    return fileSystem.read(inner);
  }

  /** As `realPath`, at once. */
  real(path: string): string {
    return `/${this.#resolve(path, true).path}`;
  }

  async read(path: string): Promise<Buffer> {
    return this.contents(path);
  }

  async write(path: string, content: string | Uint8Array): Promise<void> {
    this.#write(path, content, false);
  }

  async append(path: string, content: string | Uint8Array): Promise<void> {
    this.#write(path, content, true);
  }

  async list(path: string): Promise<string[]> {
    const { fileSystem, inner } = this.#resolve(path, true);
    return fileSystem.list(inner);
  }

  async exists(path: string): Promise<boolean> {
    return this.stats(path) !== undefined;
  }

  async stat(path: string, { follow } = { follow: true }): Promise<FileStat | undefined> {
    return this.stats(path, follow);
  }

  async remove(path: string): Promise<void> {
    const { fileSystem, inner, path: whole } = this.#resolve(path, false);
    if (this.#mounts.some((mount) => mount.path === whole)) throw new FileError("EBUSY", path, "unlink");
    if (fileSystem.stat(inner)?.kind === "folder") {
      for (const name of fileSystem.list(inner)) await this.remove(`${path}/${name}`);
    }
    fileSystem.remove(inner);
  }

  async makeFolder(path: string, { parents = false, mode = 0o755 } = {}): Promise<void> {
    const above = path.replace(/\/+[^/]*\/*$/, "");
    if (parents && above && !this.stats(above)) await this.makeFolder(above, { parents, mode });
    const { fileSystem, inner, path: whole } = this.#resolve(path, true);
    const existing = fileSystem.stat(inner);
    if (existing?.kind === "folder" && parents) return;
    if (existing) throw new FileError("EEXIST", path, "mkdir");
    this.#needParent(path, whole, "mkdir");
    fileSystem.makeFolder(inner, mode);
  }

  async makeLink(path: string, target: string): Promise<void> {
    const { fileSystem, inner, path: whole } = this.#resolve(path, false);
    this.#needParent(path, whole, "symlink");
    fileSystem.makeLink(inner, target);
  }

  async rename(from: string, to: string): Promise<void> {
    const source = this.#resolve(from, false);
    const target = this.#resolve(to, false);
    if (source.fileSystem === target.fileSystem) return source.fileSystem.rename(source.inner, target.inner);
    await this.#copy(from, to);
    await this.remove(from);
  }

  async setMode(path: string, mode: number): Promise<void> {
    const { fileSystem, inner } = this.#resolve(path, true);
    fileSystem.setMode(inner, mode);
  }

  async setTime(path: string, mtime: number): Promise<void> {
    const { fileSystem, inner } = this.#resolve(path, true);
    fileSystem.setTime(inner, mtime);
  }

  async realPath(path: string): Promise<string> {
    return this.real(path);
  }

  #write(path: string, content: string | Uint8Array, append: boolean): void {
    const { fileSystem, inner, path: whole } = this.#resolve(path, true);
    this.#needParent(path, whole, "open");
    fileSystem.write(inner, typeof content === "string" ? Buffer.from(content) : content, append);
  }

  #needParent(asked: string, whole: string, operation: string): void {
    if (this.stats(`/${parentOf(whole)}`)?.kind !== "folder") throw new FileError("ENOENT", asked, operation);
  }

  async #copy(from: string, to: string): Promise<void> {
    const stat = this.stats(from, false);
    if (stat?.kind === "link") return this.makeLink(to, stat.target!);
    if (stat?.kind !== "folder") return this.write(to, this.contents(from));
    await this.makeFolder(to, { parents: true });
    for (const name of await this.list(from)) await this.#copy(`${from}/${name}`, `${to}/${name}`);
  }

  /** Walks the path through links and mounts. Only the last name may be missing. */
  #resolve(path: string, follow: boolean, links = 0): Place {
    let place = this.#place("");
    const names = path.split("/").filter((name) => name && name !== ".");
    for (const [index, name] of names.entries()) {
      place = this.#place(name === ".." ? parentOf(place.path) : joinPath(place.path, name));
      const last = index === names.length - 1;
      const stat = place.fileSystem.stat(place.inner);
      if (stat?.kind === "link" && (follow || !last)) {
        if (links >= MOST_LINKS) throw new FileError("ELOOP", path);
        const target = stat.target!.startsWith("/") ? stat.target! : `/${joinPath(parentOf(place.path), stat.target!)}`;
        return this.#resolve([target, ...names.slice(index + 1)].join("/"), follow, links + 1);
      }
      if (last) break;
      if (!stat) throw new FileError("ENOENT", path);
      if (stat.kind !== "folder") throw new FileError("ENOTDIR", path);
    }
    return place;
  }

  #place(path: string): Place {
    const mount = this.#mounts.findLast((one) => one.path === "" || path === one.path || path.startsWith(`${one.path}/`))!;
    const inner = mount.path === "" ? path : path.slice(mount.path.length + 1);
    return { fileSystem: mount.fileSystem, inner, path };
  }
}
