import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/simulator/api/object.ts";
import { StatusError } from "../../src/simulator/api/status-error.ts";
import { invalidPatch, type PatchType } from "../../src/simulator/patch/patch-errors.ts";
import { patchObject } from "../../src/simulator/patch/patch-object.ts";
import { loadSchemas } from "../../src/simulator/schema/schemas.ts";
import { freeze } from "../../src/simulator/store/serialise.ts";

const index = loadSchemas();
const DEPLOYMENT = index.forKind({ group: "apps", version: "v1", kind: "Deployment" })!;
const POD = index.forKind({ group: "", version: "v1", kind: "Pod" })!;

const WEB = freeze({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", labels: { app: "web" }, finalizers: ["a", "b"] },
  spec: {
    replicas: 0,
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%" } },
    template: { spec: { containers: [{ name: "web", image: "echo", env: [{ name: "A", value: "1" }] }] } },
  },
});

const patched = (type: PatchType, body: unknown): typeof WEB =>
  patchObject(type, WEB as unknown as KubeObject, body, DEPLOYMENT, index) as never;

const strategic = (body: unknown) => patched("strategic", body);
const podSpec = (spec: object) => ({ spec: { template: { spec } } });
const containers = (...items: object[]) => podSpec({ containers: items });
const inContainers = (type: PatchType, body: unknown) => patched(type, body).spec.template.spec.containers;

const refused = (type: PatchType, body: unknown) => {
  try {
    patched(type, body);
  } catch (error) {
    if (error instanceof StatusError) return [error.code, error.reason, error.message];
    throw error;
  }
  throw new Error("nothing was refused");
};

const UNPROCESSABLE = [422, "Invalid", "the server rejected our request due to an error in our request"];

describe("a strategic merge patch", () => {
  it("merges lists by their key, new items before what only the server has", () => {
    expect(inContainers("strategic", containers({ name: "side", image: "busybox" })).map(({ name }) => name)).toEqual([
      "side",
      "web",
    ]);
    expect(inContainers("strategic", containers({ name: "web", env: [{ name: "B", value: "2" }] }))).toEqual([
      {
        name: "web",
        image: "echo",
        env: [
          { name: "B", value: "2" },
          { name: "A", value: "1" },
        ],
      },
    ]);
  });

  it("follows the directives of its maps and lists", () => {
    expect(inContainers("strategic", containers({ $patch: "delete", name: "web" }))).toEqual([]);
    expect(inContainers("strategic", containers({ $patch: "replace" }, { name: "only" }))).toEqual([{ name: "only" }]);
    expect(strategic({ spec: { strategy: { $retainKeys: ["type"], type: "Recreate" } } }).spec.strategy).toEqual({
      type: "Recreate",
    });
    expect(strategic({ spec: { strategy: { $patch: "replace", type: "Recreate" } } }).spec.strategy).toEqual({
      type: "Recreate",
    });
    expect(strategic({ metadata: { labels: { app: null } } }).metadata.labels).toEqual({});
    expect(
      strategic({ metadata: { finalizers: ["c"], "$deleteFromPrimitiveList/finalizers": ["a"] } }).metadata.finalizers,
    ).toEqual(["c", "b"]);
  });

  it("puts a list in the order it is told, as kubectl apply tells it", () => {
    const order = (...names: string[]) => ({ "$setElementOrder/containers": names.map((name) => ({ name })) });
    const names = (body: object) => inContainers("strategic", podSpec(body)).map(({ name }) => name);
    expect(names({ ...order("web", "new"), containers: [{ name: "new" }] })).toEqual(["web", "new"]);
    expect(names({ ...order("new"), containers: [{ name: "new" }] })).toEqual(["new", "web"]);
    expect(refused("strategic", podSpec({ ...order("web"), containers: [{ name: "new" }] }))).toEqual([
      500,
      "",
      "The order in patch list:\n[map[name:new]]\n doesn't match $setElementOrder list:\n[map[name:web]]\n",
    ]);
  });

  it("gives a renamed item the place of the one it replaces", () => {
    const live = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "x" },
      spec: { containers: [{ name: "injected" }, { name: "old" }] },
    };
    const renamed = (...items: object[]) =>
      patchObject(
        "strategic",
        live as never,
        { spec: { "$setElementOrder/containers": [{ name: "new" }], containers: items } },
        POD,
        index,
      );
    expect(renamed({ name: "new" }, { $patch: "delete", name: "old" })).toMatchObject({
      spec: { containers: [{ name: "injected" }, { name: "new" }] },
    });
    expect(renamed({ name: "new" })).toMatchObject({
      spec: { containers: [{ name: "new" }, { name: "injected" }, { name: "old" }] },
    });
  });

  it("is refused in upstream's words", () => {
    expect(refused("strategic", containers({ image: "x", ports: [1, "a", null, { b: true }] }))).toEqual([
      500,
      "",
      "map: map[image:x ports:[1 a <nil> map[b:true]]] does not contain declared merge key: name",
    ]);
    expect(refused("strategic", { spec: { replicas: "many" } })).toEqual([
      422,
      "Invalid",
      ' "" is invalid: patch: Invalid value: "map[spec:map[replicas:many]]": unrecognized type: int32',
    ]);
    expect(refused("strategic", { spec: { template: "x", paused: 1 } })[2]).toMatch(/: cannot restore struct from: string$/);
    expect(refused("strategic", [])).toEqual([
      400,
      "BadRequest",
      "json: cannot unmarshal array into Go value of type map[string]interface {}",
    ]);
    expect(refused("strategic", { spec: { strategy: { $retainKeys: ["type"], rollingUpdate: {} } } })).toEqual([
      400,
      "BadRequest",
      "invalid patch format of retainKeys",
    ]);
    expect(refused("strategic", { spec: { strategy: { $patch: "zap" } } })).toEqual([
      500,
      "",
      "unknown patch type: zap in map: map[$patch:zap]",
    ]);
  });

  it("says the same when said twice", () => {
    const named = <T extends object>(value: fc.Arbitrary<T>) =>
      fc
        .uniqueArray(fc.tuple(fc.constantFrom("a", "b", "c", "d"), value), { selector: ([name]) => name, maxLength: 4 })
        .map((items) => items.map(([name, rest]) => ({ name, ...rest })));
    const text = fc.constantFrom("1", "2");
    const container = fc.record(
      { image: text, env: named(fc.record({ value: text }, { requiredKeys: [] })), command: fc.array(text, { maxLength: 2 }) },
      { requiredKeys: [] },
    );
    const pod = fc.record({
      metadata: fc.record(
        { labels: fc.dictionary(fc.constantFrom("x", "y"), text), finalizers: fc.uniqueArray(fc.constantFrom("p", "q", "r")) },
        { requiredKeys: [] },
      ),
      spec: fc.record(
        { containers: named(container), nodeSelector: fc.dictionary(fc.constantFrom("x", "y"), text) },
        { requiredKeys: [] },
      ),
    });
    const apply = (live: object, patch: object) => patchObject("strategic", live as KubeObject, patch, POD, index);
    fc.assert(
      fc.property(pod, pod, (live, patch) => {
        const once = apply(freeze(live), patch);
        expect(apply(once, patch)).toEqual(once);
        expect(once.metadata.labels ?? {}).toEqual({ ...live.metadata.labels, ...patch.metadata.labels });
      }),
      { numRuns: 100 },
    );
  });
});

