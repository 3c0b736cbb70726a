import type { DaemonSet } from "kubernetes-types/apps/v1";
import type { Node, Pod } from "kubernetes-types/core/v1";
import { controllerOf, isGoing } from "../kube/objects.ts";
import { defineCheck, fail, pass, type Words } from "./check.ts";
import type { ClusterView } from "./cluster-view.ts";
import { isPodReady, settlingOf, troubleOf } from "./pods.ts";
import { taintAgainst } from "./tolerations.ts";
import { elsewhere } from "./whereabouts.ts";

interface Args {
  name: string;
  /** `tolerated`: those whose taints its template tolerates. */
  nodes: "all" | "tolerated" | readonly string[];
}

export const daemonsetOnNodes = defineCheck({
  type: "daemonset-on-nodes",
  expected: { en: "a ready Pod on {want}", ja: "{want} に準備のできた Pod" },
  async run({ cluster, namespace }, { name, nodes }: Args) {
    const fields = { name, want: wanted(nodes), got: "", node: "" };
    const daemonSet = await cluster.get<DaemonSet>("DaemonSet", name, namespace);
    if (!daemonSet) return absent(cluster, name, namespace, fields);
    const all = await cluster.list<Node>("Node");
    const refusing = all.flatMap((node) => {
      const taint = taintAgainst(node, daemonSet);
      return taint ? [{ node: node.metadata?.name ?? "", taint }] : [];
    });
    const asked = all.map(({ metadata }) => metadata?.name ?? "").filter((one) => isAsked(one, nodes, refusing));
    const kept = refusing.find(({ node }) => asked.includes(node));
    if (kept) return fail("taint", { ...fields, node: kept.node, got: kept.taint.key });
    const pods = (await cluster.list<Pod>("Pod", { namespace })).filter(
      (pod) => controllerOf(pod)?.uid === daemonSet.metadata?.uid && !isGoing(pod),
    );
    const node = asked.find((one) => !pods.some((pod) => pod.spec?.nodeName === one && isPodReady(pod)));
    const got = asked.length;
    if (node === undefined) return pass({ ...fields, want: asked.join(", "), got });
    const here = pods.filter((pod) => pod.spec?.nodeName === node || pod.spec?.nodeName === undefined);
    const trouble = await troubleOf(here, cluster, namespace);
    const settling = here.length === 0 ? "moments" : settlingOf(here);
    return fail("not-ready", { ...fields, node, got: trouble?.text ?? "", pod: trouble?.pod ?? "" }, { settling });
  },
  words: {
    absent: {
      actual: { en: "no DaemonSet {name}{other}", ja: "DaemonSet {name} がありません{other}" },
      why: { en: "not applied yet, or of another kind or name", ja: "まだ適用していないか、kind や名前が違います" },
      try: { en: "`kubectl get ds -A`", ja: "`kubectl get ds -A`" },
    },
    taint: {
      actual: { en: "none on {node}: taint {got} not tolerated", ja: "{node} にありません。taint {got} を許容していません" },
      why: {
        en: "a DaemonSet makes no Pod at all for a node whose taint it doesn't tolerate",
        ja: "DaemonSet は、taint を許容しないノードにはそもそも Pod を作りません",
      },
      try: {
        en: "compare `kubectl describe node {node}` with the tolerations of the Pod template",
        ja: "`kubectl describe node {node}` と、Pod template の tolerations を見比べてください",
      },
    },
    "not-ready": {
      actual: { en: "none ready on {node} {got}", ja: "{node} に準備のできた Pod がありません {got}" },
      why: { en: "the image, or a port of the node that is taken", ja: "イメージか、すでに使われているノードのポートです" },
      try: {
        en: "`kubectl describe ds {name}`, then its Pod on that node",
        ja: "`kubectl describe ds {name}` と、そのノードの Pod を見てください",
      },
    },
  },
});

async function absent(cluster: ClusterView, name: string, namespace: string, fields: { want: Words; got: string }) {
  const twin = await cluster.get("Deployment", name, namespace);
  const other: Words = twin
    ? { en: `; there is a Deployment of that name`, ja: `。同じ名前の Deployment ならあります` }
    : await elsewhere(cluster, "DaemonSet", name, namespace);
  return fail("absent", { ...fields, name, other });
}

function isAsked(node: string, nodes: Args["nodes"], refusing: readonly { node: string }[]): boolean {
  if (nodes === "all") return true;
  return nodes === "tolerated" ? !refusing.some((one) => one.node === node) : nodes.includes(node);
}

function wanted(nodes: Args["nodes"]): Words {
  if (nodes === "all") return { en: "every node", ja: "すべてのノード" };
  if (nodes === "tolerated") return { en: "every node that it tolerates", ja: "許容するすべてのノード" };
  return { en: nodes.join(", "), ja: nodes.join("、") };
}
