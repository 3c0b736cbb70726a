/** What cluster a simulator is: kind's Cluster, reduced to what the simulator models. */
export interface ClusterConfig {
  /** Prefix of the node names, as kind has it: `bootcamp` gives `bootcamp-control-plane`. */
  name: string;
  nodes: readonly NodeConfig[];
}

export interface NodeConfig {
  name: string;
  role: "control-plane" | "worker";
  labels?: Readonly<Record<string, string>>;
}

/** Node names by kind's rule: the first of a role has no number, the second is `worker2`. */
export function nodeNames(cluster: string, roles: readonly NodeConfig["role"][]): string[] {
  const seen = new Map<string, number>();
  return roles.map((role) => {
    const count = (seen.get(role) ?? 0) + 1;
    seen.set(role, count);
    return `${cluster}-${role}${count > 1 ? count : ""}`;
  });
}

/** The addresses of a kind cluster: nodes in Docker's bridge network, a /24 of pods for each node, and the Service range. */
export const SERVICE_CIDR = "10.96.0.0/16";
export const API_SERVICE_IP = "10.96.0.1";
export const DNS_SERVICE_IP = "10.96.0.10";
export const CLUSTER_DOMAIN = "cluster.local";
export const nodeIP = (index: number): string => `172.18.0.${index + 2}`;
export const podCIDR = (index: number): string => `10.244.${index}.0/24`;
