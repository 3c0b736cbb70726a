import type { ContainerLog, LogLine } from "../kubelet/runtime.ts";

/** containerLogMaxSize: a log that has grown past it is rotated, and `kubectl logs` reads the newest part alone. */
const ROTATE_AFTER = 10 * 1024 * 1024;

/** What a container printed, cut into lines as the container runtime cuts it. */
export class ContainerOutput implements ContainerLog {
  readonly #now: () => number;
  readonly #listeners = new Set<(line: LogLine) => void>();
  readonly #rest = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  #lines: LogLine[] = [];
  #size = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  lines(): readonly LogLine[] {
    return this.#lines;
  }

  follow(listen: (line: LogLine) => void): () => void {
    this.#listeners.add(listen);
    return () => this.#listeners.delete(listen);
  }

  write(stream: LogLine["stream"], chunk: Uint8Array): void {
    let rest = Buffer.concat([this.#rest[stream], chunk]);
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
      this.#add(stream, rest.subarray(0, end));
      rest = rest.subarray(end + 1);
    }
    this.#rest[stream] = rest;
  }

  /** What has no line end yet becomes a line: the process is over. */
  end(): void {
    for (const stream of ["stdout", "stderr"] as const) {
      if (this.#rest[stream].byteLength > 0) this.#add(stream, this.#rest[stream]);
      this.#rest[stream] = Buffer.alloc(0);
    }
  }

  #add(stream: LogLine["stream"], bytes: Buffer): void {
    if (this.#size > ROTATE_AFTER) {
      this.#lines = [];
      this.#size = 0;
    }
    const line = { at: this.#now(), stream, text: bytes.toString() };
    this.#size += bytes.byteLength;
    this.#lines.push(line);
    for (const listen of this.#listeners) listen(line);
  }
}
