import { describe, expect, test } from "vitest";
import { answerParts, isSameAnswer } from "../../src/checks/answer.ts";
import { readable } from "../../src/checks/pattern.ts";
import { compareQuantities, isSameValue } from "../../src/checks/quantity.ts";
import { findAll } from "../../src/checks/path.ts";
import { parsePath } from "../../src/course/live-expression.ts";

describe("an answer", () => {
  test.each([
    [" Batch/V1 ", "batch/v1"],
    ["1.34.4", "v1.34.4"],
    ["V1.34.4", "v1.34.4"],
    ["`bootcamp-worker`", "bootcamp-worker"],
    ["node/bootcamp-worker", "bootcamp-worker"],
    ["deployment.apps/web", "web"],
    ["deploy", "Deployment"],
    ["Pods", "pod"],
    ["replicaset", "ReplicaSet"],
  ])("%j is the same as %j", (given, wanted) => {
    expect(isSameAnswer(given, wanted)).toBe(true);
  });

  test.each([
    ["v1", "1"],
    ["apps/v1", "v1"],
    ["bootcamp-worker2", "bootcamp-worker"],
    ["pod", "Deployment"],
    ["", "worker"],
    ["x", "y"],
  ])("%j is another than %j", (given, wanted) => {
    expect(isSameAnswer(given, wanted)).toBe(false);
  });

  test("may be off by what the lesson allows", () => {
    expect([isSameAnswer("12", "10", 2), isSameAnswer("13", "10", 2)]).toEqual([true, false]);
  });

  test("of several things is cut at commas and spaces, Japanese ones too", () => {
    expect(answerParts("10.0.0.1, 10.0.0.2 10.0.0.1、10.0.0.3")).toEqual(["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
  });
});

test("a quantity is one, however it is written", () => {
  expect([isSameValue("1000m", 1), isSameValue("1Gi", "1024Mi"), isSameValue("1G", "1Gi"), isSameValue("a", "b")]).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(compareQuantities("250m", "1")).toBeLessThan(0);
});

test.each([
  ["^Request served by (\\S+)", "Request served by …"],
  ["(^|/)echoserver:1\\.4$", "…echoserver:1.4"],
  ["@sha256:[0-9a-f]{64}$", "@sha256:…"],
  ["^a|b$", "/^a|b$/"],
])("the pattern %j is shown as %j", (pattern, text) => {
  expect(readable(pattern)).toBe(text);
});

test("a path finds every value, and where it stands", () => {
  const service = { spec: { ports: [{ port: 80, name: "http" }, { port: 443 }] }, metadata: { annotations: { "a.b/c": "x-1" } } };
  const values = (path: string) => findAll(service, parsePath(path)).map(({ value, path: at }) => [value, at.join(".")]);
  expect(values("spec.ports[*].port")).toEqual([
    [80, "spec.ports.0.port"],
    [443, "spec.ports.1.port"],
  ]);
  expect(values("spec.ports[-1].port")).toEqual([[443, "spec.ports.1.port"]]);
  expect(values("spec.ports[name=http].port")).toEqual([[80, "spec.ports.0.port"]]);
  expect(values('metadata.annotations["a.b/c"][/-(\\d)/]')).toEqual([["1", "metadata.annotations.a.b/c"]]);
  expect(values("spec.selector.app")).toEqual([]);
});
