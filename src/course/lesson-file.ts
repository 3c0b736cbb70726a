import lessonSchema from "../../lessons/lesson.schema.json" with { type: "json" };
import type { Action, Attempt, Check, Lesson, Need, Provider, Replacement, Start, Step, StepKind } from "./lesson.ts";
import { LiveExpressionError, parseLiveExpression } from "./live-expression.ts";
import { placeholdersIn } from "./placeholders.ts";
import { CourseError, type Fault } from "./problem.ts";
import { checkAgainst, type JsonSchema, type SchemaFault } from "./schema-check.ts";
import { parseYaml, YamlSyntaxError, type YamlPath } from "./yaml-source.ts";

/**
 * A lesson.yaml as data, held to lesson.schema.json. `file` is for messages, `id` the lesson's.
 * @throws CourseError lesson-invalid, with every fault found
 */
export function parseLessonFile(text: string, file: string, id: string): Lesson {
  const raw = parseCourseYaml<RawLesson>(text, file, lessonSchema as JsonSchema, findFaults);
  return { id, chapter: id.split("/")[0]!, steps: raw.steps.map((step) => toStep(step, id, raw.start)) };
}

/** One YAML file of the course, held to its schema and to `alsoCheck`. @throws CourseError lesson-invalid */
export function parseCourseYaml<T>(
  text: string,
  file: string,
  schema: JsonSchema,
  alsoCheck: (value: T) => SchemaFault[] = () => [],
): T {
  const document = readDocument(text, file);
  const faults = checkAgainst(schema, document.value);
  if (faults.length === 0) faults.push(...alsoCheck(document.value as T));
  const [first, ...more] = faults.map(({ path, what }): Fault => ({ file, ...document.positionOf(path), what }));
  if (first) throw new CourseError({ code: "lesson-invalid", faults: [first, ...more] });
  return document.value as T;
}

function readDocument(text: string, file: string) {
  const fail = (what: string, line = 1, column = 1) =>
    new CourseError({ code: "lesson-invalid", faults: [{ file, line, column, what }] });
  try {
    const [document, ...more] = parseYaml(text);
    if (!document || more.length > 0) throw fail("the file must hold one YAML document");
    return document;
  } catch (error) {
    if (error instanceof YamlSyntaxError) throw fail(error.reason, error.position.line, error.position.column);
    throw error;
  }
}

interface RawLesson {
  start?: RawStart;
  steps: RawStep[];
}

interface RawStep extends Record<string, unknown> {
  id: string;
  kind: StepKind;
  minutes: number;
  needs?: Need[];
  optional?: boolean | Provider[];
  star?: boolean;
  "passes-at-start"?: boolean;
  start?: RawStart;
  options?: string[];
  checks?: Record<string, RawCheck>;
  solution?: RawAttempt;
  wrong?: (RawAttempt & { id: string; fails: string; says: string; undo?: RawAction[]; "unless-equal"?: [string, string] })[];
  routes?: (RawAttempt & { id: string })[];
}

type RawCheck = { namespace?: string; within?: number } & Record<string, Record<string, unknown>>;

interface RawStart {
  cluster?: Start["cluster"];
  objects?: (string | { manifest: string; replace: Record<string, string> })[];
  files?: Record<string, Form | { form?: Form; replace: Record<string, string> }>;
  break?: RawAction[];
}

type Form = "blanks" | "solved";

interface RawAttempt {
  do?: RawAction[];
  answer?: string;
}

interface RawAction {
  kubectl?: string | string[];
  background?: string | string[];
  write?: string | { file: string; from?: string; form?: Form; replace?: Record<string, string>; text?: string };
  edit?: { file: string; replace: Record<string, string> };
  remove?: string;
  cluster?: "create" | "trial";
}

function toStep(raw: RawStep, lesson: string, inherited: RawStart | undefined): Step {
  return {
    id: `${lesson}/${raw.id}`,
    name: raw.id,
    lesson,
    kind: raw.kind,
    minutes: raw.minutes,
    needs: raw.needs ?? [],
    optional: raw.optional ?? false,
    star: raw.star ?? false,
    passesAtStart: raw["passes-at-start"] ?? false,
    start: toStart({ ...inherited, ...raw.start }),
    options: raw.options ?? [],
    checks: Object.entries(raw.checks ?? {}).map(([name, check]) => toCheck(name, check)),
    solution: toAttempt(raw.solution ?? {}),
    wrong: (raw.wrong ?? []).map(({ id, fails, says, undo = [], "unless-equal": unless, ...attempt }) => ({
      id,
      fails,
      says,
      undo: undo.map(toAction),
      ...toAttempt(attempt),
      ...(unless && { unlessEqual: [parseLiveExpression(unless[0]), parseLiveExpression(unless[1])] as const }),
    })),
    routes: (raw.routes ?? []).map(({ id, ...attempt }) => ({ id, ...toAttempt(attempt) })),
  };
}

