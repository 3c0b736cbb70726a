import type { ProductionSign } from "./production-signs.ts";

/** What can go wrong with a cluster that somebody else made. */
export type ContextProblem =
  | { code: "context-unknown"; given: string; files: readonly string[]; near: readonly string[] }
  | { code: "user-kubeconfig-broken"; file: string }
  /** People may depend on it. */
  | { code: "context-in-production"; context: string; namespace: string; signs: readonly ProductionSign[] }
  | { code: "namespace-wanted"; context: string; suggested: string }
  /** `default` and those of the cluster itself. */
  | { code: "namespace-reserved"; context: string; namespace: string; suggested: string }
  /** It is not there, and we may not make it. */
  | { code: "namespace-missing"; namespace: string }
  | { code: "namespace-going"; namespace: string }
  /** Nothing may be looked at in it, or it is not there and nobody says so. */
  | { code: "namespace-closed"; context: string; namespace: string; right: string }
  /** Things of others are in it, that the course would leave alone. */
  | { code: "namespace-in-use"; context: string; namespace: string; objects: readonly string[] }
  /** Things are in it that the course would change or delete. */
  | { code: "namespace-taken"; namespace: string; objects: readonly string[] }
  /** A token has run out, say: the server knows nobody by what we show. */
  | { code: "credentials-refused"; message: string }
  /** It is not ours to make, stop or make anew. */
  | { code: "cluster-borrowed"; context: string };
