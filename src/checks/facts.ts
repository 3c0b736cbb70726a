import type { FactPart } from "../course/live-expression.ts";
import { courseContext, currentContext } from "../kube/kubeconfig.ts";
import type { KubeTarget } from "../kube/transport.ts";
import type { Exec } from "../system/exec.ts";
import type { ClusterView } from "./cluster-view.ts";

/** Runs kubectl with these arguments, for the course's cluster, in the learner's folder. */
export type RunKubectl = (args: readonly string[]) => ReturnType<Exec>;

export interface FactSources {
  cluster: ClusterView;
  settings: { namespace: string };
  target: KubeTarget;
  kubectl: RunKubectl;
}

type Fact = (sources: FactSources, argument: string) => Promise<string | undefined>;

/** What is computed where no field of an object says it. */
const facts: Readonly<Record<string, Fact>> = {
  "kubectl.client": async (sources) => (await kubectlVersion(sources)).clientVersion?.gitVersion,
  "kubectl.kustomize": async (sources) => (await kubectlVersion(sources)).kustomizeVersion,
  "server.version": async ({ cluster }) => (await (await cluster.kube()).document<{ gitVersion: string }>("/version")).gitVersion,
  "api.port": async ({ target }) => portOf((await courseContext(target)).server),
  "context.current": async ({ target }) => (await currentContext(target))?.name,
  "context.cluster": async ({ target }) => (await currentContext(target))?.cluster,
  "context.user": async ({ target }) => (await currentContext(target))?.user,
  "discovery.preferred": async ({ cluster }, plural) =>
    (await (await cluster.kube()).discovery()).find((resource) => resource.plural === plural)?.apiVersion,
  proxyMode: ({ cluster }) => proxyMode(cluster),
  /** Where a Pod asks for names. */
  nameserver: async ({ cluster, settings }, pod) =>
    /^nameserver\s+(\S+)/m.exec((await cluster.output(pod, ["cat", "/etc/resolv.conf"], settings.namespace)) ?? "")?.[1],
};

/** Undefined when this cluster has no such thing. @throws Error when there is no such fact, a fault of the lesson */
export async function factValue(parts: readonly FactPart[], sources: FactSources): Promise<string | undefined> {
  const name = parts.map((part) => part.name).join(".");
  const fact = facts[name];
  if (!fact) throw new Error(`there is no fact ${name}; there are ${Object.keys(facts).join(", ")}`);
  return fact(sources, parts.find(({ argument }) => argument !== undefined)?.argument ?? "");
}

interface KubectlVersion {
  clientVersion?: { gitVersion: string };
  kustomizeVersion?: string;
}

async function kubectlVersion({ kubectl }: FactSources): Promise<KubectlVersion> {
  const { exitCode, stdout } = await kubectl(["version", "--client", "--output=json"]);
  return exitCode === 0 ? (JSON.parse(stdout) as KubectlVersion) : {};
}

function portOf(server: string): string | undefined {
  if (!URL.canParse(server)) return undefined;
  const { port, protocol } = new URL(server);
  return port || (protocol === "http:" ? "80" : "443");
}

/** kube-proxy's configuration says it; nothing there means iptables. A cluster may do without kube-proxy. */
async function proxyMode(cluster: ClusterView): Promise<string> {
  const map = await cluster.get<{ data?: Record<string, string> }>("ConfigMap", "kube-proxy", "kube-system");
  if (!map) return "none";
  return /^mode:[ \t]*"?(\w*)"?/m.exec(map.data?.["config.conf"] ?? "")?.[1] || "iptables";
}