function toStart(raw: RawStart): Start {
  return {
    cluster: raw.cluster ?? "full",
    objects: (raw.objects ?? []).map((use) =>
      typeof use === "string" ? { manifest: use, replace: [] } : { manifest: use.manifest, replace: toReplacements(use.replace) },
    ),
    files: Object.entries(raw.files ?? {}).map(([file, use]) =>
      typeof use === "string"
        ? { file, form: use, replace: [] }
        : { file, form: use.form ?? "solved", replace: toReplacements(use.replace) },
    ),
    break: (raw.break ?? []).map(toAction),
  };
}

function toCheck(name: string, { namespace, within, ...types }: RawCheck): Check {
  const [type, args] = Object.entries(types)[0]!;
  return { name, type, args, ...(namespace !== undefined && { namespace }), ...(within !== undefined && { within }) };
}

function toAttempt({ do: actions = [], answer }: RawAttempt): Attempt {
  return { do: actions.map(toAction), ...(answer !== undefined && { answer }) };
}

function toAction(raw: RawAction): Action {
  if (raw.kubectl !== undefined) return { type: "kubectl", args: toArguments(raw.kubectl) };
  if (raw.background !== undefined) return { type: "kubectl", args: toArguments(raw.background), stays: true };
  if (raw.edit) return { type: "edit", file: raw.edit.file, replace: toReplacements(raw.edit.replace) };
  if (raw.remove !== undefined) return { type: "remove", file: raw.remove };
  if (raw.cluster) return { type: "cluster", what: raw.cluster };
  const write = typeof raw.write === "string" ? { file: raw.write } : raw.write!;
  if (write.text !== undefined) return { type: "write-text", file: write.file, text: write.text };
  const { file, from = file, form = "solved", replace = {} } = write;
  return { type: "write", file, from, form, replace: toReplacements(replace) };
}

/** Cut at spaces, but not inside `{{…}}`. */
function toArguments(kubectl: string | string[]): string[] {
  return typeof kubectl === "string" ? (kubectl.match(/(?:\{\{.*?\}\}|\S)+/g) ?? []) : kubectl;
}

const toReplacements = (replace: Record<string, string>): Replacement[] =>
  Object.entries(replace).map(([from, to]) => ({ from, to }));

/** What the schema can't say: exactly one check type, and expressions that parse. */
function findFaults(lesson: RawLesson): SchemaFault[] {
  return lesson.steps.flatMap((step, index) => {
    const at: YamlPath = ["steps", index];
    const checks = Object.entries(step.checks ?? {});
    return [
      ...checks.flatMap(([name, check]) => oneType(check, [...at, "checks", name])),
      ...checks.flatMap(([name, check]) => liveFaults(check, [...at, "checks", name])),
      ...(step.wrong ?? []).flatMap(({ "unless-equal": unless = [] }, nth) =>
        unless.flatMap((text, item) => expressionFault(text, [...at, "wrong", nth, "unless-equal", item])),
      ),
      ...placeholderFaults(step, at),
    ];
  });
}

function oneType(check: RawCheck, path: YamlPath): SchemaFault[] {
  const types = Object.keys(check).filter((field) => field !== "namespace" && field !== "within");
  return types.length === 1 ? [] : [{ path, what: `a check has one type, not ${types.length ? types.join(" and ") : "none"}` }];
}

function liveFaults(check: RawCheck, path: YamlPath): SchemaFault[] {
  const answer = check["answer-equals-live"] as { value: string; labels?: Record<string, { live?: string }> } | undefined;
  const unchanged = check["unchanged-since-start"] as { same?: string[]; changed?: string[] } | undefined;
  const within = (...rest: YamlPath): YamlPath => [...path, ...rest];
  return [
    ...(answer ? expressionFault(answer.value, within("answer-equals-live", "value")) : []),
    ...Object.entries(answer?.labels ?? {}).flatMap(([name, { live }]) =>
      live === undefined ? [] : expressionFault(live, within("answer-equals-live", "labels", name, "live")),
    ),
    ...(["same", "changed"] as const).flatMap((list) =>
      (unchanged?.[list] ?? []).flatMap((text, item) => expressionFault(text, within("unchanged-since-start", list, item))),
    ),
  ];
}

function placeholderFaults(value: unknown, path: YamlPath): SchemaFault[] {
  if (typeof value === "string") return expressionsOrFault(() => placeholdersIn(value), path);
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => placeholderFaults(item, [...path, index]));
  return Object.entries(value).flatMap(([field, member]) => [
    ...expressionsOrFault(() => placeholdersIn(field), [...path, field]),
    ...placeholderFaults(member, [...path, field]),
  ]);
}

const expressionFault = (text: string, path: YamlPath): SchemaFault[] =>
  expressionsOrFault(() => parseLiveExpression(text), path);

function expressionsOrFault(parse: () => unknown, path: YamlPath): SchemaFault[] {
  try {
    parse();
    return [];
  } catch (error) {
    if (error instanceof LiveExpressionError) return [{ path, what: error.message }];
    throw error;
  }
}
