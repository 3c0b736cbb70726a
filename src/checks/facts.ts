import type { DaemonSet } from "kubernetes-types/apps/v1";
import type { Pod, Service } from "kubernetes-types/core/v1";
import type { FactPart } from "../course/live-expression.ts";
import type { Kube } from "../kube/kube.ts";
import { courseContext, currentContext } from "../kube/kubeconfig.ts";
import { fieldsAt } from "../kube/openapi.ts";
import type { Resource } from "../kube/resources.ts";
import type { KubeTarget } from "../kube/transport.ts";
import type { Exec } from "../system/exec.ts";
import { getLocally } from "../system/local-http.ts";
import type { ClusterView } from "./cluster-view.ts";
import { monitoringFacts } from "./monitoring-facts.ts";
import type { Settings } from "./settings.ts";

/** Runs kubectl with these arguments, for the course's cluster, in the learner's folder. */
export type RunKubectl = (args: readonly string[]) => ReturnType<Exec>;

export interface FactSources {
  cluster: ClusterView;
  settings: Settings;
  target: KubeTarget;
  kubectl: RunKubectl;
}

/** A list, where the fact is of several values. */
type FactValue = string | readonly string[] | undefined;

type Fact = (sources: FactSources, argument: string) => Promise<FactValue>;

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
  /** Of the kinds named, those that live in no namespace. */
  clusterScoped: async ({ cluster }, kinds) => clusterScoped(await (await cluster.kube()).discovery(), kinds.split(/, */)),
  /** `Deployment.spec`: the fields that the server requires there. */
  "openapi.required": async ({ cluster }, path) => requiredAt(await cluster.kube(), path),
  staticPods: ({ cluster }) => staticPods(cluster),
  nodeDaemons: ({ cluster }) => nodeDaemons(cluster),
  proxyMode: ({ cluster }) => proxyMode(cluster),
  /** What the column EXTERNAL-IP of a Service has; without the brackets, too, which a shell would take for its own. */
  externalAddress: async ({ cluster, settings }, service) => {
    const found = await cluster.get<Service>("Service", service, settings.namespace);
    const [first] = found?.status?.loadBalancer?.ingress ?? [];
    return first ? (first.ip ?? first.hostname) : found && ["<pending>", "pending"];
  },
  /** The Pod that the app behind a port of this machine says it is. */
  "local.served": async ({ settings: { images } }, port) => {
    const { path = "/", reply = "" } = images["app"] ?? {};
    return new RegExp(reply, "m").exec((await getLocally(Number(port), path))?.body ?? "")?.[1];
  },
  /** Where a Pod asks for names. */
  nameserver: async ({ cluster, settings }, pod) =>
    /^nameserver\s+(\S+)/m.exec((await cluster.output(pod, ["cat", "/etc/resolv.conf"], settings.namespace)) ?? "")?.[1],
  ...monitoringFacts,
  /** `exporters.expected = nodes.count ? A : B`: by whether two facts are equal. */
  option: async (sources, argument) => {
    const [, a = "", b = "", same, other] = /^(\S+) = (\S+) \? (\w+) : (\w+)$/.exec(argument) ?? [];
    const [left, right] = await Promise.all([a, b].map((name) => factValue([{ name }], sources)));
    return left === right ? same : other;
  },
};

/** Names of facts, arguments left out: `discovery.preferred`. */
export const factNames: readonly string[] = Object.keys(facts);

/** Undefined when this cluster has no such thing. @throws Error when there is no such fact, a fault of the lesson */
export async function factValue(parts: readonly FactPart[], sources: FactSources): Promise<FactValue> {
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

/** Kinds of this name in any group: what one of them is counts, as long as the server has it. */
const clusterScoped = (served: readonly Resource[], kinds: readonly string[]): string[] =>
  kinds.filter((kind) => served.some((resource) => resource.kind === kind && !resource.namespaced));

async function requiredAt(kube: Kube, path: string): Promise<readonly string[] | undefined> {
  const [kind = "", ...fields] = path.split(".");
  const resource = await kube.resource(kind);
  return resource && (await fieldsAt(kube, resource, fields))?.required;
}

/** Pods of kube-system that a kubelet starts from files, without their node's name. A hosted control plane shows none of them. */
async function staticPods(cluster: ClusterView): Promise<string[]> {
  const pods = await cluster.list<Pod>("Pod", { namespace: "kube-system" });
  const names = pods.flatMap(({ metadata, spec }) => {
    const owner = metadata?.ownerReferences?.find(({ kind }) => kind === "Node");
    return owner ? [metadata!.name!.replace(`-${spec?.nodeName}`, "")] : [];
  });
  return names.length > 0 ? [...new Set(names)] : ["none"];
}

/** DaemonSets of kube-system that want a Pod on every node. */
async function nodeDaemons(cluster: ClusterView): Promise<string[]> {
  const [daemonSets, nodes] = await Promise.all([
    cluster.list<DaemonSet>("DaemonSet", { namespace: "kube-system" }),
    cluster.list("Node"),
  ]);
  return daemonSets
    .filter(({ status }) => status?.desiredNumberScheduled === nodes.length)
    .map(({ metadata }) => metadata?.name ?? "");
}
