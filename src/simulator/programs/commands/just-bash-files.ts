import type { FileContent, FsStat, IFileSystem } from "just-bash";
import type { ContainerFiles, FileStat } from "../program.ts";

/** A container's files as just-bash's commands see a file system. */
export class JustBashFiles implements IFileSystem {
  readonly #files: ContainerFiles;

  constructor(files: ContainerFiles) {
    this.#files = files;
  }

  async readFile(path: string): Promise<string> {
    return (await this.#files.read(path)).toString();
  }

  readFileBuffer(path: string): Promise<Uint8Array> {
    return this.#files.read(path);
  }

  writeFile(path: string, content: FileContent): Promise<void> {
    return this.#files.write(path, content);
  }

  appendFile(path: string, content: FileContent): Promise<void> {
    return this.#files.append(path, content);
  }

  exists(path: string): Promise<boolean> {
    return this.#files.exists(path);
  }

  stat(path: string): Promise<FsStat> {
    return this.#stat(path, true);
  }

  lstat(path: string): Promise<FsStat> {
    return this.#stat(path, false);
  }

  mkdir(path: string, { recursive = false } = {}): Promise<void> {
    return this.#files.makeFolder(path, { parents: recursive });
  }

  readdir(path: string): Promise<string[]> {
    return this.#files.list(path);
  }

  async rm(path: string, { recursive = false, force = false } = {}): Promise<void> {
    const stat = await this.#files.stat(path, { follow: false });
    if (!stat && force) return;
    if (!recursive && stat?.kind === "folder" && (await this.#files.list(path)).length > 0)
      throw failure("ENOTEMPTY", path, "rmdir");
    await this.#files.remove(path);
  }

  async cp(from: string, to: string, { recursive = false } = {}): Promise<void> {
    const stat = await this.#files.stat(from);
    if (!stat) throw failure("ENOENT", from, "copyfile");
    if (stat.kind !== "folder") {
      await this.#files.write(to, await this.#files.read(from));
      if (stat.kind === "file") await this.#files.setMode(to, stat.mode);
      return;
    }
    if (!recursive) throw failure("EISDIR", from, "copyfile");
    await this.#files.makeFolder(to, { parents: true, mode: stat.mode });
    for (const name of await this.#files.list(from)) await this.cp(`${from}/${name}`, `${to}/${name}`, { recursive });
  }

  mv(from: string, to: string): Promise<void> {
    return this.#files.rename(from, to);
  }

  resolvePath(base: string, path: string): string {
    const names: string[] = [];
    for (const name of (path.startsWith("/") ? path : `${base}/${path}`).split("/")) {
      if (name === "..") names.pop();
      else if (name && name !== ".") names.push(name);
    }
    return `/${names.join("/")}`;
  }

  getAllPaths(): string[] {
    return [];
  }

  chmod(path: string, mode: number): Promise<void> {
    return this.#files.setMode(path, mode);
  }

  symlink(target: string, path: string): Promise<void> {
    return this.#files.makeLink(path, target);
  }

  async link(existing: string, path: string): Promise<void> {
    await this.#files.write(path, await this.#files.read(existing));
  }

  async readlink(path: string): Promise<string> {
    const stat = await this.#files.stat(path, { follow: false });
    if (stat?.kind !== "link") throw failure(stat ? "EINVAL" : "ENOENT", path, "readlink");
    return stat.target!;
  }

  realpath(path: string): Promise<string> {
    return this.#files.realPath(path);
  }

  utimes(path: string, _accessed: Date, modified: Date): Promise<void> {
    return this.#files.setTime(path, modified.getTime());
  }

  async #stat(path: string, follow: boolean): Promise<FsStat> {
    const stat = await this.#files.stat(path, { follow });
    if (!stat) throw failure("ENOENT", path, "stat");
    return fsStat(stat);
  }
}

const fsStat = ({ kind, mode, size, mtime }: FileStat): FsStat => ({
  isFile: kind === "file" || kind === "device",
  isDirectory: kind === "folder",
  isSymbolicLink: kind === "link",
  mode,
  size,
  mtime: new Date(mtime),
});

const failure = (code: string, path: string, operation: string) =>
  Object.assign(new Error(`${code}: ${{ ENOENT: "no such file or directory" }[code] ?? code}, ${operation} '${path}'`), { code });
