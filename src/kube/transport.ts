import { Agent, request as sendRequest, type RequestOptions } from "node:https";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { ClusterUnreachable, KubeconfigError } from "./api-error.ts";

/** Which cluster, and how one is known there: one context of one file, whatever the user's own kubectl is set to. */
export interface KubeTarget {
  /** Absolute path. */
  kubeconfig: string;
  context: string;
  /** What the file says, where it is not to be read: it need not be there yet. */
  text?: string;
}

export interface KubeRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Begins with a slash. */
  path: string;
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

export interface KubeResponse {
  status: number;
  body: string;
}

/** Sends one request and gives whatever the server answers. @throws ClusterUnreachable */
export type Send = (request: KubeRequest) => Promise<KubeResponse>;

/** Milliseconds of silence after which a server counts as unreachable. A proxied request may rightly take some. */
const SILENCE = 35_000;

/** To one server at a time: a handshake costs both sides more than most requests. */
const CONNECTIONS = 6;

/** The file's context as client-node knows it: with its credentials, exec plugins and proxies. @throws KubeconfigError */
export function loadConfig({ kubeconfig, context, text }: KubeTarget): KubeConfig {
  const config = new KubeConfig();
  try {
    if (text === undefined) config.loadFromFile(kubeconfig);
    else config.loadFromString(text);
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw new KubeconfigError(missing ? "file-missing" : "file-broken", kubeconfig, context, { cause: error });
  }
  config.setCurrentContext(context);
  if (!config.getCurrentCluster()) throw new KubeconfigError("context-missing", kubeconfig, context);
  return config;
}

/**
 * Requests over one kept connection. The library's own client is not used for them: it forgets the fields it has no class for,
 * which a dry run is to find, shakes hands anew for each request, and takes the last slash from paths.
 */
export function openTransport(config: KubeConfig): { server: string; send: Send } {
  const cluster = config.getCurrentCluster()!;
  let agent: RequestOptions["agent"];
  const send: Send = async ({ method, path, query = {}, headers = {}, body }) => {
    const options: RequestOptions = { method, timeout: SILENCE };
    await config.applyToHTTPSOptions(options);
    const { ca, cert, key, rejectUnauthorized, servername } = options;
    agent ??= cluster.proxyUrl ? options.agent : keptAlive({ ca, cert, key, rejectUnauthorized, servername });
    const given = options.headers as Record<string, string> | undefined;
    // Node sends the body of a DELETE without its length unless told.
    const length = body === undefined ? {} : { "Content-Length": String(Buffer.byteLength(body)) };
    const sent = { ...given, Accept: "application/json", ...headers, ...length };
    const target = Object.keys(query).length ? `${path}?${new URLSearchParams(query).toString()}` : path;
    return exchange(cluster.server, target, { ...options, agent, headers: sent }, body);
  };
  return { server: cluster.server, send };
}

function keptAlive(options: Partial<Record<keyof RequestOptions, unknown>>): Agent {
  return new Agent({
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    keepAlive: true,
    maxSockets: CONNECTIONS,
  });
}

function exchange(server: string, path: string, options: RequestOptions, body: string | undefined): Promise<KubeResponse> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void =>
      reject(new ClusterUnreachable(server, error.code ?? error.message, { cause: error }));
    const request = sendRequest(server.replace(/\/$/, "") + path, options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", fail);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }));
    });
    request.on("error", fail);
    request.on("timeout", () => request.destroy(Object.assign(new Error("silence"), { code: "ETIMEDOUT" })));
    request.end(body);
  });
}
