import type { CourseSource } from "./lint-source.ts";
import type { Place } from "./problem.ts";

/** One thing that holds of every course, lesson, step, section or manifest. */
export interface Rule<Subject> {
  id: string;
  /** What holds, for the list of rules. */
  holds: string;
  find(subject: Subject, course: CourseSource): readonly Found[];
}

/** Where it doesn't hold, and why. */
export interface Found {
  place: Place;
  what: string;
}

/** The finding, unless it holds. */
export const unless = (holds: boolean, place: Place, what: string): Found[] => (holds ? [] : [{ place, what }]);

/** Whether a regular expression compiles. */
export function isRegExp(pattern: string): boolean {
  try {
    new RegExp(pattern, "m");
    return true;
  } catch {
    return false;
  }
}
