import { normalize } from "node:path/posix";
import type { VolumeFiles } from "./runtime.ts";

/** Folders that a node has whatever the pods do: those of a kind node that pods like to mount. */
const FOLDERS = [
  "/dev",
  "/etc/ca-certificates",
  "/etc/cni/net.d",
  "/etc/kubernetes/manifests",
  "/etc/kubernetes/pki/etcd",
  "/etc/ssl/certs",
  "/home",
  "/lib/modules",
  "/mnt",
  "/opt/cni/bin",
  "/opt/local-path-provisioner",
  "/proc",
  "/root",
  "/run/containerd",
  "/srv",
  "/sys/fs/cgroup",
  "/tmp",
  "/usr/libexec/kubernetes/kubelet-plugins/volume/exec",
  "/usr/local/share/ca-certificates",
  "/usr/share/ca-certificates",
  "/var/lib/containerd",
  "/var/lib/etcd",
  "/var/lib/kubelet",
  "/var/local",
  "/var/log/containers",
  "/var/log/pods",
];

const FILES = ["/etc/hostname", "/etc/hosts", "/etc/localtime", "/etc/machine-id", "/etc/os-release", "/run/xtables.lock"];

/** The files of a node, as hostPath volumes see them. All mounts of a path share its content. */
export class NodeFiles {
  readonly #files: Map<string, Buffer>;

  /** `files` is by absolute path and is written to; a folder that holds nothing has a slash at its end. */
  constructor(files = new Map<string, Buffer>()) {
    this.#files = files;
    for (const path of FOLDERS) if (!this.kindOf(path)) files.set(`${path}/`, Buffer.alloc(0));
    for (const path of FILES) if (!this.kindOf(path)) files.set(path, Buffer.alloc(0));
  }

  kindOf(path: string): "file" | "folder" | undefined {
    const key = clean(path);
    if (this.#files.has(key)) return "file";
    const prefix = key === "/" ? "/" : `${key}/`;
    for (const name of this.#files.keys()) if (name.startsWith(prefix)) return "folder";
    return undefined;
  }

  makeFile(path: string): void {
    this.#files.set(clean(path), Buffer.alloc(0));
  }

  /** Removes the path and all below it. */
  remove(path: string): void {
    const key = clean(path);
    for (const name of this.#files.keys()) if (name === key || name.startsWith(`${key}/`)) this.#files.delete(name);
  }

  /** The folder at the path, made if it is not there. */
  folder(path: string): VolumeFiles {
    const key = clean(path);
    if (!this.kindOf(key)) this.#files.set(`${key}/`, Buffer.alloc(0));
    return { files: new Below(this.#files, key === "/" ? "/" : `${key}/`), writable: true };
  }
}

const clean = (path: string): string => {
  const normal = normalize(path);
  return normal.length > 1 && normal.endsWith("/") ? normal.slice(0, -1) : normal;
};

/** The part of a map whose keys begin with a prefix, without it. */
class Below extends Map<string, Buffer> {
  readonly #all: Map<string, Buffer>;
  readonly #prefix: string;

  constructor(all: Map<string, Buffer>, prefix: string) {
    super();
    this.#all = all;
    this.#prefix = prefix;
  }

  override get size(): number {
    return [...this.keys()].length;
  }

  override get(key: string): Buffer | undefined {
    return key === "" ? undefined : this.#all.get(this.#prefix + key);
  }

  override has(key: string): boolean {
    return key !== "" && this.#all.has(this.#prefix + key);
  }

  override set(key: string, value: Buffer): this {
    this.#all.set(this.#prefix + key, value);
    return this;
  }

  override delete(key: string): boolean {
    return this.#all.delete(this.#prefix + key);
  }

  override clear(): void {
    for (const key of this.keys()) this.delete(key);
  }

  override *entries(): MapIterator<[string, Buffer]> {
    for (const [key, value] of this.#all) {
      if (key.startsWith(this.#prefix) && key !== this.#prefix) yield [key.slice(this.#prefix.length), value];
    }
  }

  override *keys(): MapIterator<string> {
    for (const [key] of this.entries()) yield key;
  }

  override *values(): MapIterator<Buffer> {
    for (const [, value] of this.entries()) yield value;
  }

  override forEach(visit: (value: Buffer, key: string, map: Map<string, Buffer>) => void): void {
    for (const [key, value] of this.entries()) visit(value, key, this);
  }

  override [Symbol.iterator](): MapIterator<[string, Buffer]> {
    return this.entries();
  }
}
