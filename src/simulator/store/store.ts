import type { KubeObject, ObjectKey } from "../api/object.ts";
import { StatusError } from "../api/status-error.ts";
import { freeze } from "./serialise.ts";
import type { Journal } from "./journal.ts";

/** One change of one object, in the order of the cluster's single counter. */
export interface StoreEvent {
  type: "ADDED" | "MODIFIED" | "DELETED";
  resourceVersion: number;
  object: KubeObject;
  /** The version before; absent for ADDED. */
  old?: KubeObject;
}

/** Events each resource remembers for watches that start in the past. */
const REMEMBERED = 4096;

interface Table {
  objects: Map<string, KubeObject>;
  /** Keys in etcd's order. */
  keys: string[];
  events: StoreEvent[];
  /** A watch from before this version is refused: its events are forgotten. */
  forgotten: number;
  watchers: Set<Watcher>;
}

interface Commit {
  table: Table;
  event: StoreEvent;
}

interface Watcher {
  /** Last version seen; the dispatcher skips what is not newer. */
  seen: number;
  handle(event: StoreEvent): void;
}

const storageKey = ({ namespace, name }: ObjectKey) => `${namespace}/${name}`;

/**
 * All objects of the cluster (etcd and the watch cache in one). Writes happen at once and are on disk when they return;
 * watchers are told in a later microtask, in order. Objects are frozen, so handing them out costs nothing.
 */
export class Store {
  #tables = new Map<string, Table>();
  #version: number;
  #journal: Journal | undefined;
  #queue: Commit[] = [];
  /** Where tables that are still empty begin to remember. */
  #forgotten = 0;

  /** Takes over what the journal remembers; without one the store lives in memory alone. */
  constructor(journal?: Journal) {
    this.#version = 1;
    this.#journal = journal;
    const recovered = journal?.recover();
    if (!recovered) return;
    this.#version = recovered.version;
    for (const [resource, objects] of recovered.objects) {
      const table = this.#table(resource);
      for (const object of objects) table.objects.set(storageKey(keyOfStored(object)), freeze(object));
      table.keys = [...table.objects.keys()].sort();
    }
    this.forgetPast();
  }

  /** The counter: the version of the newest change. */
  get version(): number {
    return this.#version;
  }

  get(resource: string, key: ObjectKey): KubeObject | undefined {
    return this.#tables.get(resource)?.objects.get(storageKey(key));
  }

  /** Objects in etcd's order; of one namespace, or of all. */
  list(resource: string, namespace?: string): readonly KubeObject[] {
    const table = this.#tables.get(resource);
    if (!table) return [];
    const keys = namespace === undefined ? table.keys : namespaceKeys(table.keys, namespace);
    return keys.map((key) => table.objects.get(key) as KubeObject);
  }

  /** Resources that hold at least one object. */
  resources(): string[] {
    return [...this.#tables].filter(([, table]) => table.keys.length > 0).map(([resource]) => resource);
  }

  insert(resource: string, object: KubeObject): KubeObject {
    const table = this.#table(resource);
    const stored = this.#stamp(object);
    this.#journal?.put(resource, stored);
    const key = storageKey(keyOfStored(stored));
    table.objects.set(key, stored);
    table.keys.splice(lowerBound(table.keys, key), 0, key);
    this.#commit(table, { type: "ADDED", object: stored });
    return stored;
  }

  replace(resource: string, object: KubeObject, old: KubeObject): KubeObject {
    const table = this.#table(resource);
    const stored = this.#stamp(object);
    this.#journal?.put(resource, stored);
    table.objects.set(storageKey(keyOfStored(stored)), stored);
    this.#commit(table, { type: "MODIFIED", object: stored, old });
    return stored;
  }

  /** The deleted object carries the version of its deletion. */
  remove(resource: string, old: KubeObject): KubeObject {
    const table = this.#table(resource);
    const last = this.#stamp(old);
    const key = storageKey(keyOfStored(old));
    this.#journal?.remove(resource, key, this.#version + 1);
    table.objects.delete(key);
    table.keys.splice(lowerBound(table.keys, key), 1);
    this.#commit(table, { type: "DELETED", object: last, old });
    return last;
  }

  /**
   * Events after version `since`, in order, for as long as the watch lasts; the remembered ones before this returns.
   * Throws Expired when they are forgotten.
   */
  watch(resource: string, since: number, handle: (event: StoreEvent) => void): () => void {
    const table = this.#table(resource);
    if (since < table.forgotten) throw StatusError.expired(`too old resource version: ${since} (${table.forgotten})`);
    const watcher: Watcher = { seen: this.#version, handle };
    for (const event of table.events) if (event.resourceVersion > since) handle(event);
    table.watchers.add(watcher);
    return () => table.watchers.delete(watcher);
  }

  /** Forgets every event so far: a watch has to start from now. For what happened before anybody could watch. */
  forgetPast(): void {
    for (const table of this.#tables.values()) {
      table.events = [];
      table.forgotten = this.#version;
    }
    this.#forgotten = this.#version;
  }

  #table(resource: string): Table {
    let table = this.#tables.get(resource);
    if (!table) {
      table = { objects: new Map(), keys: [], events: [], forgotten: this.#forgotten, watchers: new Set() };
      this.#tables.set(resource, table);
    }
    return table;
  }

  #stamp(object: KubeObject): KubeObject {
    return freeze({ ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version + 1) } });
  }

  #commit(table: Table, event: Omit<StoreEvent, "resourceVersion">): void {
    const committed = { ...event, resourceVersion: ++this.#version };
    table.events.push(committed);
    if (table.events.length > REMEMBERED * 1.25) {
      const forgotten = table.events.splice(0, table.events.length - REMEMBERED);
      table.forgotten = forgotten.at(-1)?.resourceVersion ?? table.forgotten;
    }
    if (this.#queue.push({ table, event: committed }) === 1) queueMicrotask(() => this.#dispatch());
    this.#journal?.compactWhenDue(this.#version, () => this.#tables.entries());
  }

  #dispatch(): void {
    // Handlers may write; what they cause joins the end of the queue.
    for (let at = 0; at < this.#queue.length; at++) {
      const { table, event } = this.#queue[at] as Commit;
      for (const watcher of table.watchers) {
        if (watcher.seen >= event.resourceVersion) continue;
        watcher.seen = event.resourceVersion;
        watcher.handle(event);
      }
    }
    this.#queue = [];
  }
}

const keyOfStored = (object: KubeObject): ObjectKey => ({
  namespace: object.metadata.namespace ?? "",
  name: object.metadata.name,
});

/** First index whose key is not below `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** "0" is the character after "/": every key of the namespace lies between. */
const namespaceKeys = (keys: readonly string[], namespace: string) =>
  keys.slice(lowerBound(keys, `${namespace}/`), lowerBound(keys, `${namespace}0`));
