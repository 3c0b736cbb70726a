import { manifestsNamed, replaceFaults } from "./lint-files.ts";
import { isRegExp, type Rule, unless } from "./lint-rule.ts";
import { isSetting, type StepSource } from "./lint-source.ts";
import { answerWanted, type Check, type Step } from "./lesson.ts";
import { type LiveExpression, parseLiveExpression } from "./live-expression.ts";
import { placeholdersIn } from "./placeholders.ts";
import type { YamlPath } from "./yaml-source.ts";

/** Of each step, as lesson.yaml has it; what its schema can't see. */
export const stepRules: readonly Rule<StepSource>[] = [
  {
    id: "one-question",
    holds: "a step asks one question at most",
    find: ({ step, at }) =>
      unless(step.checks.filter(isQuestion).length <= 1, at(["checks"]), "this step asks more than one question"),
  },
  {
    id: "predict-is-choice",
    holds: "predict is the kind of a step with choice-equals",
    find: ({ step, at }) =>
      unless((step.kind === "predict") === (answerWanted(step) === "option"), at(["kind"]), "predict goes with choice-equals"),
  },
  {
    id: "options-are-chosen",
    holds: "options belong to choice-equals, and it to them",
    find: ({ step, at }) =>
      step.checks
        .filter(({ type }) => type === "choice-equals")
        .flatMap(({ name, args }) => {
          const option = String(args["option"]);
          const isKnown = option.includes("{{") || step.options.includes(option);
          return unless(isKnown, at(["checks", name]), `${option} is none of the options`);
        })
        .concat(
          unless(step.options.length > 0 === (answerWanted(step) === "option"), at(["options"]), "nothing chooses an option"),
        ),
  },
  {
    id: "checks-there",
    holds: "a step has checks, unless its kind is read",
    find: ({ step, at }) => unless(step.kind === "read" || step.checks.length > 0, at(["id"]), "this step has no checks"),
  },
  {
    id: "two-wrong-answers",
    holds: "a step has two wrong answers or more, unless its kind is read",
    find: ({ step, at }) =>
      unless(
        step.kind === "read" || step.wrong.length >= 2,
        at(["wrong"]),
        `a step needs two wrong answers or more, not ${step.wrong.length}`,
      ),
  },
  {
    id: "wrong-in-order",
    holds: "wrong answers are W1, W2…",
    find: ({ step, at }) =>
      step.wrong.flatMap(({ id }, index) =>
        unless(id === `W${index + 1}`, at(["wrong", index, "id"]), `wrong answers are numbered in order: this is W${index + 1}`),
      ),
  },
  {
    id: "wrong-fails-check",
    holds: "a wrong answer names a check of its step",
    find: ({ step, at }) => {
      const checks = step.checks.map(({ name }) => name);
      return step.wrong.flatMap(({ fails }, index) =>
        unless(
          checks.includes(fails),
          at(["wrong", index, "fails"]),
          `this step has no check "${fails}"; it has ${checks.join(", ")}`,
        ),
      );
    },
  },
  {
    id: "solution-answers",
    holds: "the solution answers when a check asks, and only then",
    find: ({ step, at }) =>
      unless(
        (step.solution.answer !== undefined) === (answerWanted(step) !== "none"),
        at(["solution"]),
        "the solution answers when a check asks",
      ),
  },
  {
    id: "other-route",
    holds: "a do or edit step that needs its cluster has another honest route",
    find: ({ step, at }) => {
      const isWork = (step.kind === "do" || step.kind === "edit") && !step.passesAtStart;
      return unless(!isWork || step.routes.length > 0, at(["id"]), "this step has no routes: other honest ways to its state");
    },
  },
  {
    id: "needs-exec",
    holds: "a step whose checks run commands in a Pod needs exec",
    find: ({ step, at }) => {
      const executes = step.checks.some(({ type }) => type === "exec-output");
      return unless(!executes || step.needs.includes("exec"), at(["needs"]), "exec-output needs exec");
    },
  },
  {
    id: "manifest-there",
    holds: "each manifest that is named exists",
    find: ({ step, at }, { manifests }) =>
      manifestsNamed(step).flatMap((name) => unless(manifests.has(name), at(["start"]), `there is no manifest ${name}`)),
  },
  {
    id: "replace-finds",
    holds: "words to be replaced are in the file, or the manifest",
    find: ({ step, at }, course) => replaceFaults(step, course).map(({ path, what }) => ({ place: at(path), what })),
  },
  {
    id: "file-given",
    holds: "a check's file is one that the step's start writes",
    find: ({ step, at }) => {
      const given = step.start.files.map(({ file }) => file);
      return step.checks.flatMap(({ name, args }) =>
        filesOf(args).flatMap((file) => unless(given.includes(file), at(["checks", name]), `start has no file ${file}`)),
      );
    },
  },
  {
    id: "pattern-compiles",
    holds: "regular expressions compile",
    find: ({ step, at }) =>
      step.checks.flatMap(({ name, args }) =>
        patternsIn(args).flatMap((pattern) =>
          unless(isRegExp(pattern), at(["checks", name]), `${pattern} is no regular expression`),
        ),
      ),
  },
  {
    id: "facts-known",
    holds: "facts that are named are computed",
    find: (source, { vocabulary: { facts } }) =>
      expressionsOf(source.step).flatMap(({ path, expression }) => {
        if (expression.source !== "fact" || !facts) return [];
        const name = expression.parts.map((part) => part.name).join(".");
        return unless(facts.includes(name), source.at(path), `there is no fact ${name}; there are ${facts.join(", ")}`);
      }),
  },
  {
    id: "images-known",
    holds: "images that are named are in course.yaml",
    find: (source, course) =>
      expressionsOf(source.step).flatMap(({ path, expression }) => {
        if (expression.source !== "setting") return [];
        return unless(isSetting(expression.name, course), source.at(path), `there is no setting ${expression.name}`);
      }),
  },
];

