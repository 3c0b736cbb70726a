import type { Input } from "./program.ts";

/** Linux' pipe buffer. */
const CAPACITY = 65_536;

/** Bytes from writers to readers, in order, with back-pressure. Either end may close first. */
export class BytePipe implements Input {
  readonly #chunks: Uint8Array[] = [];
  #size = 0;
  #ended = false;
  #closed = false;
  #readers: (() => void)[] = [];
  #writers: (() => void)[] = [];

  /** Resolves when there is room. Rejects with EPIPE when the reader has gone. */
  async write(chunk: Uint8Array): Promise<void> {
    if (this.#closed) throw brokenPipe();
    if (this.#ended || chunk.byteLength === 0) return;
    this.#chunks.push(chunk);
    this.#size += chunk.byteLength;
    this.#wakeReaders();
    if (this.#size <= CAPACITY) return;
    await new Promise<void>((resolve) => this.#writers.push(resolve));
    if (this.#closed) throw brokenPipe();
  }

  /** One reader sees the end, as after ^D on a terminal; then it goes on. */
  endOfFile(): void {
    this.#chunks.push(new Uint8Array(0));
    this.#wakeReaders();
  }

  /** No more will be written. */
  end(): void {
    this.#ended = true;
    this.#wakeReaders();
  }

  /** Nobody will read any more. */
  close(): void {
    this.#closed = true;
    this.#chunks.length = 0;
    this.#size = 0;
    this.#wakeReaders();
    this.#wakeWriters();
  }

  async read(reader?: AbortSignal): Promise<Uint8Array | undefined> {
    while (this.#chunks.length === 0 && !this.#ended && !this.#closed && !reader?.aborted) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          reader?.removeEventListener("abort", wake);
          resolve();
        };
        this.#readers.push(wake);
        reader?.addEventListener("abort", wake);
      });
    }
    if (reader?.aborted) return undefined;
    const chunk = this.#chunks.shift();
    this.#size -= chunk?.byteLength ?? 0;
    if (this.#size <= CAPACITY) this.#wakeWriters();
    return chunk?.byteLength ? chunk : undefined;
  }

  unread(chunk: Uint8Array): void {
    if (chunk.byteLength === 0) return;
    this.#chunks.unshift(chunk);
    this.#size += chunk.byteLength;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (let chunk = await this.read(); chunk; chunk = await this.read()) yield chunk;
  }

  #wakeReaders(): void {
    const waiting = this.#readers;
    this.#readers = [];
    for (const wake of waiting) wake();
  }

  #wakeWriters(): void {
    const waiting = this.#writers;
    this.#writers = [];
    for (const wake of waiting) wake();
  }
}

const brokenPipe = () => Object.assign(new Error("write EPIPE"), { code: "EPIPE" });

/** /dev/null as stdin. */
export const noInput: Input = {
  read: async () => undefined,
  unread() {},
  async *[Symbol.asyncIterator]() {},
};
