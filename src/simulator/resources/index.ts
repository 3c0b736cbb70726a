import type { KubeObject } from "../api/object.ts";
import { configmaps } from "./configmaps.ts";
import { daemonsets } from "./daemonsets.ts";
import { deployments } from "./deployments.ts";
import { endpoints } from "./endpoints.ts";
import { endpointslices } from "./endpointslices.ts";
import { events, fromEventsV1, toEventsV1 } from "./events.ts";
import { leases } from "./leases.ts";
import { namespaces } from "./namespaces.ts";
import { nodes } from "./nodes.ts";
import { pods } from "./pods.ts";
import { priorityclasses } from "./priorityclasses.ts";
import { replicasets } from "./replicasets.ts";
import type { ResourceStrategy } from "./resource.ts";
import { secrets } from "./secrets.ts";
import { serviceaccounts } from "./serviceaccounts.ts";
import { services } from "./services.ts";
import { storageclasses } from "./storageclasses.ts";

export { deprecations } from "./deprecations.ts";

/** What is particular to each kind, by the resource's name: `pods`, `deployments.apps`. A resource not here has nothing particular. */
export const strategies: ReadonlyMap<string, ResourceStrategy> = new Map(
  [
    configmaps,
    daemonsets,
    deployments,
    endpoints,
    endpointslices,
    events,
    leases,
    namespaces,
    nodes,
    pods,
    priorityclasses,
    replicasets,
    secrets,
    serviceaccounts,
    services,
    storageclasses,
  ].map((strategy) => [strategy.resource, strategy]),
);

/** How a version of a kind relates to the one in which its objects are stored. */
interface Conversion {
  /** Name of the resource that stores them. */
  storage: string;
  fromStored(object: KubeObject): KubeObject;
  toStored(object: KubeObject): KubeObject;
}

/** Versions whose objects are stored in another, by group, version and plural. */
export const conversions: ReadonlyMap<string, Conversion> = new Map([
  ["events.k8s.io/v1/events", { storage: "events", fromStored: toEventsV1, toStored: fromEventsV1 }],
]);
