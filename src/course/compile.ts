import { readFile } from "node:fs/promises";
import { findManifests, openCourseFolder } from "./course-folder.ts";
import { languages } from "./lesson.ts";

/**
 * A folder of lessons as the few JSON files that `loadCourse` reads fastest: file name → content. For the build.
 * @throws CourseError when a file of the course is faulty
 */
export async function compileCourse(dir: string): Promise<Record<string, string>> {
  const { facts, files } = await openCourseFolder(dir);
  const manifests = await Promise.all(
    (await findManifests(dir)).map(async ({ name, path }) => [name, await readFile(path, "utf8")] as const),
  );
  const compiled: Record<string, unknown> = { "course.json": facts, "manifests.json": Object.fromEntries(manifests) };
  for (const language of languages) {
    const texts = facts.lessons.map(async ({ id }) => [id, await files.text(id, language)] as const);
    compiled[`text.${language}.json`] = Object.fromEntries(await Promise.all(texts));
    compiled[`titles.${language}.json`] = await files.titles(language);
  }
  return Object.fromEntries(Object.entries(compiled).map(([file, data]) => [file, JSON.stringify(data)]));
}
