import type { StreamStatus } from "./exit-status.ts";

/** The streams a client asks for. */
export interface WantedStreams {
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  tty: boolean;
}

/** The streams of one client, whatever carries them. */
export interface Channels {
  /** Ends when the client closes it or leaves. Undefined when the client did not ask for it. */
  stdin: AsyncIterable<Uint8Array> | undefined;
  stdout(chunk: Uint8Array): void;
  stderr(chunk: Uint8Array): void;
  resize(listen: (size: { columns: number; rows: number }) => void): void;
  /** Says how it ended, after all output, and closes. Resolves when the client is gone. */
  finish(status: StreamStatus): Promise<void>;
  /** Aborts when the client leaves. */
  signal: AbortSignal;
}
