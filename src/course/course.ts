import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Language, Lesson, Step } from "./lesson.ts";
import type { LessonText } from "./lesson-text.ts";
import { nearestOf } from "./nearest.ts";
import { CourseError } from "./problem.ts";
import { readIfThere } from "./text-file.ts";

/** A course as the rest of the program sees it. Facts are at hand; texts and manifests are read when asked for. */
export interface Course {
  /** Absolute folder it was loaded from. */
  dir: string;
  chapters: readonly Chapter[];
  lessons: readonly Lesson[];
  /** All steps in course order. */
  steps: readonly Step[];
  /** By short name, overrides applied: `app`, `busybox`… */
  images: Readonly<Record<string, CourseImage>>;
  /** By full id, or the first step of a lesson. @throws CourseError unknown-lesson */
  step(id: string): Step;
  /** @throws CourseError unknown-lesson */
  lesson(id: string): Lesson;
  /** Titles of lessons and steps by id. */
  titles(language: Language): Promise<Readonly<Record<string, string>>>;
  /** @throws CourseError text-missing, lesson-invalid */
  text(lesson: string, language: Language): Promise<LessonText>;
  /** A file of manifests/ as its author wrote it, blanks marked; image overrides applied. @throws CourseError manifest-missing */
  manifest(name: string): Promise<string>;
}

export interface Chapter {
  id: string;
  title: Readonly<Record<Language, string>>;
  lessons: readonly Lesson[];
}

/** `path` and `reply` (a regular expression, group 1 is the Pod's name): how to ask it who answers. */
export interface CourseImage {
  image: string;
  path?: string;
  reply?: string;
}

/** What a course is made of, however it is stored. `compileCourse` writes this as JSON. */
export interface CourseFacts {
  format: 1;
  chapters: readonly Omit<Chapter, "lessons">[];
  images: Readonly<Record<string, CourseImage>>;
  lessons: readonly Lesson[];
}

export interface CourseFiles {
  titles(language: Language): Promise<Readonly<Record<string, string>>>;
  text(lesson: string, language: Language): Promise<LessonText>;
  manifest(name: string): Promise<string>;
}

/**
 * Loads a compiled course (`course.json`) or a folder of lessons (`course.yaml`). `images` replaces names of the images table;
 * `namespace` is where it takes place.
 * @throws CourseError course-missing, course-newer, lesson-invalid
 */
export async function loadCourse(
  path: string,
  { images = {}, namespace = "default" }: { images?: Readonly<Record<string, string>>; namespace?: string } = {},
): Promise<Course> {
  const dir = resolve(path);
  const compiled = await readIfThere(join(dir, "course.json"));
  const opened =
    compiled === undefined ? await (await import("./course-folder.ts")).openCourseFolder(dir) : openCompiled(dir, compiled);
  const { facts, files } =
    namespace === "default"
      ? opened
      : await (await import("./in-namespace.ts")).inNamespace(opened.facts, opened.files, namespace);
  return toCourse(dir, facts, files, images);
}

function openCompiled(dir: string, json: string): { facts: CourseFacts; files: CourseFiles } {
  const facts = JSON.parse(json) as CourseFacts;
  if (facts.format !== 1) throw new CourseError({ code: "course-newer", file: join(dir, "course.json"), format: facts.format });
  const table = async <T>(name: string): Promise<Record<string, T>> => JSON.parse(await readFile(join(dir, name), "utf8"));
  return {
    facts,
    files: {
      titles: (language) => table(`titles.${language}.json`),
      async text(lesson, language) {
        const file = `text.${language}.json`;
        const text = (await table<LessonText>(file))[lesson];
        if (!text) throw new CourseError({ code: "text-missing", lesson, language, file: join(dir, file) });
        return text;
      },
      async manifest(name) {
        const text = (await table<string>("manifests.json"))[name];
        if (text === undefined)
          throw new CourseError({ code: "manifest-missing", manifest: name, file: join(dir, "manifests.json") });
        return text;
      },
    },
  };
}

function toCourse(dir: string, facts: CourseFacts, files: CourseFiles, overrides: Readonly<Record<string, string>>): Course {
  const { lessons } = facts;
  const steps = lessons.flatMap((lesson) => lesson.steps);
  const swaps = Object.entries(facts.images).flatMap(([name, { image }]) => {
    const to = overrides[name];
    return to === undefined ? [] : [{ name, from: image, to }];
  });
  const unknown = (given: string): never => {
    const ids = [...lessons, ...steps].map(({ id }) => id);
    throw new CourseError({ code: "unknown-lesson", given, near: nearestOf(given, ids) });
  };
  const lesson = (id: string): Lesson => lessons.find((one) => one.id === id) ?? unknown(id);
  return {
    dir,
    lessons,
    steps,
    chapters: facts.chapters.map((chapter) => ({ ...chapter, lessons: lessons.filter((one) => one.chapter === chapter.id) })),
    images: { ...facts.images, ...Object.fromEntries(swaps.map(({ name, to }) => [name, { ...facts.images[name], image: to }])) },
    lesson,
    step: (id) => steps.find((step) => step.id === id) ?? lesson(id).steps[0]!,
    titles: (language) => files.titles(language),
    text: (id, language) => files.text(lesson(id).id, language),
    manifest: async (name) => swaps.reduce((text, { from, to }) => text.replaceAll(from, to), await files.manifest(name)),
  };
}
