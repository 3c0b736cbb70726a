import { STATUS_CODES } from "node:http";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import { StatusError } from "../api/status-error.ts";
import type { Status } from "../api/status-error.ts";
import { KubeletRefusal } from "./kubelet-refusal.ts";

/** A request that asks for another protocol, as Node's `upgrade` event gives it. */
export interface UpgradeRequest {
  request: IncomingMessage;
  socket: Duplex;
  /** What came behind the request's headers already. */
  head: Buffer;
}

/** Answers with an ordinary HTTP response that carries a Status, and closes. */
export function refuseUpgrade({ socket }: Pick<UpgradeRequest, "socket">, status: Status): void {
  respond(socket, status.code, "application/json", JSON.stringify(status));
}

/** Answers with what was thrown before the upgrade: a StatusError as JSON, a KubeletRefusal as text; anything else is thrown on. */
export function answerRefusal(upgrade: UpgradeRequest, error: unknown): void {
  if (error instanceof StatusError) return refuseUpgrade(upgrade, error.status);
  if (error instanceof KubeletRefusal) return respond(upgrade.socket, error.code, TEXT, `${error.message}\n`);
  refuseUpgrade(upgrade, StatusError.internal(error instanceof Error ? error.message : String(error)).status);
  throw error;
}

/** What the client asks for; undefined when it is neither. */
export function wantedUpgrade(request: IncomingMessage): "websocket" | "spdy" | undefined {
  const upgrade = request.headers.upgrade?.toLowerCase();
  if (upgrade === "websocket") return "websocket";
  return upgrade === "spdy/3.1" ? "spdy" : undefined;
}

/**
 * Chooses the first protocol of the client that the server knows, and switches to SPDY. A client that names none gets "", the oldest.
 * Undefined: they have none in common, and the client was told so (apimachinery pkg/util/httpstream.Handshake).
 */
export function acceptSpdy({ request, socket, head }: UpgradeRequest, known: readonly string[]): string | undefined {
  const offered = [request.headers["x-stream-protocol-version"] ?? []].flat().flatMap((value) => value.split(/,\s*/));
  const protocol = offered.length === 0 ? "" : offered.find((one) => known.includes(one));
  if (protocol === undefined) {
    refuseProtocol(socket, offered, known);
    return undefined;
  }
  if (head.length) socket.unshift(head);
  const headers = ["Connection: Upgrade", "Upgrade: SPDY/3.1", ...(protocol ? [`X-Stream-Protocol-Version: ${protocol}`] : [])];
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers.join("\r\n")}\r\n\r\n`);
  return protocol;
}

/** Like acceptSpdy, for WebSockets. `known` may hold "" for clients that name no protocol. */
export async function acceptWebSocket(
  upgrade: UpgradeRequest,
  known: readonly string[],
): Promise<[WebSocket, string] | undefined> {
  const { request, socket, head } = upgrade;
  const offered = request.headers["sec-websocket-protocol"]?.split(/,\s*/) ?? [""];
  const protocol = offered.find((one) => known.includes(one));
  if (protocol === undefined) {
    refuseProtocol(socket, offered, known.filter(Boolean));
    return undefined;
  }
  // ws rejects `SPDY/3.1+…`, whose slash no token may have: it never sees the header, and the answer's is written here.
  delete request.headers["sec-websocket-protocol"];
  const server = new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false });
  if (protocol) server.on("headers", (headers) => headers.push(`Sec-WebSocket-Protocol: ${protocol}`));
  const webSocket = await new Promise<WebSocket | undefined>((resolve) => {
    socket.once("close", () => resolve(undefined));
    server.handleUpgrade(request, socket, head, resolve);
  });
  webSocket?.on("error", () => {});
  return webSocket && [webSocket, protocol];
}

const TEXT = "text/plain; charset=utf-8";

function refuseProtocol(socket: Duplex, offered: readonly string[], known: readonly string[]): void {
  const why = `client supports [${offered.join(" ")}], server accepts [${known.join(" ")}]`;
  respond(socket, 403, TEXT, `unable to upgrade: unable to negotiate protocol: ${why}\n`);
}

function respond(socket: Duplex, code: number, type: string, body: string): void {
  const headers = [`Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(body)}`, "Connection: close"];
  socket.on("error", () => {});
  socket.end(`HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ""}\r\n${headers.join("\r\n")}\r\n\r\n${body}`);
}
