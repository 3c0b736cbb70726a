import type { PathStep } from "../course/live-expression.ts";
import type { YamlPath } from "../course/yaml-source.ts";

/** A value and where it stands. */
export interface Found {
  value: unknown;
  path: YamlPath;
}

/** All values that a path leads to, in order; none where something on the way is missing. */
export function findAll(root: unknown, steps: readonly PathStep[]): Found[] {
  return steps.reduce<Found[]>((found, step) => found.flatMap((one) => follow(one, step)), [{ value: root, path: [] }]);
}

function follow({ value, path }: Found, step: PathStep): Found[] {
  const at = (key: string | number, member: unknown): Found[] =>
    member === undefined ? [] : [{ value: member, path: [...path, key] }];
  switch (step.step) {
    case "field":
      return isRecord(value) && Object.hasOwn(value, step.name) ? at(step.name, value[step.name]) : [];
    case "index": {
      if (!Array.isArray(value)) return [];
      const index = step.index < 0 ? value.length + step.index : step.index;
      return at(index, value[index]);
    }
    case "all":
      return Array.isArray(value) ? value.flatMap((member, index) => at(index, member)) : [];
    case "where":
      if (!Array.isArray(value)) return [];
      return value.flatMap((member, index) => (fits(member, step) ? at(index, member) : []));
    case "capture": {
      const found = typeof value === "string" ? new RegExp(step.pattern).exec(value)?.[1] : undefined;
      return found === undefined ? [] : [{ value: found, path }];
    }
    case "filter":
      return [];
  }
}

function fits(member: unknown, { path, equal, value }: Extract<PathStep, { step: "where" }>): boolean {
  const found = findAll(
    member,
    path.map((name) => ({ step: "field", name })),
  )[0]?.value;
  return (toText(found) === value) === equal;
}

/** A value as one would type it; objects as JSON. */
export function toText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  return Array.isArray(value) && value.every((one) => typeof one !== "object") ? value.join(", ") : JSON.stringify(value);
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
