import type { Client, WatchEvent } from "../../src/simulator/api/client.ts";
import type { KubeObject } from "../../src/simulator/api/object.ts";
import { timestamp } from "../../src/simulator/api/object.ts";
import { compileSelectors } from "../../src/simulator/api/selectors.ts";
import { StatusError } from "../../src/simulator/api/status-error.ts";
import type { Clock } from "../../src/simulator/clock.ts";
import { Random } from "../../src/simulator/random.ts";

/** A Client over maps: versions, conflicts, finalizers, generation, graceful pods; no validation, no defaults. */
export function memoryClient(clock: Clock, kinds: Record<string, [apiVersion: string, kind: string]>): Client {
  const random = new Random(7);
  const objects = new Map<string, KubeObject>();
  const watchers: { resource: string; handle: (event: WatchEvent) => void }[] = [];
  let version = 0;
  const place = (resource: string, { namespace = "", name }: { namespace?: string; name: string }) =>
    `${resource}|${namespace}|${name}`;
  const group = (resource: string) => ({
    resource: resource.split(".")[0] as string,
    group: resource.split(".").slice(1).join("."),
  });
  const tell = (resource: string, event: WatchEvent) =>
    queueMicrotask(() => watchers.filter((watcher) => watcher.resource === resource).forEach(({ handle }) => handle(event)));

  const need = (resource: string, key: { namespace?: string; name: string }) => {
    const found = objects.get(place(resource, key));
    if (!found) throw StatusError.notFound(group(resource), key.name);
    return found;
  };
  function store<T extends KubeObject>(resource: string, draft: KubeObject, old: KubeObject | undefined): T {
    const object = structuredClone({ ...draft, metadata: { ...draft.metadata, resourceVersion: String(++version) } });
    const spec = (one: KubeObject) => JSON.stringify({ ...one, metadata: 0, status: 0 });
    if (old && spec(old) !== spec(object)) object.metadata.generation = (old.metadata.generation ?? 0) + 1;
    const key = place(resource, object.metadata);
    const ends =
      object.metadata.deletionTimestamp && !object.metadata.finalizers?.length && !object.metadata.deletionGracePeriodSeconds;
    if (ends && old) {
      objects.delete(key);
      tell(resource, { type: "DELETED", object, old });
    } else {
      objects.set(key, object);
      tell(resource, old ? { type: "MODIFIED", object, old } : { type: "ADDED", object });
    }
    return object as T;
  }
  function replace<T extends KubeObject>(resource: string, next: KubeObject): T {
    const old = need(resource, next.metadata);
    if (next.metadata.resourceVersion !== old.metadata.resourceVersion) {
      throw StatusError.conflict(group(resource), next.metadata.name, "the object has been modified");
    }
    return store(resource, next, old);
  }

  return {
    get: <T extends KubeObject>(resource: string, key: { namespace?: string; name: string }) =>
      objects.get(place(resource, key)) as T,
    list: <T extends KubeObject>(resource: string, options: { namespace?: string; labelSelector?: string } = {}) => {
      const matches = compileSelectors({ labelSelector: options.labelSelector }, () => ({}));
      return [...objects]
        .filter(
          ([key, object]) => key.startsWith(`${resource}|${options.namespace ? `${options.namespace}|` : ""}`) && matches(object),
        )
        .map(([, object]) => object as T);
    },
    watch(resource, handle) {
      for (const [key, object] of objects) if (key.startsWith(`${resource}|`)) handle({ type: "ADDED", object: object as never });
      const watcher = { resource, handle: handle as never };
      watchers.push(watcher);
      return () => void watchers.splice(watchers.indexOf(watcher), 1);
    },
    async create(resource, draft) {
      const metadata = draft.metadata as KubeObject["metadata"];
      const name = metadata.name || `${metadata.generateName}${random.suffix()}`;
      if (objects.has(place(resource, { ...metadata, name }))) throw StatusError.alreadyExists(group(resource), name);
      const [apiVersion, kind] = kinds[resource] ?? ["v1", resource];
      const born = { uid: random.uuid(), creationTimestamp: timestamp(clock.now()), generation: 1 };
      return store(resource, { ...draft, apiVersion, kind, metadata: { ...metadata, name, ...born } } as KubeObject, undefined);
    },
    update: async (resource, object) => replace(resource, object),
    updateStatus: async (resource, object) => replace(resource, object),
    async patch(resource, key, patch) {
      const old = need(resource, key);
      return store(resource, merge(old, patch) as KubeObject, old);
    },
    async delete(resource, key, { propagationPolicy } = {}) {
      const old = need(resource, key);
      const { finalizers = [] } = old.metadata;
      const policy = { Foreground: "foregroundDeletion", Orphan: "orphan", Background: "" }[propagationPolicy ?? "Background"];
      const grace = resource === "pods" && (old as { spec?: { nodeName?: string } }).spec?.nodeName ? 30 : 0;
      const deleted = { deletionTimestamp: timestamp(clock.now()), deletionGracePeriodSeconds: grace };
      const next = { ...old.metadata, ...deleted, finalizers: policy ? [...finalizers, policy] : finalizers };
      store(resource, { ...old, metadata: next }, old);
    },
  };
}

function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = { ...(target as object) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merge(result[key], value);
  }
  return result;
}
