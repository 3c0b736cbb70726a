import type { Dirent } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import courseSchema from "../../lessons/course.schema.json" with { type: "json" };
import type { CourseFacts, CourseFiles, CourseImage } from "./course.ts";
import type { Language, Lesson } from "./lesson.ts";
import { parseCourseYaml, parseLessonFile } from "./lesson-file.ts";
import { type LessonText, parseLessonText } from "./lesson-text.ts";
import { CourseError, systemCode } from "./problem.ts";
import type { JsonSchema } from "./schema-check.ts";
import { readIfThere } from "./text-file.ts";

/** A lesson's folder: `id` is its path below the course without the number prefixes. */
export interface LessonFolder {
  id: string;
  path: string;
}

/** @throws CourseError course-missing, lesson-invalid, file-unreadable */
export async function openCourseFolder(dir: string): Promise<{ facts: CourseFacts; files: CourseFiles }> {
  const raw = await readCourseFile(dir);
  const folders = await findLessonFolders(dir);
  const lessons = await Promise.all(folders.map(readLesson));
  const ids = [...new Set(lessons.map(({ chapter }) => chapter))];
  const facts: CourseFacts = {
    format: 1,
    chapters: ids.map((id) => ({ id, title: raw.chapters[id] ?? { en: id, ja: id } })),
    images: raw.images,
    lessons,
  };
  return { facts, files: filesOf(folders, resolve(dir, raw.manifests ?? "manifests")) };
}

/** Every folder that holds a lesson.yaml, in course order: that of the folders' names, numbers first. */
export async function findLessonFolders(dir: string): Promise<LessonFolder[]> {
  const files = await filesBelow(dir);
  return files
    .filter(({ name }) => name === "lesson.yaml")
    .map(({ parentPath }) => parentPath)
    .sort((a, b) => (a < b ? -1 : 1))
    .map((path) => ({ id: toId(path.slice(dir.length)), path }));
}

/** Files of the course's manifests folder, by the names lessons use. */
export async function findManifests(dir: string): Promise<{ name: string; path: string }[]> {
  const root = resolve(dir, (await readCourseFile(dir)).manifests ?? "manifests");
  const files = await filesBelow(root);
  return files
    .filter(({ name }) => /\.ya?ml$/.test(name))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
    .map((path) => ({ name: path.slice(root.length + 1).replaceAll("\\", "/"), path }));
}

/** None when there is no such folder: a course may do without manifests. */
async function filesBelow(dir: string): Promise<Dirent[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  });
  return entries.filter((entry) => entry.isFile());
}

interface RawCourse {
  manifests?: string;
  chapters: Record<string, Record<Language, string>>;
  images: Record<string, CourseImage>;
}

/** @throws CourseError course-missing, lesson-invalid */
export async function readCourseFile(dir: string): Promise<RawCourse> {
  const file = join(dir, "course.yaml");
  const text = await readIfThere(file);
  if (text === undefined) throw new CourseError({ code: "course-missing", dir });
  return parseCourseYaml<RawCourse>(text, file, courseSchema as JsonSchema);
}

const toId = (path: string): string =>
  path
    .split(/[\\/]/)
    .filter(Boolean)
    .map((part) => part.replace(/^\d+-/, ""))
    .join("/");

async function readLesson({ id, path }: LessonFolder): Promise<Lesson> {
  const file = join(path, "lesson.yaml");
  return parseLessonFile(await readFile(file, "utf8"), file, id);
}

function filesOf(folders: readonly LessonFolder[], manifests: string): CourseFiles {
  const text = async (lesson: string, language: Language): Promise<LessonText> => {
    const file = join(folders.find(({ id }) => id === lesson)!.path, `text.${language}.md`);
    const markdown = await readIfThere(file);
    if (markdown === undefined) throw new CourseError({ code: "text-missing", lesson, language, file });
    return parseLessonText(markdown, file, language);
  };
  return {
    text,
    async titles(language) {
      const titles = folders.map(async ({ id }) => {
        const { title, steps } = await text(id, language);
        return [[id, title], ...steps.map((step) => [`${id}/${step.name}`, step.title])];
      });
      return Object.fromEntries((await Promise.all(titles)).flat());
    },
    async manifest(name) {
      const file = join(manifests, name);
      const found = await readIfThere(file);
      if (found === undefined) throw new CourseError({ code: "manifest-missing", manifest: name, file });
      return found;
    },
  };
}
