import { describe, expect, it } from "vitest";
import { isManyValued, LiveExpressionError, parseLiveExpression } from "../../src/course/live-expression.ts";
import { fillAll, fillPlaceholders, placeholdersIn } from "../../src/course/placeholders.ts";

describe("live expressions", () => {
  it("read a field of one object, in another namespace, and under names with dots", () => {
    expect(parseLiveExpression("Service/kube-dns@kube-system.spec.clusterIP")).toMatchObject({
      source: "object",
      kind: "Service",
      name: "kube-dns",
      namespace: "kube-system",
      path: [
        { step: "field", name: "spec" },
        { step: "field", name: "clusterIP" },
      ],
    });
    expect(parseLiveExpression('ConfigMap/"kube-root-ca.crt".data["ca.crt"]')).toMatchObject({
      name: "kube-root-ca.crt",
      path: [
        { step: "field", name: "data" },
        { step: "field", name: "ca.crt" },
      ],
    });
  });

  it("read objects by any label selector, filtered and captured", () => {
    expect(parseLiveExpression("pods(app in (a,b),tier!=db)@other[-1].metadata.name")).toMatchObject({
      source: "list",
      resource: "pods",
      selector: "app in (a,b),tier!=db",
      namespace: "other",
      path: [{ step: "index", index: -1 }, { step: "field" }, { step: "field" }],
    });
    expect(
      parseLiveExpression("nodes(!node-role.kubernetes.io/x)[kept][*].status.addresses[type=InternalIP].address[/(\\d+)[.]/]"),
    ).toMatchObject({
      selector: "!node-role.kubernetes.io/x",
      path: [
        { step: "filter", name: "kept" },
        { step: "all" },
        { step: "field", name: "status" },
        { step: "field", name: "addresses" },
        { step: "where", path: ["type"], equal: true, value: "InternalIP" },
        { step: "field", name: "address" },
        { step: "capture", pattern: "(\\d+)[.]" },
      ],
    });
  });

  it("read facts with arguments, and settings", () => {
    expect(parseLiveExpression("fact.discovery(cronjobs).preferred")).toMatchObject({
      source: "fact",
      parts: [{ name: "discovery", argument: "cronjobs" }, { name: "preferred" }],
    });
    expect(parseLiveExpression("images.app.reply")).toMatchObject({ source: "setting", name: "images.app.reply" });
    expect(parseLiveExpression("ns")).toMatchObject({ source: "setting", name: "ns" });
  });

  it.each([
    ["pods(app=x)[0].spec.nodeName", false],
    ["pods(app=x)[*].spec.nodeName", true],
    ["pods(app=x)[new].status.podIP", true],
    ["replicasets(app=x)[current].metadata.uid", false],
    ["Service/a.spec.ports[0].port", false],
    ["Service/a.spec.ports[name=http].port", true],
  ])("know whether %s has many values", (text, many) => {
    expect(isManyValued(parseLiveExpression(text))).toBe(many);
  });

  it.each([
    ["pods", 'expected / or ( at position 5 of "pods"'],
    ["pods(app=x", "expected ) at position 11"],
    ["Pod/Upper.x", "expected an object's name at position 5"],
    ["Pod/a.spec[ready]", "[ready] stands right after a list only at position 12"],
    ["pods()[latest].x", "[latest] is no step of a path at position 8"],
    ["pods()[0]spec", "expected . or [ at position 10"],
    ["fact.", "expected a fact's name at position 6"],
  ])("say where %s goes wrong", (text, message) => {
    expect(() => parseLiveExpression(text)).toThrow(LiveExpressionError);
    expect(() => parseLiveExpression(text)).toThrow(message);
  });
});

describe("placeholders", () => {
  it("are found and filled in wherever they stand", async () => {
    const text = "delete pod {{pods(app=bootcamp)[0].metadata.name}} in {{ ns }}";
    expect(placeholdersIn(text).map((one) => one.text)).toEqual(["pods(app=bootcamp)[0].metadata.name", "ns"]);
    expect(await fillPlaceholders(text, (one) => `<${one.source}>`)).toBe("delete pod <list> in <setting>");
  });

  it("are filled in deep data, keys included, and leave other data alone", async () => {
    const data = { "{{ns}}": ["a{{ns}}", 1, null, { deep: "{{ns}}" }] };
    expect(await fillAll(data, () => "N")).toEqual({ N: ["aN", 1, null, { deep: "N" }] });
  });
});
