import fc from "fast-check";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import type { KubeObject, ManagedFieldsEntry } from "../../src/simulator/api/object.ts";
import { StatusError } from "../../src/simulator/api/status-error.ts";
import { applyPatch } from "../../src/simulator/patch/apply/apply-patch.ts";
import type { ResetFields } from "../../src/simulator/patch/apply/ownership.ts";
import { scaledManagedFields, scaleManagedFields } from "../../src/simulator/patch/apply/scale.ts";
import { unlessOnlyTimesChanged, updateManagedFields } from "../../src/simulator/patch/apply/update-managed-fields.ts";
import type { JsonMap } from "../../src/simulator/patch/json-value.ts";
import { mergePatch } from "../../src/simulator/patch/merge-patch.ts";
import { completeFields } from "../../src/simulator/schema/fields.ts";
import { loadSchemas } from "../../src/simulator/schema/schemas.ts";
import { freeze } from "../../src/simulator/store/serialise.ts";

const index = loadSchemas();
const NOON = Date.UTC(2026, 0, 1, 12);
const NOTHING_RESET: ResetFields = [];

/** One object and the writes to it: as much of an API server as ownership needs. */
class Kept {
  live: KubeObject | undefined;
  now = NOON;
  readonly #apiVersion: string;
  readonly #kind: string;
  readonly #defaults: (object: JsonMap) => JsonMap;
  readonly #reset: ResetFields;

  constructor(apiVersion: string, kind: string, defaults = (object: JsonMap) => object, reset = NOTHING_RESET) {
    this.#apiVersion = apiVersion;
    this.#kind = kind;
    this.#defaults = defaults;
    this.#reset = reset;
  }

  get entries(): readonly ManagedFieldsEntry[] {
    return this.live?.metadata.managedFields ?? [];
  }

  /** `kubectl Apply`, `kube-controller-manager Update status` */
  get owners(): string[] {
    return this.entries.map(({ manager, operation, subresource = "" }) => `${manager} ${operation} ${subresource}`.trim());
  }

  fieldsOf(manager: string, operation = "Update"): unknown {
    return this.entries.find((entry) => entry.manager === manager && entry.operation === operation)?.fieldsV1;
  }

  /** Server-side apply of some YAML. */
  apply(manager: string, yaml: string | object, force = false): void {
    const patch = typeof yaml === "string" ? load(yaml) : yaml;
    this.#store(applyPatch({ ...this.#writer(manager), live: this.live, patch, kind: this.#kind, force }).object);
  }

