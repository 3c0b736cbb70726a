import { join } from "node:path";
import { type Language, languages } from "./lesson.ts";
import { manifestsNamed } from "./lint-files.ts";
import { isRegExp, type Rule, unless } from "./lint-rule.ts";
import type { CourseSource, LessonSource } from "./lint-source.ts";
import type { Place } from "./problem.ts";

/** Of the course as a whole. */
export const courseRules: readonly Rule<CourseSource>[] = [
  {
    id: "chapter-titled",
    holds: "course.yaml has a title for each lesson's chapter",
    find: (course) =>
      [...new Set(course.lessons.map(({ lesson }) => lesson.chapter))].flatMap((chapter) =>
        unless(Object.hasOwn(course.header.chapters, chapter), header(course), `chapters has no title for "${chapter}"`),
      ),
  },
  {
    id: "manifest-used",
    holds: "a lesson uses each manifest",
    find: ({ lessons, manifests }) => {
      const used = new Set(lessons.flatMap(({ lesson }) => lesson.steps.flatMap(manifestsNamed)));
      return [...manifests.values()].flatMap(({ name, file }) =>
        unless(used.has(name), top(file), "no lesson uses this manifest"),
      );
    },
  },
  {
    id: "image-expressions",
    holds: "reply of an image is a regular expression",
    find: (course) =>
      Object.entries(course.header.images).flatMap(([name, { reply }]) =>
        unless(reply === undefined || isRegExp(reply), header(course), `images.${name}.reply is no regular expression`),
      ),
  },
];

/** Of a lesson's two kinds of file together. */
export const lessonRules: readonly Rule<LessonSource>[] = [
  {
    id: "star-once",
    holds: "a lesson has one step with star: true",
    find: ({ lesson, at }) => {
      const stars = lesson.steps.filter(({ star }) => star).length;
      return unless(stars === 1, at(["steps"]), `a lesson has one step with star: true, not ${stars}`);
    },
  },
  {
    id: "ids-once",
    holds: "ids of steps are different",
    find: ({ lesson, at }) =>
      lesson.steps.flatMap(({ name }, index) =>
        unless(
          lesson.steps.findIndex((step) => step.name === name) === index,
          at(["steps", index, "id"]),
          `an earlier step is called ${name}`,
        ),
      ),
  },
  {
    id: "sections-are-steps",
    holds: "a text has a section per step, in their order",
    find: ({ lesson, texts }) =>
      inEach(texts, ({ file, text }) => {
        const names = text.steps.map(({ name }) => name).join(", ");
        const wanted = lesson.steps.map(({ name }) => name).join(", ");
        return unless(names === wanted, top(file), `the sections are ${names}; the steps are ${wanted}`);
      }),
  },
  {
    id: "paragraph-one-line",
    holds: "in Japanese a paragraph is one line, since a line end would become a space",
    find: ({ texts: { ja } }) => {
      let fenced = false;
      return (ja?.lines ?? []).flatMap((line, index) => {
        const before = ja!.lines[index - 1] ?? "";
        if (line.startsWith("```")) fenced = !fenced;
        const flows = !fenced && isProse(line) && isProse(before);
        return unless(!flows, { file: ja!.file, line: index + 1, column: 1 }, "this line goes on from the one before");
      });
    },
  },
];

/** Ordinary words: no heading, item, quote, table or fence. */
const isProse = (line: string): boolean => line.trim() !== "" && !/^\s*(#|[-*] |\d+\. |>|\||```)/.test(line);

const inEach = <T, R>(texts: Partial<Record<Language, T>>, find: (text: T) => R[]): R[] =>
  languages.flatMap((language) => (texts[language] ? find(texts[language]) : []));

const top = (file: string): Place => ({ file, line: 1, column: 1 });

const header = ({ dir }: CourseSource): Place => top(join(dir, "course.yaml"));
