import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../src/simulator/api/object.ts";
import { create, POD, update } from "../helpers/resource-writes.ts";

describe("what cannot be changed", () => {
  test("a Pod takes another image, but no other name of a node", () => {
    const { object: pod } = create(`${POD} {containers: [{name: a, image: a}], tolerations: [{key: k, operator: Exists}]}`);
    expect(
      update(pod, (copy: { spec: { containers: { image: string }[] } }) => void (copy.spec.containers[0]!.image = "b")).errors,
    ).toEqual([]);
    const { errors } = update(
      pod,
      (copy: { spec: object }) => void Object.assign(copy.spec, { nodeName: "elsewhere", tolerations: [] }),
    );
    expect(errors).toHaveLength(2);
    expect(errors[0]).toBe("spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds");
    expect(errors[1]).toMatch(
      /^spec: Forbidden: pod updates may not change fields other than `spec\.containers\[\*\]\.image`,.*\n@@ -\d+,\d+ \+\d+,\d+ @@\n/,
    );
    expect(errors[1]).toContain('\n+ "nodeName": "elsewhere",\n');
  });

  test("an immutable ConfigMap", () => {
    const { object } = create("{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: '1'}, immutable: true}");
    expect(
      update(object, (copy: { data: object; immutable?: boolean }) => void (delete copy.immutable, (copy.data = { a: "2" })))
        .errors,
    ).toEqual([
      "immutable: Forbidden: field is immutable when `immutable` is set",
      "data: Forbidden: field is immutable when `immutable` is set",
    ]);
    expect(update(object, (copy: KubeObject) => void (copy.metadata.labels = { ok: "yes" })).errors).toEqual([]);
  });

  test("the roleRef of a binding, told in Go's own names", () => {
    const { object } = create(
      "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: b}, roleRef: {kind: ClusterRole, name: r}}",
    );
    expect(update(object, (copy: { roleRef: { name: string } }) => void (copy.roleRef.name = "other")).errors).toEqual([
      'roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"ClusterRole","Name":"other"}: cannot change roleRef',
    ]);
  });

  test("a claim's class, and its size before it is bound", () => {
    const { object } = create(
      "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c}, spec: {storageClassName: a, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}",
    );
    const grow = (copy: { spec: { resources: object } }) => void (copy.spec.resources = { requests: { storage: "2Gi" } });
    expect(update(object, grow).errors[0]).toMatch(
      /^spec: Forbidden: spec is immutable after creation except resources\.requests and/,
    );
    const bound = { ...object, status: { phase: "Bound", capacity: { storage: "1Gi" } } } as KubeObject;
    expect(update(bound, grow).errors).toEqual([]);
  });

  test("a DaemonSet counts the changes of its template", () => {
    const { object } = create(
      "{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: d}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: a}]}}}}",
    );
    const count = ({ metadata }: KubeObject) => metadata.annotations?.["deprecated.daemonset.template.generation"];
    const changed = update(
      object,
      (copy: { spec: { template: { spec: { nodeSelector: object } } } }) =>
        void (copy.spec.template.spec.nodeSelector = { a: "b" }),
    );
    expect([count(object), count(update(object, () => undefined).object), count(changed.object)]).toEqual(["1", "1", "2"]);
  });
});
