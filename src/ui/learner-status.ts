/** How far the learner is, and with what: what `status -o json` gives. */
export interface LearnerStatus {
  /** The step that `verify` looks at; absent when all are passed. */
  step?: { id: string; title: string; hintsShown: number; failedVerifies: number };
  steps: { total: number; passed: number; withHelp: number; placed: number; skipped: number };
  /** First choices only. */
  predictions: { made: number; right: number };
  workspace?: string;
  cluster: ClusterStatus;
  /** Whether kubectl in this shell talks to that cluster. */
  connected: boolean;
}

/** What `cluster status -o json` gives. */
export interface ClusterStatus {
  state: "absent" | "stopped" | "running";
  /** Why it can't run now, in the learner's language. */
  trouble?: string;
  provider?: string;
  name?: string;
  trial?: boolean;
  nodes?: number;
  kubeconfig?: string;
  context?: string;
}
