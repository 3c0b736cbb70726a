import { type Profile, type Taint, taintsOf } from "../clusters/profile.ts";
import type { Cluster } from "../clusters/provider.ts";
import type { KubeObject } from "../kube/objects.ts";

interface Node extends KubeObject {
  spec?: { taints?: readonly Taint[] };
}

/** Gives a new cluster's control planes what the profile has beyond today's, where they don't have it already. */
export async function applyProfile(cluster: Cluster, profile: Profile): Promise<void> {
  const { connectKube } = await import("../kube/kube.ts");
  const kube = connectKube(cluster);
  const controlPlanes = await kube.list<Node>("Node", { selector: "node-role.kubernetes.io/control-plane" });
  for (const { metadata, spec } of controlPlanes) {
    const { resourceVersion: _, ...named } = metadata ?? {};
    const { taints = [] } = spec ?? {};
    const missing = taintsOf[profile].filter(
      ({ key, effect }) => !taints.some((one) => one.key === key && one.effect === effect),
    );
    if (missing.length === 0) continue;
    // Without the version, since the kubelet goes on writing the node's status.
    await kube.replace(
      { apiVersion: "v1", kind: "Node", metadata: named, spec: { ...spec, taints: [...taints, ...missing] } },
      { manager: "k8s-bootcamp" },
    );
  }
}
