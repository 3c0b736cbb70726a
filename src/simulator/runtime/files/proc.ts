import type { FileStat } from "../../programs/program.ts";
import { MACHINE } from "../machine.ts";
import { FileError } from "./file-error.ts";
import type { FileSystem } from "./file-system.ts";

export interface ProcFacts {
  processes(): readonly { pid: number; ppid: number; argv: readonly string[]; startedAt: number }[];
  /** The main process' environment. */
  env(): Readonly<Record<string, string>>;
  mounts(): readonly string[];
  memoryUsed(): number;
  print(stream: "stdout" | "stderr", chunk: Uint8Array): void;
  now(): number;
}

interface Entry {
  read?(): string;
  write?(chunk: Uint8Array): void;
}

/** /proc, as far as a learner looks into it: figures of the machine, and each process' command line, status and outputs. */
export class ProcFileSystem implements FileSystem {
  readonly #facts: ProcFacts;
  readonly #startedAt: number;

  constructor(facts: ProcFacts) {
    this.#facts = facts;
    this.#startedAt = facts.now();
  }

  stat(path: string): FileStat | undefined {
    const about = { mtime: this.#startedAt, size: 0 };
    if (path === "self") return { ...about, kind: "link", mode: 0o777, target: "1" };
    const entry = this.#entries().get(path);
    if (entry) return { ...about, kind: entry.write ? "device" : "file", mode: 0o444 };
    return this.#isFolder(path) ? { ...about, kind: "folder", mode: 0o555 } : undefined;
  }

  list(path: string): string[] {
    if (!this.#isFolder(path)) throw new FileError("ENOENT", `/proc/${path}`, "scandir");
    const prefix = path && `${path}/`;
    const below = [...this.#entries().keys()]
      .filter((one) => one.startsWith(prefix))
      .map((one) => one.slice(prefix.length).split("/")[0]!);
    return [...new Set(path === "" ? ["self", ...below] : below)].toSorted();
  }

  read(path: string): Buffer {
    const entry = this.#entries().get(path);
    if (!entry) throw new FileError(this.#isFolder(path) ? "EISDIR" : "ENOENT", `/proc/${path}`);
    return Buffer.from(entry.read?.() ?? "");
  }

  write(path: string, content: Uint8Array): void {
    const entry = this.#entries().get(path);
    if (!entry?.write) throw new FileError(entry ? "EACCES" : "ENOENT", `/proc/${path}`);
    entry.write(content);
  }

  makeFolder(path: string): never {
    throw new FileError("ENOENT", `/proc/${path}`, "mkdir");
  }

  makeLink(path: string): never {
    throw new FileError("ENOENT", `/proc/${path}`, "symlink");
  }

  remove(path: string): never {
    throw new FileError("EACCES", `/proc/${path}`, "unlink");
  }

  rename(path: string): never {
    throw new FileError("EACCES", `/proc/${path}`, "rename");
  }

  setMode(path: string): never {
    throw new FileError("EACCES", `/proc/${path}`, "chmod");
  }

  setTime(path: string): never {
    throw new FileError("EACCES", `/proc/${path}`, "utime");
  }

  #isFolder(path: string): boolean {
    return path === "" || [...this.#entries().keys()].some((one) => one.startsWith(`${path}/`));
  }

  #entries(): Map<string, Entry> {
    const { processes, env, mounts, print, now, memoryUsed } = this.#facts;
    const uptime = () => ((now() - this.#startedAt) / 1000).toFixed(2);
    const free = () => MACHINE.memory - Math.round(memoryUsed() / 1024);
    const entries = new Map<string, Entry>([
      [
        "cpuinfo",
        {
          read: () =>
            Array.from(
              { length: MACHINE.cpus },
              (_, index) => `processor\t: ${index}\nmodel name\t: Simulated CPU\ncpu MHz\t\t: 2400.000\n\n`,
            ).join(""),
        },
      ],
      [
        "loadavg",
        { read: () => `0.08 0.03 0.01 1/${processes().length + 90} ${Math.max(...processes().map(({ pid }) => pid))}\n` },
      ],
      [
        "meminfo",
        { read: () => `MemTotal:       ${MACHINE.memory} kB\nMemFree:        ${free()} kB\nMemAvailable:   ${free()} kB\n` },
      ],
      [
        "mounts",
        {
          read: () =>
            mounts()
              .map((path) => `none ${path} tmpfs rw,relatime 0 0\n`)
              .join(""),
        },
      ],
      ["uptime", { read: () => `${uptime()} ${uptime()}\n` }],
      ["version", { read: () => "Linux version 6.1.0 (simulated) #1 SMP PREEMPT_DYNAMIC\n" }],
      ["sys/kernel/hostname", { read: () => `${env()["HOSTNAME"] ?? ""}\n` }],
    ]);
    for (const { pid, ppid, argv } of processes()) {
      entries.set(`${pid}/cmdline`, { read: () => argv.map((arg) => `${arg}\0`).join("") });
      entries.set(`${pid}/comm`, { read: () => `${argv[0]?.split("/").at(-1)}\n` });
      entries.set(`${pid}/status`, {
        read: () =>
          `Name:\t${argv[0]?.split("/").at(-1)}\nState:\tS (sleeping)\nPid:\t${pid}\nPPid:\t${ppid}\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n`,
      });
      entries.set(`${pid}/environ`, {
        read: () =>
          Object.entries(env())
            .map(([name, value]) => `${name}=${value}\0`)
            .join(""),
      });
      entries.set(`${pid}/fd/1`, { write: (chunk) => print("stdout", chunk) });
      entries.set(`${pid}/fd/2`, { write: (chunk) => print("stderr", chunk) });
    }
    return entries;
  }
}
