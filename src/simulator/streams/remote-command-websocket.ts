import { Readable } from "node:stream";
import type { RawData, WebSocket } from "ws";
import type { Channels, WantedStreams } from "./channels.ts";
import { resizeReader } from "./terminal-size.ts";

/** The first byte of a message. */
const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const RESIZE = 4;
/** v5: the channel named by the second byte is at its end. */
const CLOSE = 255;

/** Bytes of stdin kept for a slow command before the client has to wait. */
const STDIN_BUFFER = 1024 * 1024;
/** As much as a Go copy loop sends at once. */
const LARGEST_MESSAGE = 32 * 1024;

/** Pings that a client answers, one after another, before it is told anything. */
const PINGS = 3;

/**
 * Streams of one client over a WebSocket of the protocols v5, v4 and the nameless first (apiserver pkg/util/proxy/websocket.go),
 * once it can read them.
 */
export async function webSocketChannels(webSocket: WebSocket, protocol: string, wanted: WantedStreams): Promise<Channels> {
  const ready = canRead(webSocket);
  const gone = new AbortController();
  const closed = new Promise<void>((resolve) => webSocket.once("close", () => resolve()));
  const stdin = new Readable({ highWaterMark: STDIN_BUFFER, read: () => webSocket.resume() });
  stdin.on("error", () => {});
  const sizes = resizeReader();

  webSocket.on("message", (data: RawData) => {
    const message = bytesOf(data);
    const content = message.subarray(1);
    if (message[0] === STDIN && wanted.stdin && content.length && !stdin.readableEnded) {
      if (!stdin.push(content)) webSocket.pause();
    } else if (message[0] === RESIZE) sizes.read(content);
    else if (message[0] === CLOSE && content[0] === STDIN) stdin.push(null);
  });
  void closed.then(() => {
    stdin.push(null);
    gone.abort(new Error("the client is gone"));
  });

  const send = (channel: number, content: Uint8Array) => {
    for (let at = 0; at === 0 || at < content.length; at += LARGEST_MESSAGE) {
      webSocket.send(Buffer.concat([Buffer.of(channel), content.subarray(at, at + LARGEST_MESSAGE)]));
    }
  };
  await ready;
  // An empty message tells the client that the connection stands.
  send(wanted.stdout ? STDOUT : wanted.stderr ? STDERR : ERROR, new Uint8Array());

  return {
    stdin: wanted.stdin ? stdin : undefined,
    stdout: (chunk) => send(STDOUT, chunk),
    stderr: (chunk) => send(STDERR, chunk),
    resize: sizes.listen,
    signal: gone.signal,
    async finish(status) {
      if (/^v[45]/.test(protocol)) send(ERROR, Buffer.from(JSON.stringify(status)));
      else if (status.status === "Failure") send(ERROR, Buffer.from(status.message ?? ""));
      webSocket.resume();
      webSocket.close(1000);
      await closed;
    },
  };
}

/**
 * kubectl 1.29 to 1.33 begins to read before it has made the streams to read into. What comes in between it throws away, and when
 * all has come it fails with exit code 1 (kubernetes/kubernetes#131189). A real command takes longer to start than kubectl needs;
 * ours can be over sooner, above all on a busy machine. Whoever sends something has its streams; of others the pongs tell that
 * they read, and on a busy machine take their time.
 */
function canRead(webSocket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    let left = PINGS;
    const ping = () => (left-- > 0 ? webSocket.ping() : resolve());
    webSocket.on("pong", ping);
    webSocket.once("message", () => resolve());
    webSocket.once("close", () => resolve());
    ping();
  });
}

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}
