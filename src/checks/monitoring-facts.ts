import type { DaemonSet } from "kubernetes-types/apps/v1";
import type { Node, Pod, Service } from "kubernetes-types/core/v1";
import { isGoing } from "../kube/objects.ts";
import type { ClusterView } from "./cluster-view.ts";
import type { FactSources } from "./facts.ts";
import { isPodReady } from "./pods.ts";
import { queryPrometheus } from "./prometheus.ts";
import { allowedOf } from "./rights.ts";
import { taintAgainst } from "./tolerations.ts";

type Value = string | readonly string[] | undefined;

const CONTROL_PLANE = "node-role.kubernetes.io/control-plane";
const EXPORTER = "node-exporter";

/** What the lessons on monitoring count and ask; all from the live cluster. */
export const monitoringFacts = {
  "nodes.count": async ({ cluster }: FactSources) => String((await cluster.list("Node")).length),
  "nodes.workers": async ({ cluster }: FactSources) => String((await workersOf(cluster)).length),
  /** The first worker by name: `bootcamp-worker` on our own clusters. */
  worker: async ({ cluster }: FactSources) => (await workersOf(cluster))[0]?.metadata?.name,
  "pods.count": async ({ cluster, settings }: FactSources) =>
    String((await cluster.list("Pod", { namespace: settings.namespace })).length),
  /** The address of the Pod with these labels on the first worker. */
  podIPOnWorker: async ({ cluster, settings: { namespace } }: FactSources, selector: string) => {
    const worker = (await workersOf(cluster))[0]?.metadata?.name;
    const pods = await cluster.list<Pod>("Pod", { namespace, selector });
    return pods.find((pod) => pod.spec?.nodeName === worker && !isGoing(pod))?.status?.podIP;
  },
  "exporters.ready": async ({ cluster, settings: { namespace } }: FactSources) => {
    const pods = await cluster.list<Pod>("Pod", { namespace, selector: `app=${EXPORTER}` });
    return pods.length === 0 ? undefined : String(pods.filter(isPodReady).length);
  },
  "exporters.expected": async ({ cluster, settings }: FactSources) =>
    String((await expectedOn(cluster, settings.namespace)).length),
  targets: async ({ cluster }: FactSources, job: string) => String(await targetsOfJob(cluster, job)),
  /** `prometheus: list nodes; get secrets`: what of it the account may do. */
  can: async ({ cluster, settings: { namespace } }: FactSources, argument: string) => {
    const [account = "", list = ""] = argument.split(":");
    const deeds = list
      .trim()
      .split(/\s+/)
      .map((word) => {
        const [verb = "", ...on] = word.split("-");
        return { verb, on: on.join("-") };
      });
    const can = await allowedOf(await cluster.kube(), namespace, account, deeds);
    return can.map(({ verb, on }) => `${verb}-${on}`);
  },
  /** Of the kinds named, those that `kubectl get all` leaves out. */
  notInAll: async ({ cluster }: FactSources, kinds: string) => {
    const served = await (await cluster.kube()).discovery();
    const isShown = (kind: string): boolean =>
      served.some((one) => one.kind === kind && one.categories?.includes("all") === true);
    return kinds.split(/[\s,]+/).filter((kind) => !isShown(kind));
  },
  /** The value of a query; `$worker` stands for the first worker. */
  promql: async ({ cluster, settings: { namespace } }: FactSources, query: string) => {
    const worker = query.includes("$worker") ? ((await workersOf(cluster))[0]?.metadata?.name ?? "") : "";
    const answer = await queryPrometheus(
      cluster,
      { service: "prometheus", port: 9090, namespace },
      query.replaceAll("$worker", worker),
    );
    return answer.ok ? answer.data.map(({ value }) => value) : undefined;
  },
} satisfies Record<string, (sources: FactSources, argument: string) => Promise<Value>>;

async function workersOf(cluster: ClusterView): Promise<Node[]> {
  return (await cluster.list<Node>("Node")).filter(({ metadata }) => metadata?.labels?.[CONTROL_PLANE] === undefined);
}

/** Nodes where an exporter runs: by the live DaemonSet, and as the course's own would have it where there is none. */
async function expectedOn(cluster: ClusterView, namespace: string): Promise<Node[]> {
  const [nodes, live] = await Promise.all([cluster.list<Node>("Node"), cluster.get<DaemonSet>("DaemonSet", EXPORTER, namespace)]);
  return nodes.filter((node) => taintAgainst(node, live ?? ours) === undefined);
}

/** What matters here of manifests/node-exporter.yml. */
const ours = {
  spec: {
    template: {
      spec: { hostNetwork: true, tolerations: [{ key: CONTROL_PLANE, operator: "Exists", effect: "NoSchedule" }] },
    },
  },
} as unknown as DaemonSet;

/** What discovery finds for a job of the course's prometheus.yml. */
async function targetsOfJob(cluster: ClusterView, job: string): Promise<number> {
  if (job === "node-exporter") return (await cluster.list("Node")).length;
  if (job === "apiserver") {
    const service = await cluster.get<Service>("Service", "kubernetes", "default");
    return service?.spec?.ports?.filter(({ name }) => name === "https").length ?? 0;
  }
  if (job === "prometheus") {
    const pods = await cluster.list<Pod>("Pod", { namespace: "*" });
    const own = pods.filter(({ metadata, status }) => metadata?.name?.startsWith("prometheus-") && status?.podIP);
    return own.reduce(
      (sum, { spec }) => sum + Math.max(1, (spec?.containers ?? []).flatMap(({ ports }) => ports ?? []).length),
      0,
    );
  }
  const jobs = await Promise.all(["prometheus", "apiserver", "node-exporter"].map((one) => targetsOfJob(cluster, one)));
  return jobs.reduce((sum, count) => sum + count, 0);
}
