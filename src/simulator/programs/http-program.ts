import http from "node:http";
import https from "node:https";
import type { ProgramContext } from "./program.ts";

/**
 * Serves HTTP on a port of the pod until the process ends, with the headers a plain server sends: the date, by the cluster's
 * clock, and nothing of Node's own. Throws an Error with code EADDRINUSE when the port is taken.
 */
export function serveHTTP(
  context: ProgramContext,
  port: number,
  handle: (request: http.IncomingMessage, response: http.ServerResponse) => void | Promise<void>,
): void {
  const server = http.createServer({ requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 }, (request, response) => {
    response.setHeader("Date", new Date(context.clock.now()).toUTCString());
    response.removeHeader("Connection");
    context.account({ cpuSeconds: 0.0003 });
    // A client that goes in the middle of a request is no reason for the server to.
    Promise.resolve(handle(request, response)).catch(() => response.destroy());
  });
  context.host.listen(port, (connection) => server.emit("connection", connection));
}

/** The same over TLS, with a certificate the program made for itself. The certificate of a client is asked for, and not checked. */
export async function serveHTTPS(
  context: ProgramContext,
  port: number,
  handle: (request: http.IncomingMessage, response: http.ServerResponse) => void | Promise<void>,
): Promise<void> {
  const { createSelfSigned } = await import("../network/self-signed.ts");
  const { certificate, key } = await createSelfSigned("localhost", context.clock.now());
  const options = {
    cert: certificate,
    key,
    ALPNProtocols: ["http/1.1"],
    requestTimeout: 0,
    headersTimeout: 0,
    keepAliveTimeout: 0,
  };
  const server = https.createServer(options, (request, response) => {
    response.setHeader("Date", new Date(context.clock.now()).toUTCString());
    context.account({ cpuSeconds: 0.0006 });
    Promise.resolve(handle(request, response)).catch(() => response.destroy());
  });
  context.host.listen(port, (connection) => server.emit("connection", connection));
}

/** Resolves with the name of the signal that tells the process to end. */
export const untilSignal = ({ signal }: ProgramContext): Promise<string> =>
  new Promise((resolve) => {
    const tell = () => resolve(String(signal.reason));
    if (signal.aborted) tell();
    else signal.addEventListener("abort", tell, { once: true });
  });

/** What Go's runtime does when a program takes no care of a signal: process 1, which the signal does not kill, exits with 2. */
export async function untilGoDies(context: ProgramContext): Promise<number> {
  const signal = await untilSignal(context);
  if (context.processes.pid === 1) return 2;
  return signal === "SIGINT" ? 130 : 143;
}

/** `user-agent` as Go's net/http spells it: `User-Agent`. */
const canonicalHeader = (name: string): string => name.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());

/** The headers of a request as Go's net/http has them: without Host and Transfer-Encoding, sorted. */
export function goHeaders(request: http.IncomingMessage): [name: string, value: string][] {
  const { rawHeaders } = request;
  return rawHeaders
    .flatMap((name, index): [string, string][] => (index % 2 ? [] : [[canonicalHeader(name), rawHeaders[index + 1]!]]))
    .filter(([name]) => name !== "Host" && name !== "Transfer-Encoding")
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Who asks, as Go prints it: `10.244.1.2:40312`. */
export const remoteAddress = ({ socket }: http.IncomingMessage): string => `${socket.remoteAddress}:${socket.remotePort}`;