describe("a JSON merge patch", () => {
  it("replaces lists, and sets back what is null", () => {
    expect(inContainers("merge", containers({ name: "only", image: null }))).toEqual([{ name: "only" }]);
    expect(patched("merge", { metadata: { labels: { app: null, __proto__: null } } }).metadata.labels).toEqual({});
    expect(refused("merge", [])).toEqual([
      400,
      "BadRequest",
      "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}",
    ]);
  });
});

describe("a JSON patch", () => {
  it("carries out its operations, laxly where upstream is lax", () => {
    const { metadata, spec } = patched("json", [
      { op: "replace", path: "/spec/replicas", value: 1 },
      { op: "add", path: "/metadata/labels/example.com~1color", value: "red" },
      { op: "replace", path: "/metadata/labels/new", value: "x" },
      { op: "test", path: "/metadata/annotations", value: null },
      { op: "copy", from: "/spec/template/spec/containers/0", path: "/spec/template/spec/containers/-" },
      { op: "remove", path: "/metadata/finalizers/0" },
    ]);
    expect(metadata).toEqual({ name: "web", labels: { app: "web", "example.com/color": "red", new: "x" }, finalizers: ["b"] });
    expect(spec.replicas).toBe(1);
    expect(spec.template.spec.containers.map(({ name }) => name)).toEqual(["web", "web"]);
  });

  it.each([
    [{ op: "remove", path: "/metadata/labels/color" }],
    [{ op: "test", path: "/spec/replicas", value: 7 }],
    [{ op: "add", path: "/spec/nope/x", value: 7 }],
    [{ op: "add", path: "/metadata/name/x", value: 7 }],
    [{ op: "replace", path: "/metadata/finalizers/-", value: "x" }],
    [{ op: "add", path: "/metadata/finalizers/9", value: "x" }],
    [{ op: "zap", path: "/spec" }],
    [{ op: "remove", path: "spec" }],
  ])("is refused when it cannot be carried out: %j", (operation) => {
    expect(refused("json", [operation])).toEqual(UNPROCESSABLE);
  });

  it("is refused when it is no list of operations", () => {
    expect(refused("json", { op: "x" })).toEqual([
      400,
      "BadRequest",
      "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp",
    ]);
    expect(refused("json", [{ op: 1 }])[2]).toBe(
      "error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string",
    );
    expect(
      refused(
        "json",
        Array.from({ length: 10_001 }, () => ({ op: "test", path: "" })),
      )[0],
    ).toBe(413);
  });
});

it("a patched object that does not decode is shown whole, with its refusal", () => {
  const error = invalidPatch("merge", {}, { b: "<", a: 1 }, "json: why");
  expect(error.status).toMatchObject({
    code: 422,
    message: ' "" is invalid: patch: Invalid value: "{\\"a\\":1,\\"b\\":\\"\\\\u003c\\"}": json: why',
    details: { causes: [{ reason: "FieldValueInvalid", field: "patch" }] },
  });
});
