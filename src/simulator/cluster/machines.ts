import type { Node, ServiceAccount } from "kubernetes-types/core/v1";
import type { Client } from "../api/client.ts";
import { eventRecorder } from "../api/events.ts";
import type { FindKubelet } from "../api/kubelet-access.ts";
import type { Live } from "../api/object.ts";
import type { Tokens } from "../api/tokens.ts";
import type { ControllerContext } from "../controllers/controller.ts";
import type { KubeletAuthority } from "../kubelet/server/kubelet-server.ts";
import { startKubelet, type Kubelet } from "../kubelet/kubelet.ts";
import type { IssueToken } from "../kubelet/volumes/volume.ts";
import type { Network } from "../network/network.ts";
import { images } from "../programs/index.ts";
import { createContainerRuntime } from "../runtime/runtime.ts";
import { CLUSTER_DOMAIN, DNS_SERVICE_IP, nodeIP, podCIDR, type ClusterConfig } from "./cluster-config.ts";
import { NODE_IMAGES } from "./node-images.ts";
import { staticPods } from "./static-pods.ts";

/** After a restart a node has the images that it had before. */
function imagesOf(client: Client, nodeName: string): readonly string[] {
  const node = client.get<Live<Node>>("nodes", { name: nodeName });
  const known = node?.status?.images?.flatMap(({ names = [] }) => names.filter((name) => !name.includes("@"))) ?? [];
  return [...new Set([...NODE_IMAGES, ...known])];
}

/** A machine started when it joined, ms. */
function createdAt(client: Client, nodeName: string): number | undefined {
  const { creationTimestamp } = client.get<Live<Node>>("nodes", { name: nodeName })?.metadata ?? {};
  return creationTimestamp === undefined ? undefined : Date.parse(creationTimestamp);
}

export interface NodesOptions extends Omit<ControllerContext, "client" | "events" | "issueToken"> {
  config: ClusterConfig;
  client: Client;
  network: Network;
  tokens: Tokens;
  /** Who asks the kubelets, and what they may. */
  authority: Omit<KubeletAuthority, "certificate">;
}

/** The machines of the cluster. */
export interface Nodes {
  find: FindKubelet;
  start(): void;
  stop(): void;
}

/** A kubelet and a container runtime for each node of the configuration; their Node objects are there already when they start. */
export function createNodes({ config, client, network, tokens, authority, ...context }: NodesOptions): Nodes {
  const { clock, random } = context;
  const kubelets = new Map<string, Kubelet>();
  const issueToken: IssueToken = ({ namespace, serviceAccount, ...wanted }) => {
    const account = client.get<Live<ServiceAccount>>("serviceaccounts", { namespace, name: serviceAccount });
    if (!account) throw new Error(`serviceaccounts ${JSON.stringify(serviceAccount)} not found`);
    return tokens.issue({ namespace, name: serviceAccount, uid: account.metadata.uid, ...wanted }, random.uuid());
  };
  return {
    find: (name) => kubelets.get(name),
    start() {
      for (const [index, { name, role }] of config.nodes.entries()) {
        const report = (error: unknown) => context.report(error);
        const kubelet = startKubelet({
          ...context,
          client,
          events: eventRecorder(client, clock, { component: "kubelet", host: name }, report),
          network,
          runtime: createContainerRuntime({
            clock,
            random,
            network,
            images,
            nodeName: name,
            preloaded: imagesOf(client, name),
            bootedAt: createdAt(client, name) ?? clock.now(),
          }),
          nodeName: name,
          nodeIP: nodeIP(index),
          podCIDR: podCIDR(index),
          clusterDNS: DNS_SERVICE_IP,
          clusterDomain: CLUSTER_DOMAIN,
          issueToken,
          authority: {
            ...authority,
            // The certificate library costs 100 ms to load: only who asks a kubelet needs it.
            certificate: async () => ({
              ...(await (await import("../network/self-signed.ts")).createSelfSigned(name, clock.now())),
              ca: context.rootCA,
            }),
          },
          ...(role === "control-plane" && { staticPods: staticPods(name, index) }),
        });
        kubelets.set(name, kubelet);
      }
    },
    stop() {
      for (const kubelet of kubelets.values()) kubelet.stop();
      kubelets.clear();
    },
  };
}
