import type { Duplex } from "node:stream";
import type { Channels, WantedStreams } from "./channels.ts";
import { serveSpdy } from "./spdy.ts";
import type { SpdyStream } from "./spdy.ts";
import { resizeReader } from "./terminal-size.ts";

/**
 * Streams of one client over SPDY, of the protocols v4 to the first: the client opens them all, each with its `streamtype`
 * (kubelet pkg/cri/streaming/remotecommand/httpstream.go). Undefined when the client leaves before it opened them.
 */
export async function spdyChannels(socket: Duplex, protocol: string, wanted: WantedStreams): Promise<Channels | undefined> {
  const hasResize = wanted.tty && /^v[34]/.test(protocol);
  const expected = [
    "error",
    ...["stdin", "stdout", "stderr"].filter((name) => wanted[name as "stdin"]),
    ...(hasResize ? ["resize"] : []),
  ];
  const streams: Record<string, SpdyStream> = {};
  let allOpen!: (areOpen: boolean) => void;
  const opened = new Promise<boolean>((resolve) => (allOpen = resolve));
  const closed = serveSpdy(socket, (stream) => {
    const type = stream.headers["streamtype"] ?? "";
    if (!expected.includes(type) || streams[type]) return stream.destroy();
    streams[type] = stream;
    if (expected.every((name) => streams[name])) allOpen(true);
  });
  const gone = new AbortController();
  void closed.then(() => {
    allOpen(false);
    gone.abort(new Error("the client is gone"));
  });
  if (!(await opened)) return undefined;

  const { stdin, stdout, stderr, resize, error } = streams;
  const sizes = resizeReader();
  resize?.on("data", sizes.read);
  return {
    stdin: stdin && untilGone(stdin),
    stdout: (chunk) => void stdout?.write(chunk),
    stderr: (chunk) => void stderr?.write(chunk),
    resize: sizes.listen,
    signal: gone.signal,
    async finish(status) {
      stdin?.resume();
      stdout?.end();
      stderr?.end();
      error?.end(protocol.startsWith("v4") ? JSON.stringify(status) : status.message);
      await closed;
    },
  };
}

/** A client that leaves ends its input; it does not break the command that reads it. */
async function* untilGone(stream: SpdyStream): AsyncGenerator<Uint8Array> {
  try {
    yield* stream as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (!stream.destroyed) throw error;
  }
}
