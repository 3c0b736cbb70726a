import { courseRules, lessonRules } from "./lint-course-rules.ts";
import { manifestRules } from "./lint-manifest-rules.ts";
import type { Rule } from "./lint-rule.ts";
import {
  type CourseSource,
  type Finding,
  pairsOf,
  readCourseSource,
  sectionsOf,
  stepsOf,
  type Vocabulary,
} from "./lint-source.ts";
import { stepRules } from "./lint-step-rules.ts";
import { pairRules, sectionRules } from "./lint-text-rules.ts";

/** What is checked, by id, as authors are told. The first two are the readers' own. */
export const lintRules: Readonly<Record<string, string>> = Object.fromEntries(
  [
    { id: "schema", holds: "YAML files fit their schema, and live expressions parse" },
    { id: "text-form", holds: "both texts are there, made of the parts that lessons have" },
    ...courseRules,
    ...lessonRules,
    ...stepRules,
    ...sectionRules,
    ...pairRules,
    ...manifestRules,
  ].map(({ id, holds }) => [id, holds]),
);

/**
 * Every fault of a course folder that can be found without a cluster, in the order of its files.
 * @throws CourseError course-missing, file-unreadable
 */
export async function lintCourse(dir: string, vocabulary: Vocabulary = {}): Promise<Finding[]> {
  const { source, findings } = await readCourseSource(dir, vocabulary);
  if (!source) return findings;
  const { lessons, manifests } = source;
  const found = [
    ...findings,
    ...apply(courseRules, [source], source),
    ...apply(lessonRules, lessons, source),
    ...apply(stepRules, lessons.flatMap(stepsOf), source),
    ...apply(sectionRules, lessons.flatMap(sectionsOf), source),
    ...apply(pairRules, lessons.flatMap(pairsOf), source),
    ...apply(manifestRules, [...manifests.values()], source),
  ];
  return found.toSorted((a, b) => compare(a.file, b.file) || a.line - b.line);
}

function apply<Subject>(rules: readonly Rule<Subject>[], subjects: readonly Subject[], source: CourseSource): Finding[] {
  return rules.flatMap(({ id, find }) =>
    subjects.flatMap((subject) => find(subject, source).map(({ place, what }) => ({ rule: id, ...place, what }))),
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
