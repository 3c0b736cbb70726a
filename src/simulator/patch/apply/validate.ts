import { byCodeUnits, goSyntax, goTypeName, goValue } from "../go-format.ts";
import { isMap } from "../json-value.ts";
import type { ListType, MapType, MergeType, Scalar } from "./merge-type.ts";
import { faceOf } from "./merge-type.ts";
import { fieldElement, itemElement, showPathElement } from "./path-element.ts";

/**
 * Why an applied value is not of its type, in the words of structured-merge-diff typed/validate.go; undefined when it is.
 * `.spec.replcas: field not declared in schema`
 */
export function invalidity(type: MergeType, value: unknown): string | undefined {
  const problems = problemsOf(type, value, "");
  return problems.length > 1 ? ["errors:", ...problems.map((problem) => `  ${problem}`)].join("\n") : problems[0];
}

function problemsOf(type: MergeType, value: unknown, path: string): string[] {
  const problem = (text: string) => [path ? `${path}: ${text}` : text];
  if (value === null) return [];
  switch (faceOf(type, value)) {
    case "map":
      return isMap(value) ? memberProblems(type.map!, value, path) : problem(`expected map, got &{${goValue(value)}}`);
    case "list":
      return Array.isArray(value) ? itemProblems(type.list!, value, path) : problem(`expected list, got &{${goValue(value)}}`);
    case "scalar":
      return scalarProblem(type.scalar!, value).flatMap(problem);
  }
}

function memberProblems(type: MapType, value: Record<string, unknown>, path: string): string[] {
  const problems: string[] = [];
  for (const key of Object.keys(value).sort(byCodeUnits)) {
    const memberPath = path + showPathElement(fieldElement(key));
    const memberType = type.field(key)?.type ?? type.element?.();
    if (!memberType) return [...problems, `${memberPath}: field not declared in schema`];
    problems.push(...problemsOf(memberType, value[key], memberPath));
  }
  return problems;
}

function itemProblems(type: ListType, value: readonly unknown[], path: string): string[] {
  const problems: string[] = [];
  const problem = (text: string) => problems.push(path ? `${path}: ${text}` : text);
  const seen = new Set<string>();
  for (const [at, item] of value.entries()) {
    const element = type.atomic ? `i:${at}` : itemElement(type, item);
    if (typeof element !== "string") {
      problem(`element ${at}: ${element.problem}`);
      break;
    }
    if (seen.has(element)) problem(`duplicate entries for key ${showPathElement(element)}`);
    seen.add(element);
    problems.push(...problemsOf(type.element(), item, path + showPathElement(element)));
  }
  return problems;
}

function scalarProblem(scalar: Scalar, value: unknown): string[] {
  const actual = typeof value;
  switch (scalar) {
    case "numeric":
      return actual === "number" ? [] : [`expected numeric (int or float), got ${goTypeName(value)}`];
    case "string":
      return actual === "string" ? [] : [`expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`];
    case "boolean":
      return actual === "boolean" ? [] : [`expected boolean, got &{${goValue(value)}}`];
    case "untyped":
      return actual === "object" ? [`expected any scalar, got &{${goValue(value)}}`] : [];
  }
}
