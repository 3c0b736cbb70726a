import { admissionKinds, certificatesigningrequests, configmaps, limitranges, resourcequotas, secrets } from "./configuration.ts";
import { cronjobs, jobs } from "./jobs.ts";
import type { Kind } from "./kind.ts";
import { leases, namespaces, nodes } from "./nodes.ts";
import { pods } from "./pods.ts";
import { endpoints, endpointslices, ingresses, networkpolicies, services } from "./services.ts";
import { persistentvolumeclaims, persistentvolumes, storageclasses, volumeattachments } from "./storage.ts";
import { daemonsets, deployments, replicasets, replicationcontrollers, statefulsets } from "./workloads.ts";
import { horizontalpodautoscalers, poddisruptionbudgets } from "./scaling.ts";

/** What is watched unless `--resources` says otherwise, by name. */
export const defaultKinds: readonly Kind[] = [
  ...admissionKinds,
  certificatesigningrequests,
  configmaps,
  cronjobs,
  daemonsets,
  deployments,
  endpointslices,
  horizontalpodautoscalers,
  ingresses,
  jobs,
  leases,
  limitranges,
  namespaces,
  networkpolicies,
  nodes,
  persistentvolumeclaims,
  persistentvolumes,
  poddisruptionbudgets,
  pods,
  replicasets,
  replicationcontrollers,
  resourcequotas,
  secrets,
  services,
  statefulsets,
  storageclasses,
  volumeattachments,
].toSorted((a, b) => (a.resource < b.resource ? -1 : 1));

/** Those that `--resources` may name. */
export const allKinds: readonly Kind[] = [...defaultKinds, endpoints];
