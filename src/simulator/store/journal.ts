import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { KubeObject } from "../api/object.ts";
import { StatusError } from "../api/status-error.ts";
import { objectJson } from "./serialise.ts";

/** Journal bytes after which a snapshot is taken and the journal starts anew. */
const COMPACT_AFTER = 8 * 1024 * 1024;

/** What the disk remembers: the counter, and the objects by resource. */
export interface Recovered {
  version: number;
  objects: Map<string, KubeObject[]>;
}

type Record = { put: string; object: KubeObject } | { remove: string; key: string; version: number } | { end: number };

/**
 * The cluster's memory on disk: `snapshot-V.ndjson`, the whole state at version V, and `journal-V.ndjson`, every write since,
 * a line each. A line is handed to the operating system before the write is acknowledged, so killing the process loses
 * nothing; a line torn by a crash or a full disk is cut off.
 */
export class Journal {
  readonly #folder: string;
  #file = -1;
  #size = 0;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Reads the newest whole snapshot and its journal, and opens that journal for writing. */
  recover(): Recovered {
    const base = this.#snapshots().at(-1) ?? 1;
    const objects = new Map<string, Map<string, KubeObject>>();
    let version = base;
    const apply = (record: Record) => {
      if ("end" in record) return;
      const resource = "put" in record ? record.put : record.remove;
      let table = objects.get(resource);
      if (!table) objects.set(resource, (table = new Map()));
      if ("put" in record) {
        const { namespace = "", name, resourceVersion } = record.object.metadata;
        table.set(`${namespace}/${name}`, record.object);
        version = Math.max(version, Number(resourceVersion));
      } else {
        table.delete(record.key);
        version = Math.max(version, record.version);
      }
    };
    if (base > 1) readRecords(this.#path("snapshot", base)).records.forEach(apply);
    this.#open(base);
    const { records, length } = readRecords(this.#path("journal", base));
    records.forEach(apply);
    if (length < this.#size) ftruncateSync(this.#file, length);
    this.#size = length;
    return { version, objects: new Map([...objects].map(([resource, table]) => [resource, [...table.values()]])) };
  }

  put(resource: string, object: KubeObject): void {
    this.#append(putLine(resource, object));
  }

  remove(resource: string, key: string, version: number): void {
    this.#append(`${JSON.stringify({ remove: resource, key, version })}\n`);
  }

  /** Takes a snapshot when the journal has grown long; costs a few milliseconds then, nothing otherwise. */
  compactWhenDue(version: number, tables: () => Iterable<[string, { objects: Map<string, KubeObject> }]>): void {
    if (this.#size < COMPACT_AFTER) return;
    const path = this.#path("snapshot", version);
    const file = openSync(`${path}.tmp`, "w", 0o600);
    for (const [resource, { objects }] of tables()) {
      for (const object of objects.values()) writeSync(file, putLine(resource, object));
    }
    writeSync(file, `${JSON.stringify({ end: version })}\n`);
    closeSync(file);
    renameSync(`${path}.tmp`, path);
    closeSync(this.#file);
    this.#open(version);
    for (const name of readdirSync(this.#folder)) {
      const match = /^(?:snapshot|journal)-(\d+)\.ndjson(?:\.tmp)?$/.exec(name);
      if (match && Number(match[1]) < version) rmSync(join(this.#folder, name), { force: true });
    }
  }

  close(): void {
    if (this.#file >= 0) closeSync(this.#file);
    this.#file = -1;
  }

  #append(line: string): void {
    const bytes = Buffer.from(line);
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.#file, bytes, written);
    } catch (error) {
      if (written > 0) ftruncateSync(this.#file, this.#size);
      const cause = error instanceof Error ? error.message : String(error);
      throw StatusError.internal(`the practice cluster cannot write its state to ${this.#folder}: ${cause}`);
    }
    this.#size += bytes.length;
  }

  #open(base: number): void {
    this.#file = openSync(this.#path("journal", base), "a+", 0o600);
    this.#size = fstatSync(this.#file).size;
  }

  /** Versions of the whole snapshots, oldest first. */
  #snapshots(): number[] {
    const versions = readdirSync(this.#folder).flatMap((name) => /^snapshot-(\d+)\.ndjson$/.exec(name)?.[1] ?? []);
    return versions.map(Number).sort((a, b) => a - b);
  }

  #path(part: "snapshot" | "journal", version: number): string {
    return join(this.#folder, `${part}-${version}.ndjson`);
  }
}

const putLine = (resource: string, object: KubeObject) => `{"put":${JSON.stringify(resource)},"object":${objectJson(object)}}\n`;

/** Records of a file, and the bytes they take: what follows the last whole line is torn. */
function readRecords(path: string): { records: Record[]; length: number } {
  if (!existsSync(path)) return { records: [], length: 0 };
  const content = readFileSync(path);
  const length = content.lastIndexOf(0x0a) + 1;
  const lines = content.toString("utf8", 0, length).split("\n").slice(0, -1);
  return { records: lines.map((line) => JSON.parse(line) as Record), length };
}
