import http from "node:http";
import { isIP } from "node:net";
import tls from "node:tls";
import type { Host } from "./network.ts";

export interface FetchOptions {
  method?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  signal?: AbortSignal;
  /** For https: PEM of the authorities to trust, or no checks at all. */
  tls?: { ca?: string; insecure?: boolean };
}

/** The head of an answer, and its body as it comes. */
export type FetchResponse = http.IncomingMessage & { statusCode: number; statusMessage: string };

/** The name is not known, or no name server answers. */
export class ResolveError extends Error {}

/**
 * One HTTP request from a host of the cluster network, its name resolved as that host resolves names. Follows no redirects.
 * Rejects with a ResolveError, a DialError, or what node:http and node:tls say.
 */
export async function hostFetch(host: Host, url: string | URL, options: FetchOptions = {}): Promise<FetchResponse> {
  const { hostname, port, protocol, pathname, search } = new URL(url);
  const [ip] = host.resolve(hostname) ?? [];
  if (!ip) throw new ResolveError(`lookup ${hostname}: no such host`);
  const secure = protocol === "https:";
  const connection = await host.connect(ip, Number(port || (secure ? 443 : 80)));
  const { ca, insecure } = options.tls ?? {};
  const socket = secure
    ? tls.connect({
        socket: connection,
        host: hostname,
        // An address is no name for SNI; the certificate is checked for it all the same.
        ...(isIP(hostname) === 0 && { servername: hostname }),
        rejectUnauthorized: !insecure,
        ...(ca && { ca }),
      })
    : connection;

  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        createConnection: () => socket as never,
        host: hostname,
        ...(port && { port }),
        path: pathname + search,
        method: options.method ?? "GET",
        ...(options.headers && { headers: options.headers }),
        ...(options.signal && { signal: options.signal }),
      },
      (response) => resolve(response as FetchResponse),
    );
    request.on("error", (error) => {
      connection.destroy();
      reject(error);
    });
    request.end(options.body);
  });
}

/** The whole body of an answer. */
export async function readBody(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
