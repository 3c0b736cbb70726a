import type { KubeObject } from "../../../api/object.ts";
import { readBody } from "../../../network/http-fetch.ts";
import { ApiError, messageOf, readEvents, reflect, type WatchableApi, type WatchEvent } from "../../in-cluster-api.ts";
import type { ProgramContext } from "../../program.ts";
import type { HTTPClient } from "../http-client.ts";
import type { Log } from "../log.ts";
import { namespacedName } from "./objects.ts";

const LIST_TIMEOUT = 30_000;

/** A cluster's API, asked with the credentials that a configuration gives. */
export class ConfiguredApi implements WatchableApi {
  readonly #client: HTTPClient;
  readonly #server: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(client: HTTPClient, server: string, userAgent: string) {
    this.#client = client;
    this.#server = server;
    this.#headers = { accept: "application/json", "user-agent": userAgent };
  }

  async get<T>(path: string): Promise<T> {
    const { status, body } = await this.#client.get(this.#server + path, this.#headers, LIST_TIMEOUT);
    if (status !== 200) throw new ApiError(status, messageOf(String(body)));
    return JSON.parse(String(body)) as T;
  }

  async watch(path: string, handle: (event: WatchEvent) => void, signal: AbortSignal): Promise<void> {
    const response = await this.#client.open(this.#server + path, this.#headers, signal);
    if (response.statusCode !== 200) throw new ApiError(response.statusCode, messageOf(String(await readBody(response))));
    const stop = () => response.destroy();
    signal.addEventListener("abort", stop, { once: true });
    try {
      await readEvents(response, handle);
    } finally {
      signal.removeEventListener("abort", stop);
      response.destroy();
    }
  }
}

export interface ReflectorOptions {
  context: Pick<ProgramContext, "clock" | "random">;
  api: WatchableApi;
  /** `/api/v1/namespaces/default/pods` */
  path: string;
  /** labelSelector, fieldSelector. */
  query: Readonly<Record<string, string>>;
  /** `*v1.Pod` */
  type: string;
  signal: AbortSignal;
  log: Log;
  onChange(): void;
}

/** A copy of the objects of a resource; the log says why it cannot be had. */
export class Reflector {
  readonly objects = new Map<string, KubeObject>();
  /** Whether the first list came. */
  synced = false;

  constructor({ context, api, path, query, type, signal, log, onChange }: ReflectorOptions) {
    const { clock, random } = context;
    void reflect(
      { clock, random, signal },
      api,
      { path, type, query },
      {
        replace: (objects) => {
          this.objects.clear();
          for (const object of objects) this.objects.set(keyOf(object), object);
          this.synced = true;
          onChange();
        },
        changed: (change, object) => {
          if (change === "DELETED") this.objects.delete(keyOf(object));
          else this.objects.set(keyOf(object), object);
          onChange();
        },
        failed: (err) =>
          log.error("reflector.go:227", "Failed to watch", {
            component: "k8s_client_runtime",
            err,
            logger: "UnhandledError",
            reflector: "pkg/mod/k8s.io/client-go@v0.34.1/tools/cache/reflector.go:290",
            type,
          }),
      },
    );
  }
}

const keyOf = ({ metadata }: KubeObject) => namespacedName(metadata.namespace, metadata.name);
