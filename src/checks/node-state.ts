import type { Node } from "kubernetes-types/core/v1";
import { type CheckContext, defineCheck, fail, pass, type Words } from "./check.ts";
import { isRecord, toText } from "./path.ts";

interface Args {
  count?: number;
  /** Number of nodes by role, or the cluster.yml that says so. */
  roles?: string | Readonly<Record<string, number>>;
  ready?: "all";
  cordoned?: "none";
  version?: string;
}

export const nodeState = defineCheck({
  type: "node-state",
  expected: { en: "{want}", ja: "{want}" },
  async run(context, { count, roles, ready, cordoned, version }: Args) {
    const nodes = await context.cluster.list<Node>("Node");
    const fields = { node: "", want: wanted(nodes.length, ready, cordoned), got: summary(nodes) };
    const settling = nodes.some((node) => !isReady(node)) ? "moments" : undefined;
    if (count !== undefined && nodes.length !== count)
      return fail("count", { ...fields, want: nodesOf(count), got: nodesOf(nodes.length) }, { settling });
    if (roles !== undefined) {
      const want = typeof roles === "string" ? await rolesIn(context, roles) : roles;
      const got = tally(nodes.map(roleOf));
      if (roleText(want) !== roleText(got))
        return fail("roles", { ...fields, want: roleText(want), got: roleText(got) }, { settling });
      fields.want = { en: roleText(want), ja: roleText(want) };
    }
    const unready = nodes.find((node) => !isReady(node));
    if (ready && unready) return fail("not-ready", { ...fields, ...trouble(unready) }, { settling });
    const closed = nodes.filter(({ spec }) => spec?.unschedulable === true).map(nameOf);
    if (cordoned && closed.length) return fail("cordoned", { ...fields, node: closed[0]!, got: closed.join(", ") });
    const other = nodes.find(
      ({ status }) => version !== undefined && status?.nodeInfo?.kubeletVersion.replace(/^v/, "") !== version.replace(/^v/, ""),
    );
    if (other)
      return fail("version", {
        ...fields,
        node: nameOf(other),
        want: version!,
        got: other.status?.nodeInfo?.kubeletVersion ?? "",
      });
    return pass(fields);
  },
  words: {
    count: {
      actual: { en: "{got}", ja: "{got}" },
      why: { en: "another cluster runs than the step speaks of", ja: "このステップとは別のクラスターが動いています" },
      try: { en: "`kubectl get nodes`", ja: "`kubectl get nodes`" },
    },
    roles: {
      actual: { en: "{got}", ja: "{got}" },
      why: { en: "the cluster was not made from this file", ja: "このクラスターは、このファイルから作られたものではありません" },
      try: { en: "`k8s-bootcamp cluster create --recreate`", ja: "`k8s-bootcamp cluster create --recreate`" },
    },
    "not-ready": {
      actual: { en: "{node}: {got}", ja: "{node}: {got}" },
      why: { en: "the node is still starting, or it has a fault", ja: "まだ起動中か、異常があります" },
      try: {
        en: "wait 30 seconds; then `kubectl describe node {node}`",
        ja: "30 秒待って、`kubectl describe node {node}` を見てください",
      },
    },
    cordoned: {
      actual: { en: "closed for new Pods: {got}", ja: "新しい Pod を受け付けないノード: {got}" },
      why: { en: "somebody cordoned or drained it", ja: "誰かが cordon または drain しました" },
      try: { en: "`kubectl uncordon {node}`", ja: "`kubectl uncordon {node}`" },
    },
    version: {
      actual: { en: "{node}: {got}", ja: "{node}: {got}" },
      why: { en: "the node's image is another one", ja: "ノードのイメージが違います" },
      try: { en: "`kubectl get nodes`, column VERSION", ja: "`kubectl get nodes` の VERSION の列を見てください" },
    },
  },
});

function wanted(count: number, ready: Args["ready"], cordoned: Args["cordoned"]): Words {
  if (ready) return { en: "all nodes Ready", ja: "すべてのノードが Ready" };
  if (cordoned) return { en: "all nodes open for new Pods", ja: "すべてのノードが新しい Pod を受け付ける" };
  return nodesOf(count);
}

const nodesOf = (count: number): Words => ({ en: count === 1 ? "1 node" : `${count} nodes`, ja: `ノード ${count} 台` });

const nameOf = ({ metadata }: Node): string => metadata?.name ?? "";

const readyCondition = ({ status }: Node) => status?.conditions?.find(({ type }) => type === "Ready");

const isReady = (node: Node): boolean => readyCondition(node)?.status === "True";

const rolePrefix = "node-role.kubernetes.io/";

const roleOf = ({ metadata }: Node): string =>
  Object.keys(metadata?.labels ?? {})
    .find((label) => label.startsWith(rolePrefix))
    ?.slice(rolePrefix.length) || "worker";

function summary(nodes: readonly Node[]): string {
  const ready = nodes.filter(isReady).length;
  return `${roleText(tally(nodes.map(roleOf)))}, Ready: ${ready}`;
}

function tally(roles: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const role of roles) counts[role] = (counts[role] ?? 0) + 1;
  return counts;
}

const roleText = (roles: Readonly<Record<string, number>>): string =>
  Object.entries(roles)
    .filter(([, count]) => count > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([role, count]) => `${count} ${role}`)
    .join(" + ") || "0";

/** A node without a role is a control plane, as kind has it. */
async function rolesIn({ manifests }: CheckContext, file: string): Promise<Record<string, number>> {
  const manifest = await manifests.read(file);
  const value = manifest.state === "read" ? manifest.documents[0]?.value : undefined;
  const nodes = isRecord(value) && Array.isArray(value["nodes"]) ? value["nodes"] : [];
  return tally(nodes.map((node) => (isRecord(node) && toText(node["role"])) || "control-plane"));
}

function trouble(node: Node): { node: string; got: string } {
  const { reason = "", message = "" } = readyCondition(node) ?? {};
  return { node: nameOf(node), got: ["NotReady", reason, message].filter(Boolean).join(": ") };
}
