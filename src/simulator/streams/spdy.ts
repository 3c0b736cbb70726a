import { Duplex } from "node:stream";
import { headerCodec } from "./spdy-headers.ts";
import type { SpdyHeaders } from "./spdy-headers.ts";

/** Control frame types of SPDY/3.1 that mean something here. */
const SYN_STREAM = 1;
const SYN_REPLY = 2;
const RST_STREAM = 3;
const PING = 6;
const GOAWAY = 7;
const HEADERS = 8;
const WINDOW_UPDATE = 9;

const FIN = 1;
const CANCEL = 5;

/** Bytes of a stream kept for a slow reader before the whole connection waits for it. */
const STREAM_BUFFER = 256 * 1024;
const LARGEST_FRAME = 64 * 1024;

/** One stream of a connection. Ending it sends FIN, destroying it RST_STREAM. */
export type SpdyStream = Duplex & { readonly id: number; readonly headers: SpdyHeaders };

/**
 * Speaks the server's side of SPDY/3.1 over a byte stream and hands every stream that the client opens to `accept`. Resolves when the
 * connection is over; streams still open are then destroyed.
 *
 * Reading is paced: data is acknowledged (WINDOW_UPDATE) when a stream has room for it. Writing is paced by the connection alone,
 * for Kubernetes' clients announce no windows (github.com/moby/spdystream).
 */
export async function serveSpdy(connection: Duplex, accept: (stream: SpdyStream) => void): Promise<void> {
  const streams = new Map<number, Stream>();
  const codec = headerCodec();
  let goingAway = false;

  const open = async (id: number, flags: number, block: Buffer) => {
    const stream = new Stream(connection, id, await codec.read(block));
    streams.set(id, stream);
    stream.once("close", () => {
      streams.delete(id);
      if (goingAway && streams.size === 0) connection.end();
    });
    sendControl(connection, SYN_REPLY, [uint32(id), await codec.write({})]);
    if (flags & FIN) await stream.receive(Buffer.alloc(0), true);
    accept(stream);
  };

  const control = async (type: number, flags: number, body: Buffer) => {
    const id = body.readUInt32BE(0) & 0x7fffffff;
    if (type === SYN_STREAM) await open(id, flags, body.subarray(10));
    else if (type === HEADERS || type === SYN_REPLY) await codec.read(body.subarray(4));
    else if (type === PING) sendControl(connection, PING, [body]);
    else if (type === RST_STREAM) streams.get(id)?.reset();
    else if (type === GOAWAY) goingAway = true;
  };

  connection.on("error", () => {});
  try {
    for await (const frame of frames(connection)) {
      const flags = frame[4]!;
      const body = frame.subarray(8);
      if (frame[0]! & 0x80) await control(frame.readUInt16BE(2), flags, body);
      else await streams.get(frame.readUInt32BE(0))?.receive(body, (flags & FIN) !== 0);
    }
  } catch {
    // A client that went away, or one that does not speak SPDY: either way the connection is over.
  } finally {
    connection.destroy();
    for (const stream of streams.values()) stream.reset();
  }
}

async function* frames(connection: Duplex): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of connection as AsyncIterable<Buffer>) {
    rest = rest.length ? Buffer.concat([rest, chunk]) : chunk;
    for (;;) {
      const end = rest.length < 8 ? Infinity : 8 + rest.readUIntBE(5, 3);
      if (rest.length < end) break;
      yield rest.subarray(0, end);
      rest = rest.subarray(end);
    }
  }
}

class Stream extends Duplex {
  readonly id: number;
  readonly headers: SpdyHeaders;
  readonly #connection: Duplex;
  #wasReset = false;
  #gotFin = false;
  #roomForMore: (() => void) | undefined;

  constructor(connection: Duplex, id: number, headers: SpdyHeaders) {
    super({ readableHighWaterMark: STREAM_BUFFER });
    this.#connection = connection;
    this.id = id;
    this.headers = headers;
    // Whoever listens hears of errors; a client that left is not worth a crash.
    this.on("error", () => {});
  }

  /** Data from the client; resolves when there is room for more. */
  async receive(data: Buffer, isLast: boolean): Promise<void> {
    if (this.#gotFin || this.destroyed) return;
    const hasRoom = data.length === 0 || this.push(data);
    this.#gotFin = isLast;
    if (isLast) this.push(null);
    else if (!hasRoom) await new Promise<void>((resolve) => (this.#roomForMore = resolve));
    if (data.length === 0) return;
    for (const id of [this.id, 0]) sendControl(this.#connection, WINDOW_UPDATE, [uint32(id), uint32(data.length)]);
  }

  /** The client gave the stream up, or is gone. */
  reset(): void {
    this.#wasReset = true;
    this.destroy();
  }

  override _read(): void {
    this.#roomForMore?.();
    this.#roomForMore = undefined;
  }

  override _write(chunk: Buffer, _: string, done: (error?: Error | null) => void): void {
    for (let at = 0; at < chunk.length; at += LARGEST_FRAME) {
      const part = chunk.subarray(at, at + LARGEST_FRAME);
      this.#send(0, part, at + part.length === chunk.length ? done : undefined);
    }
    if (chunk.length === 0) done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#send(FIN, Buffer.alloc(0), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.#wasReset && !(this.#gotFin && this.writableFinished))
      sendControl(this.#connection, RST_STREAM, [uint32(this.id), uint32(CANCEL)]);
    this._read();
    done(error);
  }

  #send(flags: number, data: Buffer, done?: (error?: Error | null) => void): void {
    const header = Buffer.alloc(8);
    header.writeUInt32BE(this.id, 0);
    header[4] = flags;
    header.writeUIntBE(data.length, 5, 3);
    if (this.#connection.writable) this.#connection.write(Buffer.concat([header, data]), done);
    else done?.(new Error("the connection is closed"));
  }
}

function sendControl(connection: Duplex, type: number, body: Buffer[]): void {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(0x8003, 0);
  header.writeUInt16BE(type, 2);
  header.writeUIntBE(Buffer.concat(body).length, 5, 3);
  if (connection.writable) connection.write(Buffer.concat([header, ...body]));
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
