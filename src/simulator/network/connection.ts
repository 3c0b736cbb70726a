import { Duplex } from "node:stream";
import type { Traffic } from "./network.ts";

/** Bytes of a full packet. */
const SEGMENT = 1448;

export interface Address {
  ip: string;
  port: number;
}

/**
 * Two ends of one TCP connection. Bytes written to one are read from the other, with back-pressure and half-close.
 * The client sees the address it asked for, the server its own: between them stands what translates Services.
 */
export function connectionPair(ends: { client: Address; addressed: Address; server: Address }) {
  const near = new MemoryConnection(ends.client, ends.addressed);
  const far = new MemoryConnection(ends.server, ends.client);
  near.join(far);
  far.join(near);
  return { near, far };
}

/**
 * What net.Socket is to node:http, without a socket. `destroy()` closes as a process that ends does: the other end reads
 * an end of file, and its later writes fail with EPIPE. `reset()` is an RST.
 */
export class MemoryConnection extends Duplex {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly remoteFamily = "IPv4";
  /** Where this end's bytes are counted. */
  traffic: Traffic | undefined;
  #peer!: MemoryConnection;
  /** Ends the other end's write that found no room here. */
  #room: ((error?: Error) => void) | undefined;
  #atEnd = false;

  constructor(local: Address, remote: Address) {
    super({ allowHalfOpen: true });
    this.localAddress = local.ip;
    this.localPort = local.port;
    this.remoteAddress = remote.ip;
    this.remotePort = remote.port;
    // A reset with nobody listening for it is no reason to end the simulator.
    this.on("error", () => {});
  }

  join(peer: MemoryConnection): void {
    this.#peer = peer;
  }

  reset(): void {
    this.#peer.destroy(streamError("ECONNRESET"));
    this.destroy(streamError("ECONNRESET"));
  }

  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {
    const room = this.#room;
    this.#room = undefined;
    room?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    const peer = this.#peer;
    this.#count(chunk.byteLength);
    if (peer.destroyed) done(streamError("EPIPE"));
    else if (peer.push(chunk)) done();
    else peer.#room = done;
  }

  override _final(done: () => void): void {
    this.#peer.#end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#peer.#end();
    this.#room?.(streamError("EPIPE"));
    this.#room = undefined;
    done(error);
  }

  #count(bytes: number): void {
    const packets = Math.ceil(bytes / SEGMENT);
    const [own, others] = [this.traffic, this.#peer.traffic];
    if (own) {
      own.sentBytes += bytes;
      own.sentPackets += packets;
    }
    if (others) {
      others.receivedBytes += bytes;
      others.receivedPackets += packets;
    }
  }

  #end(): void {
    if (this.destroyed || this.#atEnd) return;
    this.#atEnd = true;
    this.push(null);
  }
}

const streamError = (code: "EPIPE" | "ECONNRESET") => {
  const syscall = code === "EPIPE" ? "write" : "read";
  return Object.assign(new Error(`${syscall} ${code}`), { code, syscall });
};
