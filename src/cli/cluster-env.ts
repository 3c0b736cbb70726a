import { join } from "node:path";
import type { Cluster } from "../clusters/provider.ts";
import { withOwnPrograms } from "../system/own-programs.ts";
import type { Env } from "../system/paths.ts";
import type { Deps } from "./deps.ts";

/**
 * What kubectl must be told to talk to the course's cluster and to no other. What it discovers is kept apart for each cluster: a
 * new one at the same address is not to be taken for the old one.
 */
export function clusterVariables({ paths }: Pick<Deps, "paths">, cluster: Cluster): Record<string, string> {
  const { kubeconfig, provider, name } = cluster;
  return { KUBECONFIG: kubeconfig, KUBECACHEDIR: join(paths.kubectlCache, encodeURIComponent(`${provider}-${name}`)) };
}

/** The environment for a program that is to talk to the course's cluster: our own kubectl is found where there is no other. */
export const clusterEnv = (deps: Pick<Deps, "env" | "paths">, cluster: Cluster): Env => ({
  ...withOwnPrograms(deps.env, deps.paths),
  ...clusterVariables(deps, cluster),
});

/** How kubectl in this shell finds the cluster; undefined when it does already. */
export const isConnected = ({ env }: Pick<Deps, "env">, { kubeconfig }: Cluster): boolean => env["KUBECONFIG"] === kubeconfig;