const isQuestion = ({ type }: Check): boolean => type === "choice-equals" || type === "answer-equals-live";

/** Files that a check looks at in the learner's folder. */
function filesOf(args: Check["args"]): string[] {
  const { file, files } = args as { file?: string; files?: string[] };
  return [...(file === undefined ? [] : [file]), ...(files ?? [])];
}

function patternsIn(args: unknown): string[] {
  if (typeof args !== "object" || args === null) return [];
  return Object.entries(args).flatMap(([field, value]) => {
    if ((field === "matches" || field === "not-matches") && typeof value === "string") return value.includes("{{") ? [] : [value];
    return patternsIn(value);
  });
}

interface Named {
  path: YamlPath;
  expression: LiveExpression;
}

/** All live expressions of a step, bare and in strings. */
function expressionsOf(step: Step): Named[] {
  const inStrings = (value: unknown, path: YamlPath): Named[] => {
    if (typeof value === "string") return placeholdersIn(value).map((expression) => ({ path, expression }));
    if (typeof value !== "object" || value === null) return [];
    return Object.values(value).flatMap((member) => inStrings(member, path));
  };
  const bare = (texts: readonly (string | undefined)[], path: YamlPath): Named[] =>
    texts.flatMap((text) => (text === undefined ? [] : [{ path, expression: parseLiveExpression(text) }]));
  const checks = step.checks.flatMap(({ name, type, args }) => {
    const path = ["checks", name];
    const { value, labels = {}, same = [], changed = [] } = args as Bare;
    const texts = type === "answer-equals-live" ? [value, ...Object.values(labels).map(({ live }) => live)] : [];
    return [
      ...inStrings(args, path),
      ...bare(texts, path),
      ...bare(type === "unchanged-since-start" ? [...same, ...changed] : [], path),
    ];
  });
  return [
    ...checks,
    ...inStrings(step.solution, ["solution"]),
    ...step.wrong.flatMap((wrong, index) => inStrings({ ...wrong, unlessEqual: undefined }, ["wrong", index])),
    ...step.routes.flatMap((route, index) => inStrings(route, ["routes", index])),
  ];
}

/** Arguments that are expressions as they stand. */
interface Bare {
  value?: string;
  labels?: Readonly<Record<string, { live?: string }>>;
  same?: readonly string[];
  changed?: readonly string[];
}
