import type { KubeObject } from "../../../api/object.ts";
import { readBody, type FetchResponse } from "../../../network/http-fetch.ts";
import type { ProgramContext } from "../../program.ts";
import { pause, type HTTPClient } from "../http-client.ts";
import type { Log } from "../log.ts";
import { namespacedName } from "./objects.ts";

/** client-go's back-off between attempts, in milliseconds. */
const FIRST_PAUSE = 800;
const LONGEST_PAUSE = 30_000;
const LIST_TIMEOUT = 30_000;

export interface ReflectorOptions {
  context: Pick<ProgramContext, "clock" | "random">;
  client: HTTPClient;
  /** `https://10.96.0.1:443/api/v1/namespaces/default/pods` */
  url: string;
  /** labelSelector, fieldSelector. */
  query: Readonly<Record<string, string>>;
  /** `*v1.Pod` */
  type: string;
  userAgent: string;
  log: Log;
  onChange(): void;
}

/** Keeps a copy of the objects of a resource by list and watch, and says why it cannot (client-go tools/cache/reflector.go). */
export class Reflector {
  readonly objects = new Map<string, KubeObject>();
  /** Whether the first list came. */
  synced = false;
  readonly #options: ReflectorOptions;

  constructor(options: ReflectorOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { context, log, type } = this.#options;
    let delay = FIRST_PAUSE;
    while (!signal.aborted) {
      let doing = "list";
      try {
        const version = await this.#list(signal);
        doing = "watch";
        delay = FIRST_PAUSE;
        await this.#watch(version, signal);
      } catch (error) {
        if (signal.aborted) return;
        const { message } = error as Error;
        log.error("reflector.go:227", "Failed to watch", {
          component: "k8s_client_runtime",
          err: doing === "list" ? `failed to list ${type}: ${message}` : message,
          logger: "UnhandledError",
          reflector: "pkg/mod/k8s.io/client-go@v0.34.1/tools/cache/reflector.go:290",
          type,
        });
        await pause(context.clock, delay * (1 + context.random.next()), signal);
        delay = Math.min(delay * 2, LONGEST_PAUSE);
      }
    }
  }

  /** Resolves to the version the copy stands at. */
  async #list(signal: AbortSignal): Promise<string> {
    const { body } = await this.#ask({ limit: "500", resourceVersion: "0" }, signal, LIST_TIMEOUT);
    const list = JSON.parse(String(await readBody(body))) as { metadata: { resourceVersion: string }; items: KubeObject[] };
    this.objects.clear();
    for (const object of list.items) this.objects.set(keyOf(object), object);
    this.synced = true;
    this.#options.onChange();
    return list.metadata.resourceVersion;
  }

  async #watch(from: string, signal: AbortSignal): Promise<void> {
    let version = from;
    while (!signal.aborted) {
      const { body } = await this.#ask(
        { allowWatchBookmarks: "true", resourceVersion: version, timeoutSeconds: "400", watch: "true" },
        signal,
      );
      const stop = () => body.destroy();
      signal.addEventListener("abort", stop, { once: true });
      try {
        for await (const line of lines(body)) {
          const { type, object } = JSON.parse(line) as { type: string; object: KubeObject & { message?: string; code?: number } };
          if (type === "ERROR") {
            if (object.code === 410) return;
            throw new Error(object.message ?? "unknown");
          }
          version = object.metadata.resourceVersion ?? version;
          if (type === "BOOKMARK") continue;
          if (type === "DELETED") this.objects.delete(keyOf(object));
          else this.objects.set(keyOf(object), object);
          this.#options.onChange();
        }
      } catch (error) {
        // A watch that is cut off begins anew where it ended.
        if (!isCutOff(error)) throw error;
      } finally {
        signal.removeEventListener("abort", stop);
        body.destroy();
      }
    }
  }

  /** An answer with status 200. Throws what the server says against it. */
  async #ask(query: Readonly<Record<string, string>>, signal: AbortSignal, timeout?: number): Promise<{ body: FetchResponse }> {
    const { client, url, userAgent, context } = this.#options;
    const stop = new AbortController();
    const abort = () => stop.abort();
    signal.addEventListener("abort", abort, { once: true });
    const timer = timeout === undefined ? undefined : context.clock.setTimeout(abort, timeout);
    const target = new URL(url);
    for (const [name, value] of Object.entries({ ...this.#options.query, ...query })) target.searchParams.set(name, value);
    target.searchParams.sort();
    try {
      const body = await client.open(target.href, { accept: "application/json", "user-agent": userAgent }, stop.signal);
      if (body.statusCode === 200) return { body };
      const answer = String(await readBody(body));
      throw new Error(
        statusMessage(answer) ??
          `the server responded with the status code ${body.statusCode} but did not return more information`,
      );
    } finally {
      timer?.cancel();
      signal.removeEventListener("abort", abort);
    }
  }
}

const keyOf = ({ metadata }: KubeObject) => namespacedName(metadata.namespace, metadata.name);

const isCutOff = (error: unknown) =>
  /aborted|ECONNRESET|EPIPE/.test(`${(error as { code?: string }).code} ${(error as Error).message}`);

function statusMessage(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { message?: string }).message;
  } catch {
    return undefined;
  }
}

async function* lines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop()!;
    for (const line of parts) if (line !== "") yield line;
  }
}
