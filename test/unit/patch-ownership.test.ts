import fc from "fast-check";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { configMap, deployment, WEB } from "../helpers/owned-object.ts";

describe("ownership of updates", () => {
  it("goes to whoever changed a field last, with the time of it, and nobody gains by writing what is there", () => {
    const map = configMap();
    map.write("one", { data: { k: "1", old: "x" }, metadata: { labels: { a: "b" } } });
    expect(map.fieldsOf("one")).toEqual({
      "f:data": { ".": {}, "f:k": {}, "f:old": {} },
      "f:metadata": { "f:labels": { ".": {}, "f:a": {} } },
    });
    map.now += 60_000;
    map.write("two", { data: { k: "1" } });
    expect(map.owners).toEqual(["one Update"]);
    map.write("two", { data: { k: "2", old: null } });
    expect(map.entries).toMatchObject([
      {
        manager: "one",
        time: "2026-01-01T12:00:00Z",
        fieldsV1: { "f:data": {}, "f:metadata": { "f:labels": { ".": {}, "f:a": {} } } },
      },
      { manager: "two", time: "2026-01-01T12:01:00Z", fieldsV1: { "f:data": { "f:k": {} } } },
    ]);
  });

  it("is forgotten when the writer says so, and then not tracked until the next apply", () => {
    const map = configMap();
    map.write("one", { data: { k: "1" } });
    map.write("one", { metadata: { managedFields: [{}] } });
    expect(map.entries).toEqual([]);
    map.write("two", { data: { k: "2" } });
    expect(map.entries).toEqual([]);
    map.apply("kubectl", "{apiVersion: v1, kind: ConfigMap, metadata: {name: web}, data: {a: '1'}}");
    expect(map.owners).toEqual(["kubectl Apply", "before-first-apply Update"]);
  });

  it("is what a writer of managedFields makes it, as kubectl does to migrate; a malformed list is passed over", () => {
    const map = configMap();
    map.write("kubectl-client-side-apply", { data: { k: "1" } });
    const [entry] = map.entries;
    map.write("kubectl", { metadata: { managedFields: [{ ...entry, manager: "kubectl", operation: "Apply" }] } });
    expect(map.owners).toEqual(["kubectl Apply"]);
    map.write("kubectl", { metadata: { managedFields: [{ ...entry, operation: "Upset" }] } });
    expect(map.owners).toEqual(["kubectl Apply"]);
  });

  it("of more than ten updaters goes to ancient-changes, oldest first", () => {
    const map = configMap();
    for (let n = 1; n <= 12; n++) {
      map.now += 1000;
      map.write(`m${n}`, { data: { [`k${n}`]: "x" } });
    }
    expect(map.owners).toEqual(
      ["ancient-changes", ...[4, 5, 6, 7, 8, 9, 10, 11, 12].map((n) => `m${n}`)].map((name) => `${name} Update`),
    );
    expect(map.fieldsOf("ancient-changes")).toEqual({ "f:data": { ".": {}, "f:k1": {}, "f:k2": {}, "f:k3": {} } });
    expect(map.entries[0]!.time).toBe("2026-01-01T12:00:03Z");
  });

  it("of replicas moves to an entry of its own, and then to nobody, when the scale subresource writes what is there", () => {
    const web = deployment();
    web.write("unknown", load(WEB) as object);
    web.write("unknown", { spec: { replicas: 0 } });
    web.scale("unknown", 0);
    expect(web.entries.map(({ manager, time }) => [manager, time])).toEqual([
      ["unknown", undefined],
      ["unknown", "2026-01-01T12:00:00Z"],
    ]);
    web.write("kube-controller-manager", { status: { observedGeneration: 1 } }, "status", [["spec"]]);
    expect(web.owners).toEqual(["kube-controller-manager Update status", "unknown Update"]);
    expect(JSON.stringify(web.fieldsOf("unknown"))).not.toContain("f:replicas");
  });
});

describe("any sequence of writes", () => {
  const data = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), fc.constantFrom("1", "2"), { minKeys: 1 });
  const manager = fc.constantFrom("m1", "m2", "m3");
  const writes = fc.array(fc.record({ manager, data, how: fc.constantFrom("apply", "update") }), { maxLength: 6 });

  it("leaves an apply that can be repeated for nothing, and a forced one with every field it applied", () => {
    fc.assert(
      fc.property(writes, manager, data, (before, last, applied) => {
        const map = configMap();
        const config = (values: object) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web" }, data: values });
        map.write("creator", { data: { z: "0" } });
        for (const { manager: who, data: values, how } of before) {
          map.now += 1000;
          if (how === "apply") map.apply(who, config(values), true);
          else map.write(who, { data: values });
        }
        map.now += 1000;
        map.apply(last, config(applied), true);
        expect(map.live).toMatchObject({ data: { ...applied, z: "0" } });
        expect(Object.keys((map.fieldsOf(last, "Apply") as { "f:data": object })["f:data"])).toEqual(
          Object.keys(applied)
            .sort()
            .map((key) => `f:${key}`),
        );
        const settled = map.live;
        map.now += 1000;
        map.apply(last, config(applied));
        expect(map.live).toBe(settled);
      }),
      { numRuns: 60 },
    );
  });
});
