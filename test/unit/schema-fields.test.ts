import { describe, expect, it } from "vitest";
import { findDuplicateFields, findDuplicateKeys } from "../../src/simulator/schema/duplicates.ts";
import { checkFields, completeFields, pruneUnknown } from "../../src/simulator/schema/fields.ts";
import type { GroupVersionKind, Schema } from "../../src/simulator/schema/schema.ts";
import { loadSchemas } from "../../src/simulator/schema/schemas.ts";

const schemas = loadSchemas();
const schemaOf = (apiVersion: string, kind: string): Schema => {
  const [version = "", group = ""] = apiVersion.split("/").toReversed();
  return schemas.forKind({ group, version, kind })!;
};
const check = (apiVersion: string, kind: string, value: object) => checkFields(value, schemaOf(apiVersion, kind), schemas);
const prune = (apiVersion: string, kind: string, value: unknown) => pruneUnknown(value, schemaOf(apiVersion, kind), schemas);
const complete = (apiVersion: string, kind: string, value: unknown) => completeFields(value, schemaOf(apiVersion, kind), schemas);

describe("unknown fields", () => {
  it("are named with their path, in the order of the document", () => {
    const spec = { containers: [{ name: "c", port: 80, resources: { limit: {} } }], restartpolicy: "Always" };
    expect(check("v1", "Pod", { spec }).unknown).toEqual([
      'unknown field "spec.containers[0].port"',
      'unknown field "spec.containers[0].resources.limit"',
      'unknown field "spec.restartpolicy"',
    ]);
  });

  it("are not looked for inside values that keep their JSON", () => {
    expect(check("apps/v1", "ControllerRevision", { data: { anything: { at: "all" } }, revision: 1 })).toEqual({
      errors: [],
      unknown: [],
    });
  });

  it("end at a hundred", () => {
    const data = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`field${i}`, i]));
    expect(check("v1", "ConfigMap", data).unknown).toHaveLength(100);
  });
});

