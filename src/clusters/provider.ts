import type { Need, Provider } from "../course/lesson.ts";
import type { KindProblem } from "./kind-failures.ts";
import type { ClusterProblem } from "./problem.ts";

/** Our cluster's name: node names begin with it, as on kind. */
export const CLUSTER_NAME = "bootcamp";

/** kind's v1alpha4 Cluster, as far as both kinds of cluster are made from it. */
export interface ClusterSpec {
  name: string;
  nodes: readonly { role: "control-plane" | "worker"; image?: string; labels?: Readonly<Record<string, string>> }[];
  /** All that the file says, for a provider that reads it as kind does: ports, mounts, patches. Absent when there was no file. */
  file?: unknown;
}

/** A cluster one can work with. The contract with everything else is its kubeconfig. */
export interface Cluster {
  provider: Provider;
  name: string;
  /** Absolute path of the tutor's own kubeconfig, and the context in it. */
  kubeconfig: string;
  context: string;
  namespace: string;
}

/** What of a namespace is ours: all of it, or the label on it, or only what the course puts there. */
export interface Borrowed {
  made: boolean;
  labelled: boolean;
}

export type ClusterState = "absent" | "stopped" | "running";

/** What a provider is at that takes its time. */
export type ClusterStep =
  | { code: "node-image"; image: string }
  | { code: "load-image"; image: string }
  | { code: "clear-away" | "nodes" | "configuration" | "control-plane" | "network" | "storage" | "workers" | "ready" | "logs" }
  /** One that we know no words for; these are the provider's own. */
  | { code: "other"; words: string };

/** Told of each step as it begins; the one before is then done. */
export type Report = (step: ClusterStep) => void;

/** One thing about this machine that a provider stands on: `bad` stops it, `note` is worth knowing. */
export type MachineFinding = { state: "good" | "note" | "bad" } & (
  | { check: "docker"; version?: string; problem?: KindProblem }
  | { check: "kind"; version?: string; needed: string; problem?: KindProblem }
  /** `image` starts where the course's own does not. */
  | { check: "cgroups"; version: number; image?: string }
  /** Bytes. */
  | { check: "memory" | "disk"; bytes: number; needed: number }
  | { check: "inotify"; watches: number; instances: number; needed: { watches: number; instances: number } }
);

/** One way to have a cluster. Nobody outside this folder asks which one it is; what only some can do is a method that may be absent. */
export interface ClusterProvider {
  readonly id: Provider;
  readonly capabilities: ReadonlySet<Need>;
  /** What stops this provider on this machine; undefined when nothing does. */
  obstacle(): Promise<ClusterProblem | undefined>;
  /** How a cluster of that name is reached, whether it is there or not. */
  access(name: string): Cluster;
  state(name: string): Promise<ClusterState>;
  /** The description the running or stopped cluster was made from; undefined where there is none. */
  describe(name: string): Promise<ClusterSpec | undefined>;
  /** Makes a cluster in place of one of the same name. Interrupted, it leaves nothing half made. Throws a ClusterError. */
  create(spec: ClusterSpec, report: Report): Promise<Cluster>;
  /** The cluster, started when it was stopped. Throws a ClusterError when there is none. */
  ensure(name: string, report: Report): Promise<Cluster>;
  stop(name: string): Promise<void>;
  delete(name: string): Promise<void>;
  /** What of a cluster that somebody else made is ours, for a provider that has such; it can't be made anew, only left. */
  borrowed?(name: string): Borrowed | undefined;
  /** Looks at all it needs of this machine; absent where that is nothing. */
  examine?(): Promise<MachineFinding[]>;
  /** Brings images of this machine onto the nodes; absent where nodes hold none of this machine's. Throws a ClusterError. */
  load?(name: string, images: readonly string[], report: Report): Promise<void>;
}
