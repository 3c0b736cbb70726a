import type { StartProblem } from "../ui/problem.ts";

/** Carries a StartProblem through the stack. */
export class StartError extends Error {
  override readonly name = "StartError";
  readonly problem: StartProblem;

  constructor(problem: StartProblem) {
    super(problem.code);
    this.problem = problem;
  }
}
