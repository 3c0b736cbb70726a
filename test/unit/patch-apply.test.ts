import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/simulator/api/object.ts";
import { configMap, deployment, Kept, message, status, WEB } from "../helpers/owned-object.ts";

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
