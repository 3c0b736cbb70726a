import { describe, expect, it } from "vitest";
import { formatLabelSelector, labelsMatch, parseLabelSelector } from "../../src/simulator/api/selectors.ts";

describe("label selectors", () => {
  it.each([
    ["app=web", { app: "web" }, true],
    ["app==web,tier!=db", { app: "web" }, true],
    ["app in (web, api),!old", { app: "api" }, true],
    ["app in (web, api),!old", { app: "api", old: "" }, false],
    ["tier notin (db)", {}, true],
    ["app", {}, false],
    ["size>3", { size: "10" }, true],
    ["empty=", { empty: "" }, true],
    ["", { any: "thing" }, true],
  ])("%j on %j is %j", (text, labels, expected) => {
    expect(labelsMatch(parseLabelSelector(text), labels as Record<string, string>)).toBe(expected);
  });

  it.each([
    ["app in web", "unable to parse requirement: found 'web' expected: '('"],
    ["app==web==", "found '==', expected: ',' or 'end of string'"],
    ["app=web,", "found '', expected: identifier after ','"],
  ])("refuses %j in upstream's words", (text, message) => {
    expect(() => parseLabelSelector(text)).toThrow(message);
  });

  it("are written with keys sorted, as status.selector has them", () => {
    const selector = { matchLabels: { b: "2", a: "1" }, matchExpressions: [{ key: "c", operator: "In", values: ["y", "x"] }] };
    expect(formatLabelSelector(selector)).toBe("a=1,b=2,c in (x,y)");
  });
});
