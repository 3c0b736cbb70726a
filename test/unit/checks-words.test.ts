import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { checkCodes, checkTypes } from "../../src/checks/index.ts";
import { type CheckResult, resultOf } from "../../src/checks/result.ts";
import type { StepText } from "../../src/course/lesson-text.ts";
import { lintCourse, lintRules } from "../../src/course/lint.ts";

const lessons = new URL("../../lessons/", import.meta.url).pathname;

test("failure codes are those that authors are told of", async () => {
  const readme = await readFile(`${lessons}README.md`, "utf8");
  const table = readme
    .slice(readme.indexOf("Failures by check type"), readme.indexOf("## Manifests"))
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  const told = table.map((line) => {
    const [, type = "", codes = ""] = line.split("|");
    return [
      type.replaceAll(/[`\s]/g, ""),
      [...codes.replaceAll(/\([^)]*\)/g, "").matchAll(/`([^`]+)`/g)].map((found) => found[1]),
    ];
  });
  const known = Object.entries(checkCodes).filter(([, codes]) => codes.length > 0);
  expect(Object.fromEntries(told.map(([type, codes]) => [type, (codes as string[]).toSorted()]))).toEqual(
    Object.fromEntries(known.map(([type, codes]) => [type, codes.toSorted()])),
  );
});

test("the course names no failure that no check has", async () => {
  expect(await lintCourse(lessons, { codes: checkCodes })).toEqual([]);
});

test("rules are those that authors are told of", async () => {
  const readme = await readFile(`${lessons}README.md`, "utf8");
  const table = readme.slice(readme.indexOf("## What lint looks for"));
  const told = [...table.matchAll(/^\| `([\w-]+)` \| (.+) \|$/gm)].map(([, id = "", holds]) => [id, holds]);
  expect(Object.fromEntries(told)).toEqual(lintRules);
});

test("both languages fill in the same fields", () => {
  const fields = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].toSorted();
  for (const { type, expected, words } of Object.values(checkTypes)) {
    for (const { en, ja } of [
      expected,
      ...Object.values(words).flatMap((one) => [one.actual, one.why, one.try].filter((part) => part !== undefined)),
    ]) {
      expect({ type, ja, fields: fields(ja) }).toEqual({ type, ja, fields: fields(en) });
    }
  }
});

describe("the words of a failed check", () => {
  const settings = { namespace: "default", images: { app: { image: "echo:1" } } };
  const step = {
    labels: { survivor: "it was in the list before" },
    options: [{ id: "B", text: "", why: "the template is the same" }],
    words: [
      { check: "c", why: "in general {got}", try: "take {{images.app}}" },
      { check: "c", code: "value", why: "the file says {got}, not {want}" },
    ],
  } as unknown as StepText;
  const tell = (type: string, code: string, known?: string): CheckResult => {
    const outcome = { passed: false as const, code, fields: { want: 4, got: "{want}" }, ...(known !== undefined && { known }) };
    return resultOf({ name: "c", type, args: {} }, outcome, { text: step, language: "en", settings });
  };

  test("are the lesson's for this code, then the lesson's, and what is filled in is not looked at again", () => {
    expect(tell("manifest-field", "value")).toMatchObject({ why: "the file says {want}, not 4", try: "take echo:1" });
    expect(tell("manifest-field", "count")).toMatchObject({ why: "in general {want}", try: "take echo:1" });
  });

  test("are the type's own where the check never came to its subject", () => {
    expect(tell("manifest-field", "todo").why).toBe("a question in the file is not answered yet");
    expect(tell("answer-equals-live", "no-answer").try).toBe("`k8s-bootcamp verify --answer VALUE`");
  });

  test("are the label's, or the option's, for an answer that is known to be wrong", () => {
    expect(tell("answer-equals-live", "wrong", "survivor").why).toBe("it was in the list before");
    expect(tell("choice-equals", "wrong", "B").why).toBe("the template is the same");
  });
});
