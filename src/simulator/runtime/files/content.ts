/** Bytes of a file, in the pieces they were written in: a file of a hundred equal blocks costs one. */
export class Content {
  #chunks: Uint8Array[];
  size: number;

  constructor(chunks: Uint8Array[] = []) {
    this.#chunks = chunks;
    this.size = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  }

  append(chunk: Uint8Array): void {
    if (chunk.byteLength === 0) return;
    this.#chunks.push(chunk);
    this.size += chunk.byteLength;
  }

  /** The whole, to be left unchanged. */
  bytes(): Buffer {
    if (this.#chunks.length !== 1 || !Buffer.isBuffer(this.#chunks[0])) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] as Buffer;
  }

  copy(): Content {
    return new Content([...this.#chunks]);
  }
}
