import http from "node:http";
import tls from "node:tls";
import type { KubeObject } from "../api/object.ts";
import { pause } from "../clock.ts";
import { readBody } from "../network/http-fetch.ts";
import { DialError } from "../network/network.ts";
import type { ProgramContext } from "./program.ts";

const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The API server answered with something else than success; the message is the Status' own. */
export class ApiError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export interface WatchEvent {
  type: string;
  object: KubeObject;
}

/** What a reflector needs of an API. Both reject with an ApiError where the server refuses. */
export interface WatchableApi {
  get<T>(path: string): Promise<T>;
  /** Calls `handle` for each event of a watch until the server ends it, or the signal aborts. */
  watch(path: string, handle: (event: WatchEvent) => void, signal: AbortSignal): Promise<void>;
}

/** The API as a pod has it: through the Service `kubernetes`, with the pod's own token (client-go rest.InClusterConfig). */
export class InClusterApi implements WatchableApi {
  readonly #context: ProgramContext;
  readonly #server: { ip: string; port: number };
  readonly #ca: string | undefined;
  readonly #agent: http.Agent;

  private constructor(context: ProgramContext, server: { ip: string; port: number }, ca: string | undefined) {
    this.#context = context;
    this.#server = server;
    this.#ca = ca;
    this.#agent = new http.Agent({ keepAlive: true });
    Object.assign(this.#agent, {
      createConnection: (_: unknown, done: (error: Error | null, socket?: unknown) => void) => {
        this.#connect().then(
          (socket) => done(null, socket),
          (error: Error) => done(error),
        );
      },
    });
  }

  /** Rejects with the words of client-go when the pod has no access. */
  static async open(context: ProgramContext): Promise<InClusterApi> {
    const { KUBERNETES_SERVICE_HOST: ip, KUBERNETES_SERVICE_PORT: port } = context.env;
    if (!ip || !port) {
      throw new Error(
        "unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined",
      );
    }
    if (!(await context.files.exists(`${ACCOUNT}/token`))) throw new Error(`open ${ACCOUNT}/token: no such file or directory`);
    const path = `${ACCOUNT}/ca.crt`;
    const ca = (await context.files.exists(path)) ? String(await context.files.read(path)) : undefined;
    return new InClusterApi(context, { ip, port: Number(port) }, ca);
  }

  /** The parsed answer. Rejects with an ApiError, or with what Go says of a connection that failed. */
  async get<T>(path: string): Promise<T> {
    return JSON.parse(await this.text(path)) as T;
  }

  async text(path: string): Promise<string> {
    const response = await this.#request("GET", path);
    return String(await readBody(response));
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    return JSON.parse(String(await readBody(await this.#request("POST", path, JSON.stringify(body))))) as T;
  }

  async watch(path: string, handle: (event: WatchEvent) => void): Promise<void> {
    await readEvents(await this.#request("GET", path), handle);
  }

  async #request(method: string, path: string, body?: string): Promise<http.IncomingMessage> {
    // Read anew: the kubelet renews it.
    const token = String(await this.#context.files.read(`${ACCOUNT}/token`));
    const { ip, port } = this.#server;
    const url = `https://${ip}:${port}${path}`;
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const headers = {
        Authorization: `Bearer ${token}`,
        Accept: "application/json",
        ...(body !== undefined && { "Content-Type": "application/json" }),
      };
      const request = http.request({ agent: this.#agent, host: ip, port, method, path, headers }, resolve);
      request.on("error", (error) => {
        const why = error instanceof DialError ? `dial tcp ${ip}:${port}: ${error.message}` : error.message;
        reject(new Error(`${method === "GET" ? "Get" : "Post"} ${JSON.stringify(url)}: ${why}`));
      });
      request.end(body);
    });
    if ((response.statusCode ?? 500) < 400) return response;
    const text = String(await readBody(response));
    throw new ApiError(response.statusCode ?? 500, messageOf(text));
  }

  async #connect(): Promise<tls.TLSSocket> {
    const { ip, port } = this.#server;
    const connection = await this.#context.host.connect(ip, port);
    const socket = tls.connect({ socket: connection, ...(this.#ca && { ca: this.#ca }) });
    await new Promise<void>((resolve, reject) => {
      socket.once("secureConnect", resolve);
      socket.once("error", (error) => {
        connection.destroy();
        reject(error);
      });
    });
    return socket;
  }
}

/** The events of a watch as they come: a line each. */
export async function readEvents(body: AsyncIterable<Uint8Array>, handle: (event: WatchEvent) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line) handle(JSON.parse(line) as WatchEvent);
  }
}

/** What a Status says, or a text that is none. */
export function messageOf(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text.trim();
  }
}

/** First and longest wait after a failure, ms; a wait grows to its double (client-go's reflector). */
const FIRST_WAIT = 800;
const LONGEST_WAIT = 30_000;

export interface ReflectorEvents {
  /** All objects there are, after a list. */
  replace(objects: readonly KubeObject[]): void;
  changed(type: "ADDED" | "MODIFIED" | "DELETED", object: KubeObject): void;
  /** A list or a watch was asked for, and how that went. */
  asked?(verb: "list" | "watch", result: "success" | "error"): void;
  /** The error is what stands behind `err=`. */
  failed(error: string): void;
}

/** Follows a resource by list and watch until the signal aborts (client-go tools/cache Reflector). `query` holds selectors. */
export async function reflect(
  { clock, random, signal }: Pick<ProgramContext, "clock" | "random" | "signal">,
  api: WatchableApi,
  { path, type, query = {} }: { path: string; type: string; query?: Readonly<Record<string, string>> },
  events: ReflectorEvents,
): Promise<void> {
  let wait = FIRST_WAIT;
  while (!signal.aborted) {
    try {
      const version = await list();
      wait = FIRST_WAIT;
      await watch(version);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Expired) continue;
      events.failed((error as Error).message);
      await pause(clock, wait * (1 + random.next()), signal);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
  }

  function parameters(own: Readonly<Record<string, string>>): string {
    const all = new URLSearchParams({ ...query, ...own });
    all.sort();
    return all.toString();
  }

  async function list(): Promise<string> {
    try {
      const { metadata, items } = await api.get<{ metadata: { resourceVersion: string }; items: KubeObject[] }>(
        `${path}?${parameters({ limit: "500", resourceVersion: "0" })}`,
      );
      events.asked?.("list", "success");
      events.replace(items);
      return metadata.resourceVersion;
    } catch (error) {
      events.asked?.("list", "error");
      throw new Error(`failed to list ${type}: ${(error as Error).message}`, { cause: error });
    }
  }

  async function watch(start: string): Promise<void> {
    let version = start;
    while (!signal.aborted) {
      const seconds = 300 + random.integer(300);
      const watching = { allowWatchBookmarks: "true", resourceVersion: version, timeoutSeconds: `${seconds}`, watch: "true" };
      try {
        events.asked?.("watch", "success");
        const handle = ({ type: change, object }: WatchEvent) => {
          if (change === "ERROR") throw new Expired();
          version = object.metadata.resourceVersion ?? version;
          if (change !== "BOOKMARK") events.changed(change as "ADDED", object);
        };
        await api.watch(`${path}?${parameters(watching)}`, handle, signal);
      } catch (error) {
        if (error instanceof ApiError && error.code === 410) throw new Expired();
        if (error instanceof ApiError) throw new Error(`failed to watch ${type}: ${error.message}`, { cause: error });
        throw error;
      }
    }
  }
}

/** What was watched from is too old: it has to be listed again. */
class Expired extends Error {}