  /** A create or update; `change` is merged into what there is. */
  write(manager: string, change: object, subresource = "", resetFields = this.#reset): void {
    const base = this.live ?? { apiVersion: this.#apiVersion, kind: this.#kind, metadata: { name: "web" } };
    const updated = this.#complete(mergePatch(base as unknown as JsonMap, change));
    const entries = updateManagedFields({ ...this.#writer(manager), old: this.live, updated, subresource, resetFields });
    this.#store({ ...updated, metadata: { ...updated.metadata, managedFields: [...entries] } });
  }

  scale(manager: string, replicas: number): void {
    const live = this.live as KubeObject & { spec: { replicas: number } };
    const resource = { apiVersion: this.#apiVersion, managedFields: this.entries };
    const scaleWith = (count: number, managedFields?: readonly ManagedFieldsEntry[]) =>
      ({
        apiVersion: "autoscaling/v1",
        kind: "Scale",
        metadata: { ...live.metadata, managedFields: [...(managedFields ?? [])] },
        spec: count === 0 ? {} : { replicas: count },
      }) as KubeObject;
    const ofScale = updateManagedFields({
      ...this.#writer(manager),
      old: scaleWith(live.spec.replicas, scaleManagedFields(resource)),
      updated: scaleWith(replicas),
      apiVersion: "autoscaling/v1",
      subresource: "scale",
      schema: index.forKind({ group: "autoscaling", version: "v1", kind: "Scale" })!,
    });
    const managedFields = [...scaledManagedFields(resource, ofScale)];
    this.#store({ ...live, metadata: { ...live.metadata, managedFields }, spec: { ...live.spec, replicas } } as KubeObject);
  }

  #writer(manager: string) {
    return { manager, apiVersion: this.#apiVersion, now: this.now, schema: this.#schema, index, resetFields: this.#reset };
  }

  get #schema() {
    const [version = "", group = ""] = this.#apiVersion.split("/").toReversed();
    return index.forKind({ group, version, kind: this.#kind })!;
  }

  #complete(object: JsonMap): KubeObject {
    return completeFields(this.#defaults(object) as unknown as KubeObject, this.#schema, index);
  }

  #store(object: KubeObject): void {
    const next = this.#complete({ ...object, metadata: { ...object.metadata, uid: "u" } });
    this.live = freeze(this.live ? unlessOnlyTimesChanged(this.live, next) : next);
  }
}

const configMap = () => new Kept("v1", "ConfigMap");

const DEPLOYMENT_DEFAULTS = {
  spec: {
    progressDeadlineSeconds: 600,
    replicas: 1,
    revisionHistoryLimit: 10,
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } },
    template: {
      spec: {
        dnsPolicy: "ClusterFirst",
        restartPolicy: "Always",
        schedulerName: "default-scheduler",
        securityContext: {},
        terminationGracePeriodSeconds: 30,
      },
    },
  },
};

const deployment = () => new Kept("apps/v1", "Deployment", withDeploymentDefaults, [["status"]]);

function withDeploymentDefaults(object: JsonMap): JsonMap {
  const whole = mergePatch(DEPLOYMENT_DEFAULTS, object) as { spec: { template: { spec: { containers?: JsonMap[] } } } };
  const pod = whole.spec.template.spec;
  pod.containers = (pod.containers ?? []).map((container) => ({
    imagePullPolicy: "IfNotPresent",
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    ...container,
    ...(Array.isArray(container.ports) && { ports: container.ports.map((port: JsonMap) => ({ protocol: "TCP", ...port })) }),
  }));
  return whole;
}

const WEB = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: "kicbase/echo-server:1.0", ports: [{containerPort: 8080, name: http}], env: [{name: A, value: "1"}]}]
`;

const message = (attempt: () => void): string => status(attempt).message ?? "";

const status = (attempt: () => void) => {
  try {
    attempt();
  } catch (error) {
    if (error instanceof StatusError) return error.status;
    throw error;
  }
  throw new Error("nothing was refused");
};

describe("server-side apply", () => {
  it("gives an applier exactly the fields it applied", () => {
    const web = deployment();
    web.apply("kubectl", WEB);
    expect(web.entries).toEqual([
      {
        manager: "kubectl",
        operation: "Apply",
        apiVersion: "apps/v1",
        time: "2026-01-01T12:00:00Z",
        fieldsType: "FieldsV1",
        fieldsV1: load(`
          f:metadata: {f:labels: {f:app: {}}}
          f:spec:
            f:replicas: {}
            f:selector: {}
            f:template:
              f:metadata: {f:labels: {f:app: {}}}
              f:spec:
                f:containers:
                  'k:{"name":"web"}':
                    .: {}
                    f:env: {'k:{"name":"A"}': {.: {}, f:name: {}, f:value: {}}}
                    f:image: {}
                    f:name: {}
                    f:ports: {'k:{"containerPort":8080,"protocol":"TCP"}': {.: {}, f:containerPort: {}, f:name: {}}}
        `),
      },
    ]);
  });

  it("walks through the managers of a Deployment as a real server does", () => {
    const web = deployment();
    web.apply("kubectl", WEB);
    web.write(
      "kube-controller-manager",
      { metadata: { annotations: { "deployment.kubernetes.io/revision": "1" } }, status: { observedGeneration: 1 } },
      "status",
      [["spec"], ["metadata", "labels"]],
    );
    expect(web.fieldsOf("kube-controller-manager")).toEqual({
      "f:metadata": { "f:annotations": { ".": {}, "f:deployment.kubernetes.io/revision": {} } },
      "f:status": { "f:observedGeneration": {} },
    });
    const unchanged = web.live;
    web.now += 5000;
    web.apply("kubectl", WEB);
    expect(web.live).toBe(unchanged);
    // Scaled to nothing, nobody owns the replicas: the Scale that Go writes has none.
    web.scale("kubectl", 0);
    expect(web.owners).toEqual(["kubectl Apply", "kube-controller-manager Update status"]);
    web.apply("kubectl", WEB);
    web.write("hand", { spec: { replicas: 0 } });
    const refused = 'Apply failed with 1 conflict: conflict with "hand" using apps/v1: .spec.replicas';
    expect(message(() => web.apply("kubectl", WEB))).toBe(refused);
    expect(message(() => web.apply("other", WEB))).toBe(refused);
    web.apply("kubectl", WEB, true);
    expect(web.owners).toEqual(["kubectl Apply", "kube-controller-manager Update status"]);
    const labels = (more: string) =>
      `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, labels: {tier: front${more}}}}`;
    web.apply("labels", labels(", color: red"));
    expect(web.live!.metadata.labels).toEqual({ app: "web", color: "red", tier: "front" });
    const image =
      "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {template: {spec: {containers: [{name: web, image: nginx}]}}}}";
    expect(message(() => web.apply("third", image))).toBe(
      'Apply failed with 1 conflict: conflict with "kubectl": .spec.template.spec.containers[name="web"].image',
    );
    web.apply("labels", labels(""));
    expect(web.live!.metadata.labels).toEqual({ app: "web", tier: "front" });
  });

  it("reports a conflict with kubectl scale with the subresource it came through", () => {
    const web = deployment();
    web.apply("k8s-bootcamp", WEB);
    web.scale("kubectl", 3);
    expect(web.entries.find(({ subresource }) => subresource === "scale")).toEqual({
      manager: "kubectl",
      operation: "Update",
      apiVersion: "apps/v1",
      fieldsType: "FieldsV1",
      fieldsV1: { "f:spec": { "f:replicas": {} } },
      subresource: "scale",
    });
    expect(message(() => web.apply("k8s-bootcamp", WEB))).toBe(
      'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
    );
    web.apply("k8s-bootcamp", WEB.replace("replicas: 1", "replicas: 3"));
    expect(web.owners).toEqual(["k8s-bootcamp Apply", "kubectl Update scale"]);
  });

  it("lets kubectl take over what it applied client-side, and keeps the annotation in step", () => {
    const old = configMap();
    const applied = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web" }, data: { a: "1", b: "2" } };
    old.write("kubectl-client-side-apply", {
      data: applied.data,
      metadata: { annotations: { "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify(applied) } },
    });
    const next = { ...applied, data: { a: "1", b: "<3>" } };
    expect(status(() => old.apply("someone", next)).details?.causes).toEqual([
      { reason: "FieldManagerConflict", message: 'conflict with "kubectl-client-side-apply" using v1', field: ".data.b" },
    ]);
    old.apply("kubectl", next);
    expect(old.live!.metadata.annotations).toEqual({
      "kubectl.kubernetes.io/last-applied-configuration":
        '{"apiVersion":"v1","data":{"a":"1","b":"\\u003c3\\u003e"},"kind":"ConfigMap","metadata":{"name":"web"}}\n',
    });
    old.write("hand", { data: { b: "4" } });
    expect(message(() => old.apply("kubectl", next))).toBe(
      'Apply failed with 1 conflict: conflict with "hand" using v1: .data.b',
    );
  });

  it("lists several conflicts by manager, and an applier that comes to own without a change has no time", () => {
    const old = configMap();
    old.write("kubectl-create", { data: { a: "1", b: "2" } });
    old.apply("kubectl", "{apiVersion: v1, kind: ConfigMap, metadata: {name: web}, data: {a: '1', b: '2'}}");
    expect(old.entries[0]).toEqual({
      manager: "kubectl",
      operation: "Apply",
      apiVersion: "v1",
      fieldsType: "FieldsV1",
      fieldsV1: { "f:data": { "f:a": {}, "f:b": {} } },
    });
    const other = "{apiVersion: v1, kind: ConfigMap, metadata: {name: web}, data: {b: '3'}}";
    expect(message(() => old.apply("someone", other))).toBe(
      'Apply failed with 2 conflicts: conflicts with "kubectl":\n- .data.b\nconflicts with "kubectl-create" using v1:\n- .data.b',
    );
    old.apply("someone", other, true);
    expect(old.entries.map(({ manager, fieldsV1 }) => [manager, fieldsV1])).toEqual([
      ["kubectl", { "f:data": { "f:a": {} } }],
      ["someone", { "f:data": { "f:b": {} } }],
      ["kubectl-create", { "f:data": { ".": {}, "f:a": {} } }],
    ]);
  });

  it("removes what its only owner no longer applies, list items too, and leaves what others own or nobody set", () => {
    const pod = (...containers: string[]) =>
      `{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [${containers.join(", ")}]}}`;
    const web = new Kept("v1", "Pod");
    web.apply("one", pod("{name: a, image: x, env: [{name: A, value: '1'}, {name: B}]}", "{name: b, image: y, stdin: true}"));
    web.write("hand", { spec: { hostname: "h" } });
    web.apply("two", pod("{name: b, image: y}"));
    web.apply("one", pod("{name: a, image: x, env: [{name: B}]}"));
    expect(web.live).toMatchObject({
      spec: {
        containers: [
          { name: "a", env: [{ name: "B" }] },
          { name: "b", image: "y" },
        ],
        hostname: "h",
      },
    });
    expect((web.live as KubeObject & { spec: { containers: object[] } }).spec.containers[1]).not.toHaveProperty("stdin");
  });

  it("refuses what cannot be applied in the server's words", () => {
    const web = deployment();
    web.apply("kubectl", WEB);
    const type = { apiVersion: "apps/v1", kind: "Deployment" };
    const named = { ...type, metadata: { name: "web", namespace: "ns" } };
    const cases: [object, number, string][] = [
      [
        { ...named, spec: { replcas: 2 } },
        500,
        "failed to create typed patch object (ns/web; apps/v1, Kind=Deployment): .spec.replcas: field not declared in schema",
      ],
      [
        { ...named, spec: { replicas: "2", paused: "no", template: { spec: { containers: [{ name: "a" }, { name: "a" }] } } } },
        500,
        "failed to create typed patch object (ns/web; apps/v1, Kind=Deployment): errors:\n" +
          "  .spec.paused: expected boolean, got &{no}\n" +
          "  .spec.replicas: expected numeric (int or float), got string\n" +
          '  .spec.template.spec.containers: duplicate entries for key [name="a"]',
      ],
      [{ ...type, metadata: { name: "web", managedFields: [] } }, 400, "metadata.managedFields must be nil"],
      [{ ...type, apiVersion: "v1" }, 400, "invalid object type: /v1, Kind=Deployment"],
    ];
    for (const [patch, code, text] of cases) expect(status(() => web.apply("x", patch))).toMatchObject({ code, message: text });
  });

  it("merges applied items in the order they are applied in, among those that are there", () => {
    const names = (list: string) =>
      `{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [${list
        .split("")
        .map((name) => `{name: ${name}}`)
        .join(", ")}]}}`;
    const merged = (live: string, applied: string) => {
      const pod = new Kept("v1", "Pod");
      pod.write("hand", load(names(live)) as object);
      pod.apply("kubectl", names(applied));
      return (pod.live as unknown as { spec: { containers: { name: string }[] } }).spec.containers
        .map(({ name }) => name)
        .join("");
    };
    expect(merged("abc", "cax")).toBe("bcax");
    expect(merged("abc", "bx")).toBe("abcx");
    expect(merged("ab", "xa")).toBe("xab");
  });
});

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
