import { request } from "node:http";
import { connect as connectTLS } from "node:tls";
import type { HTTPGetAction } from "kubernetes-types/core/v1";
import type { Clock } from "../clock.ts";
import { DialError } from "../network/network.ts";
import type { Connection, Host } from "../network/network.ts";
import type { Container } from "./pod.ts";

/** Go's words for a request that took too long. */
const TIMED_OUT = "context deadline exceeded (Client.Timeout exceeded while awaiting headers)";

export interface HTTPResult {
  url: string;
  /** Absent when no answer came; then `failure` says why, as Go's net/http does. */
  status?: number;
  failure?: string;
}

/** A number, or the container's port of that name; undefined when there is none. */
export const portNumber = (port: number | string, { ports = [] }: Container): number | undefined =>
  ports.find(({ name }) => name === port)?.containerPort ?? (Number(port) || undefined);

/** The GET of a probe or hook, from the node to the pod. */
export async function httpGet(
  { path = "/", port, scheme = "HTTP", host = "", httpHeaders = [] }: HTTPGetAction,
  container: Container,
  from: { host: Host; clock: Clock; podIP: string; timeout: number },
): Promise<HTTPResult> {
  const ip = host || from.podIP;
  const number = portNumber(port, container);
  if (number === undefined) return { url: "", failure: `couldn't find port: ${JSON.stringify(port)} in container` };
  const url = `${scheme.toLowerCase()}://${ip}:${number}${path.startsWith("/") ? path : `/${path}`}`;
  const end = new AbortController();
  const timer = from.clock.setTimeout(() => end.abort(), from.timeout);
  try {
    const connection = await untilAborted(from.host.connect(ip, number), end.signal);
    const stream = scheme === "HTTPS" ? connectTLS({ socket: connection, rejectUnauthorized: false }) : connection;
    const headers = Object.fromEntries([
      ["User-Agent", "kube-probe/1.34"],
      ["Accept", "*/*"],
      ["Connection", "close"],
      ["Host", `${ip}:${number}`],
      ...httpHeaders.map(({ name, value }) => [name, value]),
    ]) as Record<string, string>;
    return { url, status: await getStatus(url, headers, stream as Connection, end.signal) };
  } catch (error) {
    const why = end.signal.aborted
      ? TIMED_OUT
      : error instanceof DialError
        ? `dial tcp ${ip}:${number}: ${error.message}`
        : (error as Error).message === "socket hang up"
          ? "EOF"
          : (error as Error).message;
    return { url, failure: `Get ${JSON.stringify(url)}: ${why}` };
  } finally {
    timer.cancel();
  }
}

/** Rejects when the signal aborts first; a connection that comes too late is closed. */
async function untilAborted(connecting: Promise<Connection>, signal: AbortSignal): Promise<Connection> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
    connecting.then((connection) => (signal.aborted ? connection.destroy() : resolve(connection)), reject);
  });
}

function getStatus(url: string, headers: Record<string, string>, stream: Connection, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const { pathname, search } = new URL(url);
    const get = request({ path: pathname + search, headers, signal, createConnection: () => stream as never }, (response) => {
      response.resume();
      response.on("close", () => stream.destroy());
      resolve(response.statusCode ?? 0);
    });
    get.on("error", (error) => {
      stream.destroy();
      reject(error);
    });
    get.end();
  });
}
