import { join } from "node:path";
import type { Cluster } from "../clusters/provider.ts";
import type { Deps } from "./deps.ts";

/**
 * What kubectl must be told to talk to the course's cluster and to no other. What it discovers is kept apart for each cluster: a
 * new one at the same address is not to be taken for the old one.
 */
export function clusterEnv({ paths }: Pick<Deps, "paths">, { kubeconfig, provider, name }: Cluster): Record<string, string> {
  return { KUBECONFIG: kubeconfig, KUBECACHEDIR: join(paths.kubectlCache, `${provider}-${name}`) };
}

/** How kubectl in this shell finds the cluster; undefined when it does already. */
export const isConnected = ({ env }: Pick<Deps, "env">, { kubeconfig }: Cluster): boolean => env["KUBECONFIG"] === kubeconfig;
