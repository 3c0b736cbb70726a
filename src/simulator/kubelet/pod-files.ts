import type { Pod } from "./pod.ts";

export interface ClusterNames {
  /** Address of the cluster's name server. */
  clusterDNS: string;
  clusterDomain: string;
  nodeName: string;
  nodeIP: string;
}

/** What the node itself resolves with. */
const NODE_RESOLV_CONF = { nameservers: ["172.18.0.1"], options: ["ndots:0"] };

/** The pod's name for itself: spec.hostname, else its name; a host-network pod has its node's. */
export const hostnameOf = ({ metadata, spec }: Pod, { nodeName }: ClusterNames): string =>
  spec?.hostNetwork ? nodeName : (spec?.hostname || metadata.name).slice(0, 63).replace(/[-.]+$/, "");

/** Content of /etc/resolv.conf (pkg/kubelet/network/dns). */
export function resolvConf(pod: Pod, names: ClusterNames): string {
  const { dnsPolicy = "ClusterFirst", dnsConfig, hostNetwork } = pod.spec ?? {};
  const clusterFirst = dnsPolicy === "ClusterFirstWithHostNet" || (dnsPolicy === "ClusterFirst" && !hostNetwork);
  const domain = names.clusterDomain;
  const base = clusterFirst
    ? {
        nameservers: [names.clusterDNS],
        search: [`${pod.metadata.namespace}.svc.${domain}`, `svc.${domain}`, domain],
        options: ["ndots:5"],
      }
    : dnsPolicy === "None"
      ? { nameservers: [], search: [], options: [] }
      : { ...NODE_RESOLV_CONF, search: [] };
  const search = [...new Set([...base.search, ...(dnsConfig?.searches ?? [])])];
  const nameservers = [...new Set([...base.nameservers, ...(dnsConfig?.nameservers ?? [])])];
  const named = (dnsConfig?.options ?? []).map(({ name = "", value }) => (value === undefined ? name : `${name}:${value}`));
  const options = [...base.options.filter((one) => !named.some((other) => optionName(other) === optionName(one))), ...named];
  return [
    ...(search.length > 0 ? [`search ${search.join(" ")}`] : []),
    ...nameservers.map((server) => `nameserver ${server}`),
    ...(options.length > 0 ? [`options ${options.join(" ")}`] : []),
    "",
  ].join("\n");
}

const optionName = (option: string): string => option.split(":")[0] as string;

/** Content of /etc/hosts (kubelet_pods.go managedHostsFileContent). */
export function hostsFile(pod: Pod, podIP: string, names: ClusterNames): string {
  const { subdomain, hostNetwork, hostAliases = [] } = pod.spec ?? {};
  const hostname = hostnameOf(pod, names);
  const own = hostNetwork
    ? `${names.nodeIP}\t${names.nodeName}`
    : subdomain
      ? `${podIP}\t${hostname}.${subdomain}.${pod.metadata.namespace}.svc.${names.clusterDomain}\t${hostname}`
      : `${podIP}\t${hostname}`;
  return [
    hostNetwork ? "# Kubernetes-managed hosts file (host network)." : "# Kubernetes-managed hosts file.",
    "127.0.0.1\tlocalhost",
    "::1\tlocalhost ip6-localhost ip6-loopback",
    "fe00::0\tip6-localnet",
    "fe00::0\tip6-mcastprefix",
    "fe00::1\tip6-allnodes",
    "fe00::2\tip6-allrouters",
    own,
    ...(hostAliases.length > 0
      ? ["", "# Entries added by HostAliases.", ...hostAliases.map(({ ip, hostnames = [] }) => `${ip}\t${hostnames.join("\t")}`)]
      : []),
    "",
  ].join("\n");
}
