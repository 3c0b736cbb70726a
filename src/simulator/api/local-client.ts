import type { Client, DeleteOptions, ListOptions, WatchEvent, WriteOptions } from "./client.ts";
import type { KubeObject, ObjectKey } from "./object.ts";
import type { Endpoint, Registry } from "./registry.ts";
import { admitObject } from "./rest/admit-object.ts";
import { bindPod } from "./rest/binding.ts";
import { createObject } from "./rest/create.ts";
import { deleteObject } from "./rest/delete.ts";
import { matcherFor } from "./rest/list.ts";
import { patch } from "./rest/patch.ts";
import { updateObject } from "./rest/update.ts";
import type { ServerMetrics } from "./server-metrics.ts";
import { StatusError } from "./status-error.ts";
import type { WriteContext } from "./rest/write-context.ts";
import { MASTERS_GROUP, type UserInfo } from "./user.ts";

/** The API as the cluster's own components use it: no sockets, no encoding, otherwise every stage of a write. */
export class LocalClient implements Client {
  readonly #registry: Registry;
  readonly #manager: string;
  readonly #user: UserInfo;
  readonly #metrics: ServerMetrics | undefined;

  /** `manager` is the component's name: `kube-controller-manager`, `kubelet`. Its writes count as requests. */
  constructor(registry: Registry, manager: string, metrics?: ServerMetrics) {
    this.#registry = registry;
    this.#manager = manager;
    this.#metrics = metrics;
    this.#user = { username: `system:${manager}`, groups: [MASTERS_GROUP, "system:authenticated"] };
  }

  get<T extends KubeObject>(resource: string, { namespace = "", name }: { namespace?: string; name: string }): T | undefined {
    return this.#registry.store.get(this.#endpoint(resource).storage, { namespace, name }) as T | undefined;
  }

  list<T extends KubeObject>(resource: string, options: ListOptions = {}): readonly T[] {
    const endpoint = this.#endpoint(resource);
    const all = this.#registry.store.list(endpoint.storage, options.namespace);
    return (options.labelSelector || options.fieldSelector ? all.filter(matcherFor(endpoint, options)) : all) as readonly T[];
  }

  watch<T extends KubeObject>(resource: string, handle: (event: WatchEvent<T>) => void, options: ListOptions = {}): () => void {
    const endpoint = this.#endpoint(resource);
    const { store } = this.#registry;
    const matches = matcherFor(endpoint, options);
    const inScope = (object: KubeObject) =>
      (options.namespace === undefined || object.metadata.namespace === options.namespace) && matches(object);
    const stop = store.watch(endpoint.storage, store.version, ({ type, object, old }) => {
      const before = old !== undefined && inScope(old);
      const after = type !== "DELETED" && inScope(object);
      if (!before && !after) return;
      const seen = after ? (before ? "MODIFIED" : "ADDED") : "DELETED";
      handle({ type: seen, object, ...(before && { old }) } as WatchEvent<T>);
    });
    for (const object of store.list(endpoint.storage, options.namespace))
      if (inScope(object)) handle({ type: "ADDED", object: object as T });
    return stop;
  }

  async create<T extends KubeObject>(resource: string, object: object, options: WriteOptions = {}): Promise<T> {
    const endpoint = this.#endpoint(resource);
    return (await this.#counted("create", endpoint, options, () => this.#create(endpoint, object, options))) as T;
  }

  async #create(endpoint: Endpoint, object: object, options: WriteOptions): Promise<KubeObject> {
    const sent = object as KubeObject;
    const context = this.#context(options);
    const namespace = endpoint.info.namespaced ? (sent.metadata.namespace ?? "default") : "";
    if (options.subresource === "binding") return bindPod(this.#registry, { namespace, name: sent.metadata.name }, sent, context);
    const admitted = admitObject(this.#registry, endpoint, sent, [], context);
    return createObject(this.#registry, endpoint, namespace, admitted, context);
  }

  async update<T extends KubeObject>(resource: string, object: T, options: WriteOptions = {}): Promise<T> {
    const endpoint = this.#endpoint(resource);
    const { namespace = "", name } = object.metadata;
    const context = this.#context(options);
    const updated = await this.#counted("update", endpoint, options, () =>
      updateObject(this.#registry, endpoint, { namespace, name }, options.subresource ?? "", context, () => ({
        object: admitObject(this.#registry, endpoint, object, [], context),
      })),
    );
    return updated as T;
  }

  updateStatus<T extends KubeObject>(resource: string, object: T): Promise<T> {
    return this.update(resource, object, { subresource: "status" });
  }

  async patch<T extends KubeObject>(resource: string, key: ObjectKey, body: unknown, options: WriteOptions = {}): Promise<T> {
    const endpoint = this.#endpoint(resource);
    const patched = await this.#counted("patch", endpoint, options, () =>
      patch(this.#registry, endpoint, key, options.subresource ?? "", "merge", body, this.#context(options)),
    );
    return patched as T;
  }

  async delete(resource: string, { namespace, name }: ObjectKey, options: DeleteOptions = {}): Promise<void> {
    const endpoint = this.#endpoint(resource);
    await this.#counted("delete", endpoint, {}, () =>
      deleteObject(this.#registry, endpoint, { namespace, name }, options, this.#context({})),
    );
  }

  async #counted<T>(verb: string, endpoint: Endpoint, { subresource = "" }: WriteOptions, write: () => Promise<T>): Promise<T> {
    try {
      const written = await write();
      this.#metrics?.component(verb, endpoint, subresource, verb === "create" ? 201 : 200);
      return written;
    } catch (error) {
      this.#metrics?.component(verb, endpoint, subresource, error instanceof StatusError ? error.code : 500);
      throw error;
    }
  }

  #endpoint(resource: string): Endpoint {
    return this.#registry.named(resource);
  }

  #context({ fieldManager = this.#manager, dryRun = false }: WriteOptions): WriteContext {
    return { user: this.#user, fieldManager, dryRun, fieldValidation: "Ignore", warn: () => {}, trusted: true };
  }
}
