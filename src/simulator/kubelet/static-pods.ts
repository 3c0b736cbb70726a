import { createHash } from "node:crypto";
import type { Pod as PodType } from "kubernetes-types/core/v1";
import type { Client } from "../api/client.ts";
import { timestamp } from "../api/object.ts";
import type { Node } from "../scheduler/node-info.ts";
import type { Pod } from "./pod.ts";

/** A pod as a file in /etc/kubernetes/manifests holds it. */
export type StaticPod = Pick<PodType, "metadata" | "spec">;

/** The mirror that shows a static pod in the API (pkg/kubelet/config/common.go, pkg/kubelet/pod/mirror_client.go). */
export async function createMirror(client: Client, manifest: StaticPod, node: Node, now: number): Promise<void> {
  const hash = createHash("md5").update(JSON.stringify(manifest)).digest("hex");
  const { namespace = "default", labels, annotations } = manifest.metadata ?? {};
  const tolerations = [...(manifest.spec?.tolerations ?? []), { effect: "NoExecute", operator: "Exists" }];
  await client.create<Pod>("pods", {
    metadata: {
      name: mirrorName(manifest, node.metadata.name),
      namespace,
      ...(labels && { labels }),
      annotations: {
        ...annotations,
        "kubernetes.io/config.hash": hash,
        "kubernetes.io/config.mirror": hash,
        "kubernetes.io/config.seen": timestamp(now),
        "kubernetes.io/config.source": "file",
      },
      ownerReferences: [{ apiVersion: "v1", controller: true, kind: "Node", name: node.metadata.name, uid: node.metadata.uid }],
    },
    spec: { ...manifest.spec, containers: manifest.spec?.containers ?? [], nodeName: node.metadata.name, tolerations },
  });
}

export const mirrorName = ({ metadata }: StaticPod, nodeName: string): string => `${metadata?.name}-${nodeName}`;
