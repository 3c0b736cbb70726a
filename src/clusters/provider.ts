import type { Need, Provider } from "../course/lesson.ts";
import type { ClusterProblem } from "./problem.ts";

/** Our cluster's name: node names begin with it, as on kind. */
export const CLUSTER_NAME = "bootcamp";

/** kind's v1alpha4 Cluster, as far as both kinds of cluster are made from it. */
export interface ClusterSpec {
  name: string;
  nodes: readonly { role: "control-plane" | "worker"; image?: string; labels?: Readonly<Record<string, string>> }[];
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

export type ClusterState = "absent" | "stopped" | "running";

/** One way to have a cluster. Nobody outside this folder asks which one it is. */
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
  /** Makes a cluster in place of one of the same name. Throws a ClusterError. */
  create(spec: ClusterSpec): Promise<Cluster>;
  /** The cluster, started when it was stopped. Throws a ClusterError when there is none. */
  ensure(name: string): Promise<Cluster>;
  stop(name: string): Promise<void>;
  delete(name: string): Promise<void>;
}
