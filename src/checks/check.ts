import type { Language } from "../course/lesson.ts";
import type { Snapshot } from "../course/progress.ts";
import type { KubeTarget } from "../kube/transport.ts";
import type { ClusterView } from "./cluster-view.ts";
import type { LiveValues } from "./live.ts";
import type { Manifests } from "./manifest.ts";

/** The same words in each language; `{field}` stands for a field of the outcome. */
export type Words = Readonly<Record<Language, string>>;

/** Of an outcome: text that is the same in every language, or words. */
export type Field = string | number | Words;

/** `want` and `got` are always there. */
export type Fields = Readonly<Record<string, Field>> & { readonly want: Field; readonly got: Field };

export interface Pass {
  passed: true;
  fields: Fields;
  /** Worth a remark, in the lesson's words. */
  remark?: boolean;
}

/**
 * `second-look`: a program that is just starting, rules that follow a new Service; nobody can tell these from a fault at once.
 * `moments`: controllers and containers at work. `image-pull`: an image on its way.
 */
export type Settling = "second-look" | "moments" | "image-pull";

export interface Failure<Code extends string = string> {
  passed: false;
  code: Code;
  fields: Fields;
  /** Something is under way that may still make it pass, and how long that may take. */
  settling?: Settling | undefined;
  /** The label, or the option, whose own words explain this answer. */
  known?: string;
}

export type Outcome<Code extends string = string> = Pass | Failure<Code>;

export interface FailureWords {
  actual: Words;
  why?: Words;
  try?: Words;
}

/** What a check may look at, in one round: everything read twice is the same thing. */
export interface CheckContext {
  cluster: ClusterView;
  live: LiveValues;
  manifests: Manifests;
  /** The check's own, else the course's. */
  namespace: string;
  /** The tutor's kubeconfig file and the course's context in it. */
  target: KubeTarget;
  /** As given; undefined when nobody was asked. */
  answer: string | undefined;
  /** What was noted when the step began. */
  snapshot: Snapshot;
  /** Of the step: A, B, C… */
  options: readonly string[];
  /** Commands the learner ran, where that is known. */
  commands: readonly string[] | undefined;
}

/**
 * One type of check. It looks and says what it saw, as data: it never writes, waits or prints. Its words stand beside it, in both
 * languages; a lesson's own words for a failure come before its `why` and `try`.
 */
export interface CheckType<Args, Code extends string> {
  type: string;
  run(context: CheckContext, args: Args): Promise<Outcome<Code>>;
  /** What should be. */
  expected: Words;
  /** By failure code. */
  words: Readonly<Record<NoInfer<Code>, FailureWords>>;
}

/** Holds a check type to its shape: a failure without words, or words without Japanese, don't compile. */
export const defineCheck = <Args, const Code extends string>(type: CheckType<Args, Code>): CheckType<Args, Code> => type;

export const pass = (fields: Fields, remark = false): Pass => ({ passed: true, fields, ...(remark && { remark }) });

export const fail = <const Code extends string>(
  code: Code,
  fields: Fields,
  more: Pick<Failure, "settling" | "known"> = {},
): Failure<Code> => ({ passed: false, code, fields, ...more });
