import { appendFileSync, mkdtempSync, readdirSync, rmSync, truncateSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/simulator/api/object.ts";
import { Journal } from "../../src/simulator/store/journal.ts";
import { Store, type StoreEvent } from "../../src/simulator/store/store.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "store-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const configMap = (name: string, data: Record<string, string> = {}, namespace = "default") =>
  ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace, uid: name, resourceVersion: "", creationTimestamp: "2026-01-01T00:00:00Z" },
    data,
  }) as KubeObject;

const get = (store: Store, name: string) => store.get("configmaps", { namespace: "default", name });
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("the store", () => {
  it("lists a namespace in etcd's order, and only that namespace", () => {
    const store = new Store();
    for (const [name, namespace] of [
      ["b", "a"],
      ["x", "a-b"],
      ["a", "a"],
      ["y", "a0"],
    ] as const) {
      store.insert("configmaps", configMap(name, {}, namespace));
    }
    expect(store.list("configmaps", "a").map(({ metadata }) => metadata.name)).toEqual(["a", "b"]);
    // "-" sorts before "/", as in etcd's keys.
    expect(store.list("configmaps").map(({ metadata }) => metadata.namespace)).toEqual(["a-b", "a", "a", "a0"]);
  });

  it("tells a watcher every change after its version once, in order, however writes and watches interleave", async () => {
    const step = fc.oneof(
      fc.record({ act: fc.constant("put" as const), name: fc.constantFrom("a", "b", "c") }),
      fc.record({ act: fc.constant("remove" as const), name: fc.constantFrom("a", "b", "c") }),
      fc.record({ act: fc.constant("watch" as const), name: fc.constant("") }),
      fc.record({ act: fc.constant("settle" as const), name: fc.constant("") }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const store = new Store();
        const history: StoreEvent[] = [];
        store.watch("configmaps", 0, (event) => history.push(event));
        const watches: { since: number; seen: StoreEvent[] }[] = [];
        for (const { act, name } of steps) {
          const live = get(store, name);
          if (act === "put") {
            if (live) store.replace("configmaps", configMap(name, { at: String(store.version) }), live);
            else store.insert("configmaps", configMap(name));
          } else if (act === "remove" && live) store.remove("configmaps", live);
          else if (act === "settle") await settled();
          else if (act === "watch") {
            const watch = { since: Math.max(0, store.version - 2), seen: [] as StoreEvent[] };
            watches.push(watch);
            store.watch("configmaps", watch.since, (event) => watch.seen.push(event));
          }
        }
        await settled();
        const versions = history.map(({ resourceVersion }) => resourceVersion);
        expect(versions).toEqual([...versions].sort((a, b) => a - b));
        for (const { since, seen } of watches) expect(seen).toEqual(history.filter((event) => event.resourceVersion > since));
      }),
    );
  });

  it("refuses a watch from before what it remembers, in upstream's words", () => {
    const store = new Store();
    store.insert("configmaps", configMap("a"));
    store.forgetPast();
    expect(() => store.watch("configmaps", 1, () => {})).toThrow("too old resource version: 1 (2)");
  });
});

describe("the journal", () => {
  const open = () => {
    return { store: new Store(new Journal(folder)) };
  };

  it("gives back objects and the version after the process is gone without a word", () => {
    const { store } = open();
    const a = store.insert("configmaps", configMap("a", { k: "1" }));
    store.replace("configmaps", configMap("a", { k: "2" }), a);
    store.remove("configmaps", store.insert("configmaps", configMap("b")));
    const { store: again } = open();
    expect(again.list("configmaps")).toEqual(store.list("configmaps"));
    expect(again.version).toBe(store.version);
  });

  it("cuts off a line that a crash tore, and goes on behind it", () => {
    const { store } = open();
    store.insert("configmaps", configMap("a"));
    const [file] = readdirSync(folder);
    const path = join(folder, file as string);
    const whole = statSync(path).size;
    appendFileSync(path, '{"put":"configmaps","object":{"kin');
    const { store: second } = open();
    expect(statSync(path).size).toBe(whole);
    second.insert("configmaps", configMap("b"));
    expect(open().store.list("configmaps")).toHaveLength(2);
  });

  it("loses nothing acknowledged at whatever byte the file ends", () => {
    const { store } = open();
    const path = join(folder, readdirSync(folder)[0] as string);
    const sizes = ["a", "b", "c"].map((name) => {
      store.insert("configmaps", configMap(name, { text: "ü".repeat(20) }));
      return statSync(path).size;
    });
    for (let size = sizes[2] as number; size >= (sizes[0] as number); size -= 7) {
      truncateSync(path, size);
      expect(open().store.list("configmaps")).toHaveLength(sizes.filter((acknowledged) => acknowledged <= size).length);
    }
  });

  it("starts anew behind a snapshot when it has grown long", () => {
    const { store } = open();
    let live = store.insert("configmaps", configMap("a"));
    const text = "x".repeat(1_000_000);
    for (let round = 0; round < 10; round++)
      live = store.replace("configmaps", configMap("a", { text, round: String(round) }), live);
    expect(readdirSync(folder).sort()).toEqual([expect.stringMatching(/^journal-/), expect.stringMatching(/^snapshot-/)]);
    const { store: again } = open();
    expect(get(again, "a")).toEqual(live);
    expect(again.version).toBe(store.version);
  });

  it("refuses a write that the disk refuses, and leaves all as it was", () => {
    const journal = new Journal(folder);
    const store = new Store(journal);
    journal.close();
    expect(() => store.insert("configmaps", configMap("b"))).toThrow(/cannot write its state to/);
    expect(get(store, "b")).toBeUndefined();
    expect(store.version).toBe(1);
  });
});
