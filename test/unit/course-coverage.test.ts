import { readFile } from "node:fs/promises";
import { load } from "js-yaml";
import { describe, expect, test } from "vitest";
import { loadCourse } from "../../src/course/course.ts";

/** A part of the source course, and the steps that teach it. */
interface Covered {
  part: string;
  has: string;
  steps: string[];
  later?: string[];
}

const lessons = new URL("../../lessons/", import.meta.url);
const course = await loadCourse(lessons.pathname);
const table = load(await readFile(new URL("coverage.yaml", lessons), "utf8")) as Covered[];
const ids = course.steps.map(({ id }) => id);

/** What the source course has no counterpart for. */
const own = ["beyond", "clinic"];

describe("the coverage of the source course", () => {
  test("names steps that there are, or that come later", () => {
    expect(table.flatMap(({ steps }) => steps).filter((id) => !ids.includes(id))).toEqual([]);
    const later = table.flatMap((row) => row.later ?? []).filter((id) => !ids.includes(id));
    expect(later.filter((id) => !id.startsWith("beyond/"))).toEqual([]);
  });

  test("has every step of the chapters that follow it", () => {
    const named = new Set(table.flatMap(({ steps }) => steps));
    expect(ids.filter((id) => !own.includes(id.split("/")[0]!) && !named.has(id))).toEqual([]);
  });

  test("leaves no part without a step", () => {
    expect(table.filter(({ steps }) => steps.length === 0)).toEqual([]);
    const chapters = new Set(table.flatMap(({ part }) => part.match(/^\d/)?.[0] ?? []));
    expect([...chapters]).toEqual(["0", "1", "2", "3", "4", "5"]);
  });
});
