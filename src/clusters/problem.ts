/** What can go wrong with a cluster, as data; the words are the CLI's. */
export type ClusterProblem =
  | { code: "cluster-absent"; name: string }
  | { code: "cluster-start-failed"; name: string; log: string; lastLine: string }
  | { code: "cluster-start-slow"; name: string; log: string; seconds: number }
  | { code: "cluster-locked"; name: string; pid: number }
  | { code: "port-taken"; name: string; port: number }
  | { code: "state-unwritable"; folder: string; reason: string }
  | { code: "kubeconfig-unreadable"; file: string; reason: string }
  | { code: "provider-unknown"; given: string }
  | { code: "cluster-config-invalid"; file: string; line: number; what: string };

/** Carries a ClusterProblem through the stack. */
export class ClusterError extends Error {
  readonly problem: ClusterProblem;

  constructor(problem: ClusterProblem, options?: ErrorOptions) {
    super(problem.code, options);
    this.problem = problem;
  }
}
