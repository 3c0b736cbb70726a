import type { Need } from "../course/lesson.ts";
import type { ContextProblem } from "./context-problem.ts";
import type { KindProblem } from "./kind-failures.ts";

/** What can go wrong with a cluster, as data; the words are the CLI's. */
export type ClusterProblem =
  | ContextProblem
  | KindProblem
  | { code: "cluster-absent" }
  | { code: "cluster-exists" }
  | { code: "cluster-start-failed"; log: string; lastLine: string }
  | { code: "cluster-start-slow"; log: string; seconds: number }
  /** Another command has its turn. */
  | { code: "busy"; pid: number }
  | { code: "state-unwritable"; folder: string; reason: string }
  | { code: "cluster-unreachable"; server: string; reason: string }
  | { code: "kubeconfig-broken"; file: string }
  /** The API server answered, and it was a refusal. */
  | { code: "cluster-refused"; message: string }
  /** The step can't be checked here; no failure of the learner's. */
  | { code: "needs-unmet"; step: string; needs: readonly Need[]; rights: readonly string[] }
  | { code: "cluster-config-missing"; file: string }
  | { code: "cluster-config-invalid"; file: string; line: number; what: Readonly<Record<"en" | "ja", string>> }
  /** A question of the course still stands in the file. */
  | { code: "cluster-config-blank"; file: string; line: number; question: string };

/** Carries a ClusterProblem through the stack. */
export class ClusterError extends Error {
  override readonly name = "ClusterError";
  readonly problem: ClusterProblem;

  constructor(problem: ClusterProblem, options?: ErrorOptions) {
    super(problem.code, options);
    this.problem = problem;
  }
}
