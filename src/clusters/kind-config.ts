import type { ClusterSpec } from "./provider.ts";

/**
 * The nodes of a kind configuration (v1alpha4 Cluster) that kind would take, with kind's defaults: an empty list is one node, a node
 * without a role a control plane. Models kind pkg/apis/config/v1alpha4/default.go.
 */
export function nodesOf(config: unknown): ClusterSpec["nodes"] {
  const { nodes } = (config ?? {}) as RawCluster;
  return (nodes?.length ? nodes : [null]).map(toNode);
}

interface RawCluster {
  nodes?: readonly RawNode[] | null;
}

type RawNode = {
  role?: ClusterSpec["nodes"][number]["role"] | null;
  image?: string | null;
  labels?: Record<string, Scalar> | null;
} | null;

type Scalar = string | number | boolean;

function toNode(raw: RawNode): ClusterSpec["nodes"][number] {
  const { role, image, labels } = raw ?? {};
  const texts = Object.entries(labels ?? {}).map(([key, value]) => [key, String(value)]);
  return {
    role: role ?? "control-plane",
    ...(image && { image }),
    ...(texts.length > 0 && { labels: Object.fromEntries(texts) }),
  };
}
