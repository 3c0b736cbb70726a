import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createWebSocketStream } from "ws";
import { StatusError } from "../api/status-error.ts";
import { serveSpdy } from "./spdy.ts";
import type { SpdyStream } from "./spdy.ts";
import { acceptSpdy, acceptWebSocket, answerRefusal, refuseUpgrade, wantedUpgrade } from "./upgrade.ts";
import type { UpgradeRequest } from "./upgrade.ts";

/** Where a client's connections go. */
export interface PortForwardTarget {
  /** The pod's sandbox and network namespace, as they stand in error texts. */
  sandboxId: string;
  networkNamespace: string;
  /** Connects to a port of the pod's loopback; rejects with an Error that says why: `connect: connection refused`. */
  connect(port: number): Promise<Duplex>;
}

const SPDY_PROTOCOL = "portforward.k8s.io";
/** SPDY frames in the messages of a WebSocket. */
const TUNNEL_PROTOCOL = "SPDY/3.1+portforward.k8s.io";

/**
 * Serves `port-forward`, over SPDY or SPDY within a WebSocket. `prepare` runs first; a StatusError or KubeletRefusal of it is an ordinary
 * HTTP answer. Resolves when the client is gone (kubelet pkg/cri/streaming/portforward; apiserver pkg/util/proxy tunneling).
 */
export async function servePortForward(upgrade: UpgradeRequest, prepare: () => Promise<PortForwardTarget>): Promise<void> {
  const how = wantedUpgrade(upgrade.request);
  if (!how) return refuseUpgrade(upgrade, StatusError.badRequest("Upgrade request required").status);
  let target: PortForwardTarget;
  try {
    target = await prepare();
  } catch (error) {
    return answerRefusal(upgrade, error);
  }
  const connection = await openConnection(upgrade, how);
  if (connection) await serveSpdy(connection, pairStreams(target));
}

async function openConnection(upgrade: UpgradeRequest, how: "websocket" | "spdy"): Promise<Duplex | undefined> {
  if (how === "spdy") return acceptSpdy(upgrade, [SPDY_PROTOCOL]) === undefined ? undefined : upgrade.socket;
  const accepted = await acceptWebSocket(upgrade, [TUNNEL_PROTOCOL]);
  return accepted && createWebSocketStream(accepted[0]);
}

/** The client opens two streams for each connection, of one request id: `error` and `data`. */
function pairStreams(target: PortForwardTarget): (stream: SpdyStream) => void {
  const waiting = new Map<string, SpdyStream>();
  return (stream) => {
    const { streamtype, port = "", requestid = "" } = stream.headers;
    const isPort = /^\d+$/.test(port) && Number(port) > 0 && Number(port) < 65_536;
    if (!isPort || (streamtype !== "error" && streamtype !== "data")) return stream.destroy();
    const other = waiting.get(requestid);
    if (!other) {
      waiting.set(requestid, stream);
      stream.once("close", () => waiting.delete(requestid));
      return;
    }
    if (other.headers["streamtype"] === streamtype) return stream.destroy();
    waiting.delete(requestid);
    const [error, data] = streamtype === "data" ? [other, stream] : [stream, other];
    void forward(target, Number(port), data, error);
  };
}

async function forward(target: PortForwardTarget, port: number, data: SpdyStream, error: SpdyStream): Promise<void> {
  error.resume();
  let connection: Duplex;
  try {
    connection = await target.connect(port);
  } catch (reason) {
    data.end();
    error.end(refusal(target, port, reason instanceof Error ? reason.message : String(reason)));
    return;
  }
  // Either side may go in the middle; the other is then closed, which is all that it has to know.
  const upstream = pipeline(data, connection).catch(() => void connection.destroy());
  // kubectl waits for the end of the error stream as soon as the pod's side has ended, before it ends its own.
  await pipeline(connection, data).catch(() => data.destroy());
  error.end();
  await upstream;
}

/** As containerd puts it, down to the space at the end. */
function refusal({ sandboxId, networkNamespace }: PortForwardTarget, port: number, why: string): string {
  return (
    `error forwarding port ${port} to pod ${sandboxId}, uid : failed to execute portforward in network namespace "${networkNamespace}": ` +
    `failed to connect to localhost:${port} inside namespace "${sandboxId}", IPv4: dial tcp4 127.0.0.1:${port}: ${why} ` +
    `IPv6 dial tcp6 [::1]:${port}: ${why} `
  );
}
