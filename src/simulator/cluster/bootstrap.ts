import type { Client } from "../api/client.ts";
import type { Pod } from "kubernetes-types/core/v1";
import { microTimestamp, type KubeObject, type Live } from "../api/object.ts";
import type { Clock } from "../clock.ts";
import { accessObjects } from "./access.ts";
import type { ClusterConfig, NodeConfig } from "./cluster-config.ts";
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
  const put = (manifest: Manifest) => create(client, manifest);
  for (const name of NAMESPACES)
    await put({ resource: "namespaces", object: { apiVersion: "v1", kind: "Namespace", metadata: { name } } });
  await join(client, clock, config, "control-plane");
  for (const manifest of addonObjects(config, pki, serverAddress, clock.now())) await put(manifest);
  for (const holder of ["kube-controller-manager", "kube-scheduler"]) await put(leaderLease(holder, config, clock.now()));
}

/**
 * Makes the roles, bindings and accounts of a fresh cluster where they are missing: after nodes and Pods, since there are many, and
 * whenever the API server starts, as upstream (post-start hook rbac/bootstrap-roles). `isOver` ends it early.
 */
export async function grantAccess(client: Client, isOver: () => boolean): Promise<void> {
  for (const manifest of accessObjects()) {
    const { name = "", namespace } = manifest.object.metadata;
    if (client.get(manifest.resource, { name, ...(namespace && { namespace }) })) continue;
    // Requests come first.
    await new Promise((resolve) => setImmediate(resolve));
    if (isOver()) return;
    await create(client, manifest);
  }
}

/** Pods of the cluster's own Deployments: two of coredns, one of the storage provisioner. */
const OWN_PODS = 3;
/** Turns of the event loop that placing them may take; a handful do. */
const PATIENCE = 2000;

/** The workers join when the cluster's own Deployments have found their place: on the control plane, as in a kind cluster. */
export async function joinWorkers(client: Client, clock: Clock, config: ClusterConfig): Promise<void> {
  const isPlaced = () => client.list<Live<Pod>>("pods").filter(({ spec }) => spec?.nodeName).length >= OWN_PODS;
  for (let turn = 0; turn < PATIENCE && !isPlaced(); turn++) await new Promise((resolve) => setImmediate(resolve));
  await join(client, clock, config, "worker");
}

async function join(client: Client, clock: Clock, config: ClusterConfig, role: NodeConfig["role"]): Promise<void> {
  for (const [index, node] of config.nodes.entries()) {
    if (node.role === role) await create(client, { resource: "nodes", object: nodeObject(config, node, index, clock.now()) });
  }
}

const create = (client: Client, { resource, object }: Manifest) => client.create(resource, object as never, managerOf(object));

/** Who a real cluster says wrote these: kubeadm for most, the API server itself for the roles it cannot do without. */
function managerOf({ kind, metadata }: Manifest["object"]): { fieldManager: string } {
  const isServers = metadata.labels?.["kubernetes.io/bootstrapping"] || metadata.name?.startsWith("kube-apiserver-");
  return { fieldManager: isServers ? "kube-apiserver" : kind === "Node" ? "kubelet" : "kubeadm" };
}

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
