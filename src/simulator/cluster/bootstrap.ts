import type { Client } from "../api/client.ts";
import { microTimestamp, type KubeObject } from "../api/object.ts";
import type { Clock } from "../clock.ts";
import { accessObjects } from "./access.ts";
import type { ClusterConfig } from "./cluster-config.ts";
import { addonObjects } from "./addons.ts";
import { nodeObject } from "./nodes.ts";
import type { Pki } from "./identity.ts";

export interface Manifest {
  /** Plural and group of the resource: `configmaps`, `deployments.apps`. */
  resource: string;
  object: Omit<KubeObject, "metadata"> & { metadata: Partial<KubeObject["metadata"]> };
}

const NAMESPACES = ["kube-system", "kube-public", "kube-node-lease", "default", "local-path-storage"];

/** Fills a new cluster with what a fresh kind cluster holds; controllers and kubelets bring it to life. */
export async function bootstrap(
  client: Client,
  clock: Clock,
  config: ClusterConfig,
  pki: Pki,
  serverAddress: string,
): Promise<void> {
  const put = ({ resource, object }: Manifest) => client.create(resource, object as never, managerOf(object));
  for (const name of NAMESPACES)
    await put({ resource: "namespaces", object: { apiVersion: "v1", kind: "Namespace", metadata: { name } } });
  for (const manifest of accessObjects()) await put(manifest);
  for (const [index, node] of config.nodes.entries()) {
    await put({ resource: "nodes", object: nodeObject(config, node, index, clock.now()) });
  }
  for (const manifest of addonObjects(config, pki, serverAddress)) await put(manifest);
  for (const holder of ["kube-controller-manager", "kube-scheduler"]) await put(leaderLease(holder, config, clock.now()));
}

/** Who a real cluster says wrote these: kubeadm for most, the API server itself for the roles it cannot do without. */
const managerOf = ({ kind, metadata }: Manifest["object"]) => ({
  fieldManager: metadata.labels?.["kubernetes.io/bootstrapping"] ? "kube-apiserver" : kind === "Node" ? "kubelet" : "kubeadm",
});

/** The lock that one of several control planes would hold. */
function leaderLease(holder: string, { nodes }: ClusterConfig, now: number): Manifest {
  const time = microTimestamp(now);
  return {
    resource: "leases.coordination.k8s.io",
    object: {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name: holder, namespace: "kube-system" },
      spec: {
        holderIdentity: `${nodes.find(({ role }) => role === "control-plane")?.name}_${holder}`,
        leaseDurationSeconds: 15,
        acquireTime: time,
        renewTime: time,
        leaseTransitions: 0,
      },
    } as Manifest["object"],
  };
}
