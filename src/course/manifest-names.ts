import type { Lesson } from "./lesson.ts";

/** Every manifest that these lessons name. */
export function manifestNames(lessons: readonly Pick<Lesson, "steps">[]): Set<string> {
  const steps = lessons.flatMap((lesson) => lesson.steps);
  const names = steps.flatMap(({ start, solution, wrong, routes }) => [
    ...start.objects.map(({ manifest }) => manifest),
    ...start.files.map(({ file }) => file),
    ...[solution, ...wrong, ...routes].flatMap((attempt) =>
      attempt.do.flatMap((action) => (action.type === "write" ? [action.from] : [])),
    ),
  ]);
  return new Set(names);
}
