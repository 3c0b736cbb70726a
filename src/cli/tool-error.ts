import type { ToolProblem } from "../ui/problem.ts";

/** Carries a ToolProblem through the stack. */
export class ToolError extends Error {
  override readonly name = "ToolError";
  readonly problem: ToolProblem;

  constructor(problem: ToolProblem, options?: ErrorOptions) {
    super(problem.code, options);
    this.problem = problem;
  }
}
