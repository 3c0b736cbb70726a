import { createServer, type Server } from "node:https";
import { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { Pipeline } from "./pipeline.ts";

export interface ServerIdentity {
  /** PEM. */
  key: string;
  certificate: string;
  /** The CA that client certificates must be signed by. */
  ca: string;
}

/** Seconds an idle connection is kept: kubectl reuses it within one command, informers between lists. */
const KEEP_ALIVE = 90_000;

/** The API server on loopback. Resolves to the server and its port once it listens; rejects when the port is taken. */
export function serveApi(pipeline: Pipeline, identity: ServerIdentity, port: number): Promise<{ server: Server; port: number }> {
  const { key, certificate, ca } = identity;
  const server = createServer(
    { key, cert: certificate, ca, requestCert: true, rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] },
    (request, response) => void pipeline.handle(request, response),
  );
  server.keepAliveTimeout = KEEP_ALIVE;
  server.requestTimeout = 0;
  server.on("upgrade", (request, socket: Duplex, head: Buffer) => {
    const response = new ServerResponse(request);
    response.assignSocket(socket as TLSSocket);
    upgrades.set(request, { socket, head });
    void pipeline.handle(request, response);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      const address = server.address();
      resolve({ server, port: typeof address === "object" && address ? address.port : port });
    });
  });
}

/** The raw connection of a request that asks to change protocol; handlers of streams take it over from the response. */
export const upgrades = new WeakMap<object, { socket: Duplex; head: Buffer }>();