describe("misfits", () => {
  it.each([
    [
      "apps/v1",
      "Deployment",
      { spec: { replicas: "x" } },
      "string into Go struct field DeploymentSpec.spec.replicas of type int32",
    ],
    [
      "apps/v1",
      "Deployment",
      { spec: { replicas: 1.5 } },
      "number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32",
    ],
    ["v1", "ConfigMap", { data: { a: 1 } }, "number into Go struct field ConfigMap.data of type string"],
    ["v1", "Pod", { spec: { containers: {} } }, "object into Go struct field PodSpec.spec.containers of type []v1.Container"],
    ["v1", "Pod", { spec: { hostNetwork: "yes" } }, "string into Go struct field PodSpec.spec.hostNetwork of type bool"],
    [
      "v1",
      "Pod",
      { spec: { restartPolicy: 1 } },
      "number into Go struct field PodSpec.spec.restartPolicy of type v1.RestartPolicy",
    ],
    ["v1", "Pod", { spec: "x" }, "string into Go struct field Pod.spec of type v1.PodSpec"],
    [
      "v1",
      "Service",
      { spec: { selector: [] } },
      "array into Go struct field ServiceSpec.spec.selector of type map[string]string",
    ],
    [
      "v1",
      "Pod",
      { spec: { containers: [{ env: [{ name: "a", value: 1 }] }] } },
      "number into Go struct field EnvVar.spec.containers.env.value of type string",
    ],
  ])("%s %s %j cannot be decoded", (apiVersion, kind, value, text) => {
    expect(check(apiVersion, kind, value).errors).toEqual([`json: cannot unmarshal ${text}`]);
  });

  it.each([
    ["v1", "Secret", { data: { a: "abc!" } }, "illegal base64 data at input byte 3"],
    [
      "v1",
      "Pod",
      { spec: { containers: [{ resources: { limits: { cpu: "lots" } } }] } },
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    ["v1", "Pod", { status: { startTime: "2024-02-30T10:00:00Z" } }, 'parsing time "2024-02-30T10:00:00Z": day out of range'],
    [
      "coordination.k8s.io/v1",
      "Lease",
      { spec: { renewTime: "2024-02-03T10:00:00Z" } },
      'parsing time "2024-02-03T10:00:00Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "Z" as ".000000"',
    ],
  ])("%s %s %j is refused in the words of the type", (apiVersion, kind, value, text) => {
    expect(check(apiVersion, kind, value).errors).toEqual([text]);
  });

  it("of a type that reads its own JSON come before those found earlier", () => {
    const spec = { hostNetwork: "yes", containers: [{ livenessProbe: { httpGet: { port: true } } }] };
    expect(check("v1", "Pod", { spec }).errors[0]).toBe(
      "json: cannot unmarshal bool into Go struct field HTTPGetAction.spec.containers.livenessProbe.httpGet.port of type int32",
    );
  });
});

describe("pruning", () => {
  it("drops unknown fields, nulls, and empty values that mean nothing", () => {
    const pod = {
      kind: "Pod",
      metadata: { name: "a", creationTimestamp: null, labels: {} },
      spec: { hostNetwork: false, containers: [{ name: "", imag: "x", env: [], command: null }], nope: {} },
    };
    expect(prune("v1", "Pod", pod)).toEqual({ kind: "Pod", metadata: { name: "a" }, spec: { containers: [{ name: "" }] } });
  });

  it("keeps explicit zeros where nothing means something else", () => {
    const spec = {
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      volumes: [{ name: "v", emptyDir: {} }],
    };
    expect(prune("v1", "Pod", { spec })).toEqual({ spec });
  });

  it("writes quantities and times in their one spelling", () => {
    const limits = { cpu: "1000m", memory: "1024Mi", a: 0.5, b: "1e3", c: "0.1", d: "1.500", e: "2048Ki", f: 3 };
    expect(prune("v1", "Pod", { spec: { containers: [{ resources: { limits } }] } })).toEqual({
      spec: {
        containers: [
          {
            resources: { limits: { cpu: "1", memory: "1Gi", a: "500m", b: "1e3", c: "100m", d: "1.500", e: "2Mi", f: "3" } },
          },
        ],
      },
    });
    expect(prune("v1", "Pod", { status: { startTime: "2024-01-02T05:04:05.9+02:00" } })).toEqual({
      status: { startTime: "2024-01-02T03:04:05Z" },
    });
    expect(prune("coordination.k8s.io/v1", "Lease", { spec: { renewTime: "2024-01-02T03:04:05.123456Z" } })).toEqual({
      spec: { renewTime: "2024-01-02T03:04:05.123456Z" },
    });
  });

  it("copies: what it returns shares nothing with what it was given", () => {
    const revision = Object.freeze({ data: Object.freeze({ a: Object.freeze([1]) }), revision: 1 });
    const copy = prune("apps/v1", "ControllerRevision", revision) as { data: { a: number[] } };
    copy.data.a.push(2);
    expect(revision.data.a).toEqual([1]);
  });
});

describe("completing", () => {
  it("adds what Go always writes, in Go's order", () => {
    const pod = {
      status: { conditions: [{ status: "True", type: "Ready" }] },
      spec: { containers: [{ image: "i", name: "c" }] },
    };
    expect(JSON.stringify(complete("v1", "Pod", pod))).toBe(
      JSON.stringify({
        metadata: {},
        spec: { containers: [{ name: "c", image: "i", resources: {} }] },
        status: { conditions: [{ type: "Ready", status: "True", lastProbeTime: null, lastTransitionTime: null }] },
      }),
    );
  });

  it("writes null for required lists without members, as what was stored as protobuf comes back", () => {
    expect(complete("rbac.authorization.k8s.io/v1", "Role", { rules: [] })).toEqual({ metadata: {}, rules: null });
  });

  it("changes nothing the second time", () => {
    const deployment = { spec: { replicas: 0, selector: {}, template: { spec: { containers: [{ name: "c" }] } } } };
    const once = complete("apps/v1", "Deployment", deployment);
    expect(complete("apps/v1", "Deployment", once)).toEqual(once);
  });
});

describe("custom resources", () => {
  const kind: GroupVersionKind = { group: "stable.example.com", version: "v1", kind: "Shirt" };
  const withShirts = loadSchemas();
  withShirts.add(kind, {
    type: "object",
    properties: {
      spec: {
        type: "object",
        properties: {
          color: { type: "string" },
          extra: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
          prints: { type: "array", items: { type: "object", properties: { text: { type: "string" } } } },
        },
      },
    },
  });
  const shirt = {
    apiVersion: "stable.example.com/v1",
    kind: "Shirt",
    metadata: { name: "red", labels: {} },
    spec: { size: 1, colour: "red", color: 5, extra: { any: { thing: null } }, prints: [{ text: null, font: "x" }] },
  };

  it("have their unknown fields reported by name", () => {
    expect(checkFields(shirt, withShirts.forKind(kind)!, withShirts)).toEqual({
      errors: [],
      unknown: ['unknown field "spec.colour"', 'unknown field "spec.prints[0].font"', 'unknown field "spec.size"'],
    });
  });

  it("keep values as they are, and what their schema leaves open", () => {
    expect(pruneUnknown(shirt, withShirts.forKind(kind)!, withShirts)).toEqual({
      apiVersion: "stable.example.com/v1",
      kind: "Shirt",
      metadata: { name: "red" },
      spec: { color: 5, extra: { any: { thing: null } }, prints: [{ text: null }] },
    });
  });

  it("belong to one index, and leave it", () => {
    expect(schemas.forKind(kind)).toBeUndefined();
    expect(withShirts.nameFor({ ...kind, kind: "ShirtList" })).toBe("com.example.stable.v1.ShirtList");
    const other = loadSchemas();
    other.add(kind, { type: "object" });
    other.remove(kind);
    expect(other.forKind(kind)).toBeUndefined();
  });
});

describe("duplicates", () => {
  it("in JSON are found at any depth, whatever strings contain", () => {
    const text = String.raw`{"a":1,"spec":{"x":[{"y":"}\"{,","y":[]}],"x":1},"\u0061":2,"b":{"a":"a"}}`;
    expect(findDuplicateFields(text)).toEqual([
      'duplicate field "spec.x[0].y"',
      'duplicate field "spec.x"',
      'duplicate field "a"',
    ]);
    expect(findDuplicateFields('[{"a":1},{"a":1}]')).toEqual([]);
  });

  it("in YAML are one message with the lines of the later values", () => {
    const text = 'a: 1\nb:\n  c: 1\n  "c":\n    x: 2\na: 3\nl:\n- k: 1\n  k: 2\n- {z: 1, z: }\n';
    expect(findDuplicateKeys(text)).toEqual([
      'yaml: unmarshal errors:\n  line 5: key "c" already set in map\n  line 6: key "a" already set in map\n' +
        '  line 9: key "k" already set in map\n  line 10: key "z" already set in map',
    ]);
    expect(findDuplicateKeys("a: {b: 1}\nc: {b: 1}\n")).toEqual([]);
  });
});
