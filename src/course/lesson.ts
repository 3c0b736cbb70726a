import type { LiveExpression } from "./live-expression.ts";

export const languages = ["en", "ja"] as const;
export type Language = (typeof languages)[number];

export type StepKind = "do" | "edit" | "observe" | "predict" | "break-fix" | "read";
export type Need = "exec" | "real-images" | "nodes>=3" | "cluster-admin" | "own-cluster";
export type Provider = "practice" | "kind" | "context";

/** A folder with lesson.yaml and its texts. `id` is its path without the number prefixes: `deployments/first`. */
export interface Lesson {
  id: string;
  /** First part of the id; its titles are in course.yaml. */
  chapter: string;
  steps: readonly Step[];
}

export interface Step {
  /** `deployments/first/apply`: the key of progress. */
  id: string;
  /** Last part of the id: the heading of its section in the texts. */
  name: string;
  lesson: string;
  kind: StepKind;
  minutes: number;
  needs: readonly Need[];
  /** Not needed to complete the lesson; or only so on these providers. */
  optional: boolean | readonly Provider[];
  /** The hardest step of its lesson: passing it alone is placement. */
  star: boolean;
  passesAtStart: boolean;
  start: Start;
  /** Of `predict`, in fixed order: A, B, C… */
  options: readonly string[];
  checks: readonly Check[];
  solution: Attempt;
  wrong: readonly WrongAttempt[];
  routes: readonly Route[];
}

/** What is there when the step begins. */
export interface Start {
  /** The least it needs: no cluster, the one-node trial, or the four nodes of cluster.yml. */
  cluster: "none" | "trial" | "full";
  /** All the course's objects that exist then, as manifests in solved form. */
  objects: readonly ManifestUse[];
  /** Files of the workspace the step works on. */
  files: readonly StartFile[];
  /** What the tutor does to the cluster when all that is ready. */
  break: readonly Action[];
}

/** A file of manifests/, with words in it replaced: every `from` must be there. */
export interface ManifestUse {
  manifest: string;
  replace: readonly Replacement[];
}

export interface Replacement {
  from: string;
  to: string;
}

/** `file` is the name in the workspace and in manifests/ alike. */
export interface StartFile {
  file: string;
  form: "blanks" | "solved";
  replace: readonly Replacement[];
}

/** One check: `args` are as written in lesson.yaml, held to the type's schema, placeholders not yet filled in. */
export interface Check {
  name: string;
  type: string;
  args: Readonly<Record<string, unknown>>;
  namespace?: string;
  /** Seconds to poll; the type's own when absent. */
  within?: number;
}

/** The one vocabulary of start, solution and wrong answers. Strings may hold `{{live expressions}}`. A kubectl that `stays` runs on, until the attempt is judged. */
export type Action =
  | { type: "kubectl"; args: readonly string[]; stays?: true }
  | { type: "write"; file: string; from: string; form: "blanks" | "solved"; replace: readonly Replacement[] }
  | { type: "write-text"; file: string; text: string }
  | { type: "edit"; file: string; replace: readonly Replacement[] }
  | { type: "remove"; file: string }
  | { type: "cluster"; what: "create" | "trial" };

/** What somebody does, and answers if the step asks. */
export interface Attempt {
  do: readonly Action[];
  answer?: string;
}

/** Must fail at check `fails`, whose English words contain `says`. */
export interface WrongAttempt extends Attempt {
  id: string;
  fails: string;
  says: string;
  /** Brings back what the course itself doesn't look after. */
  undo: readonly Action[];
  /** Left out where these two are the same value on this cluster. */
  unlessEqual?: readonly [LiveExpression, LiveExpression];
}

/** Another honest way, which must pass. */
export interface Route extends Attempt {
  id: string;
}

/** What `verify` has to ask for. */
export function answerWanted(step: Step): "none" | "option" | "value" | "list" {
  for (const { type, args } of step.checks) {
    if (type === "choice-equals") return "option";
    if (type === "answer-equals-live") return args["set"] === true ? "list" : "value";
  }
  return "none";
}
