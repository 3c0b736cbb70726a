import type { FileStat, Program } from "../../programs/program.ts";
import { Content } from "./content.ts";
import { FileError } from "./file-error.ts";
import { nameOf, parentOf, type FileSystem } from "./file-system.ts";

interface Metadata {
  /** Permission bits. */
  mode: number;
  /** Milliseconds. */
  mtime: number;
  /** Belongs to an image: containers share it, and copy it before they change it. */
  shared?: boolean;
}

interface FileNode extends Metadata {
  kind: "file";
  content: Content;
  /** What runs when the file is executed. */
  program?: Program;
}

interface FolderNode extends Metadata {
  kind: "folder";
  entries: Map<string, Node>;
}

interface LinkNode extends Metadata {
  kind: "link";
  target: string;
}

/** A device: read as often as one likes, and what is written to it goes elsewhere. */
interface DeviceNode extends Metadata {
  kind: "device";
  device: Device;
}

export interface Device {
  read?(): Uint8Array;
  write?(chunk: Uint8Array): void;
}

type Node = FileNode | FolderNode | LinkNode | DeviceNode;

/** Files in memory. `onGrow` hears of each change of the bytes kept (a tmpfs counts as memory of its container). */
export class TreeFileSystem implements FileSystem {
  /** Nothing can be changed, except through devices. */
  readOnly = false;
  readonly #now: () => number;
  readonly #onGrow: ((bytes: number) => void) | undefined;
  #root: FolderNode;

  constructor(now: () => number, onGrow?: (bytes: number) => void) {
    this.#now = now;
    this.#onGrow = onGrow;
    this.#root = { kind: "folder", entries: new Map(), mode: 0o755, mtime: now() };
  }

  /** A copy that shares everything until either changes. This tree must not be written to any more. */
  fork(now: () => number): TreeFileSystem {
    const copy = new TreeFileSystem(now);
    share(this.#root);
    copy.#root = own(this.#root) as FolderNode;
    return copy;
  }

  stat(path: string): FileStat | undefined {
    const node = this.#node(path);
    if (!node) return undefined;
    const { kind, mode, mtime } = node;
    return {
      kind,
      mode,
      mtime,
      size: node.kind === "file" ? node.content.size : node.kind === "folder" ? 4096 : 0,
      ...(node.kind === "link" && { target: node.target }),
      ...(node.kind === "file" && node.program && { program: node.program }),
    };
  }

  list(path: string): string[] {
    const node = this.#node(path);
    if (!node) throw new FileError("ENOENT", `/${path}`, "scandir");
    if (node.kind !== "folder") throw new FileError("ENOTDIR", `/${path}`, "scandir");
    return [...node.entries.keys()].toSorted();
  }

  read(path: string): Buffer {
    const node = this.#node(path);
    if (!node || node.kind === "link") throw new FileError("ENOENT", `/${path}`);
    if (node.kind === "folder") throw new FileError("EISDIR", `/${path}`, "read");
    return node.kind === "file" ? node.content.bytes() : Buffer.from(node.device.read?.() ?? []);
  }

  write(path: string, content: Uint8Array, append: boolean): void {
    const existing = this.#node(path);
    if (existing?.kind === "folder") throw new FileError("EISDIR", `/${path}`);
    if (existing?.kind === "device") return existing.device.write?.(content);
    const parent = this.#ownFolder(parentOf(path));
    const name = nameOf(path);
    let node = ownEntry(parent, name) as FileNode | undefined;
    if (!node) {
      node = { kind: "file", content: new Content(), mode: 0o644, mtime: this.#now() };
      parent.entries.set(name, node);
    }
    const before = node.content.size;
    if (!append) node.content = new Content();
    node.content.append(content);
    node.mtime = this.#now();
    this.#onGrow?.(node.content.size - before);
  }

  makeFolder(path: string, mode: number): void {
    this.#add(path, { kind: "folder", entries: new Map(), mode, mtime: this.#now() }, "mkdir");
  }

  makeLink(path: string, target: string): void {
    this.#add(path, { kind: "link", target, mode: 0o777, mtime: this.#now() }, "symlink");
  }

  makeDevice(path: string, device: Device): void {
    this.#add(path, { kind: "device", device, mode: 0o666, mtime: this.#now() }, "mknod");
  }

  makeProgram(path: string, program: Program, size = 0): void {
    const content = new Content([Buffer.from("\x7fELF"), Buffer.alloc(size)]);
    this.#add(path, { kind: "file", content, program, mode: 0o755, mtime: this.#now() }, "open");
  }

  remove(path: string): void {
    const node = this.#node(path);
    if (!node) throw new FileError("ENOENT", `/${path}`, "unlink");
    if (node.kind === "folder" && node.entries.size > 0) throw new FileError("ENOTEMPTY", `/${path}`, "rmdir");
    this.#ownFolder(parentOf(path)).entries.delete(nameOf(path));
    if (node.kind === "file") this.#onGrow?.(-node.content.size);
  }

  rename(from: string, to: string): void {
    const node = this.#node(from);
    if (!node) throw new FileError("ENOENT", `/${from}`, "rename");
    const target = this.#node(to);
    if (target?.kind === "folder" && node.kind !== "folder") throw new FileError("EISDIR", `/${to}`, "rename");
    if (target) this.remove(to);
    const destination = this.#ownFolder(parentOf(to));
    this.#ownFolder(parentOf(from)).entries.delete(nameOf(from));
    destination.entries.set(nameOf(to), node);
  }

  setMode(path: string, mode: number): void {
    this.#ownNode(path, "chmod").mode = mode;
  }

  setTime(path: string, mtime: number): void {
    this.#ownNode(path, "utime").mtime = mtime;
  }

  #node(path: string): Node | undefined {
    let node: Node | undefined = this.#root;
    for (const name of namesOf(path)) {
      node = node?.kind === "folder" ? node.entries.get(name) : undefined;
    }
    return node;
  }

  #ownNode(path: string, operation: string): Node {
    const node = path === "" ? this.#root : ownEntry(this.#ownFolder(parentOf(path)), nameOf(path));
    if (!node) throw new FileError("ENOENT", `/${path}`, operation);
    return node;
  }

  #ownFolder(path: string): FolderNode {
    if (this.readOnly) throw new FileError("EROFS", `/${path}`);
    let folder = this.#root;
    for (const name of namesOf(path)) {
      const next = ownEntry(folder, name);
      if (!next) throw new FileError("ENOENT", `/${path}`);
      if (next.kind !== "folder") throw new FileError("ENOTDIR", `/${path}`);
      folder = next;
    }
    return folder;
  }

  #add(path: string, node: Node, operation: string): void {
    if (this.#node(path)) throw new FileError("EEXIST", `/${path}`, operation);
    const parent = this.#ownFolder(parentOf(path));
    parent.entries.set(nameOf(path), node);
    parent.mtime = node.mtime;
  }
}

const namesOf = (path: string) => (path === "" ? [] : path.split("/"));

function share(node: Node): void {
  if (node.shared) return;
  node.shared = true;
  if (node.kind === "folder") for (const entry of node.entries.values()) share(entry);
}

/** The entry as the container's own, copied from the image where it was shared. */
function ownEntry(folder: FolderNode, name: string): Node | undefined {
  const node = folder.entries.get(name);
  if (!node?.shared) return node;
  const copy = own(node);
  folder.entries.set(name, copy);
  return copy;
}

function own(node: Node): Node {
  const copy = { ...node, shared: false };
  if (copy.kind === "folder") copy.entries = new Map(copy.entries);
  if (copy.kind === "file") copy.content = copy.content.copy();
  return copy;
}
