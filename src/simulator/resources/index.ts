import type { KubeObject } from "../api/object.ts";
import { ipaddresses, servicecidrs } from "./address-ranges.ts";
import { validatingadmissionpolicies, validatingadmissionpolicybindings } from "./admission-policies.ts";
import { apiservices } from "./apiservices.ts";
import { fromAutoscalerV1, toAutoscalerV1 } from "./autoscaler-v1.ts";
import { certificatesigningrequests } from "./certificatesigningrequests.ts";
import { componentstatuses } from "./componentstatuses.ts";
import { configmaps } from "./configmaps.ts";
import { controllerrevisions } from "./controllerrevisions.ts";
import { cronjobs } from "./cronjobs.ts";
import { csidrivers, csinodes, csistoragecapacities, volumeattachments, volumeattributesclasses } from "./csi.ts";
import { customresourcedefinitions } from "./customresourcedefinitions.ts";
import { daemonsets } from "./daemonsets.ts";
import { deployments } from "./deployments.ts";
import { deviceclasses, resourceclaims, resourceclaimtemplates, resourceslices } from "./dynamic-resources.ts";
import { endpoints } from "./endpoints.ts";
import { endpointslices } from "./endpointslices.ts";
import { events, fromEventsV1, toEventsV1 } from "./events.ts";
import { flowschemas, prioritylevelconfigurations } from "./flow-control.ts";
import { horizontalpodautoscalers } from "./horizontalpodautoscalers.ts";
import { ingressclasses, ingresses } from "./ingresses.ts";
import { jobs } from "./jobs.ts";
import { leases } from "./leases.ts";
import { limitranges } from "./limitranges.ts";
import { namespaces } from "./namespaces.ts";
import { networkpolicies } from "./networkpolicies.ts";
import { nodes } from "./nodes.ts";
import { persistentvolumeclaims } from "./persistentvolumeclaims.ts";
import { persistentvolumes } from "./persistentvolumes.ts";
import { poddisruptionbudgets } from "./poddisruptionbudgets.ts";
import { pods } from "./pods.ts";
import { podtemplates } from "./podtemplates.ts";
import { priorityclasses } from "./priorityclasses.ts";
import { clusterrolebindings, clusterroles, rolebindings, roles } from "./rbac.ts";
import { replicasets } from "./replicasets.ts";
import { replicationcontrollers } from "./replicationcontrollers.ts";
import type { ResourceStrategy } from "./resource.ts";
import { resourcequotas } from "./resourcequotas.ts";
import { runtimeclasses } from "./runtimeclasses.ts";
import { secrets } from "./secrets.ts";
import { serviceaccounts } from "./serviceaccounts.ts";
import { services } from "./services.ts";
import { statefulsets } from "./statefulsets.ts";
import { storageclasses } from "./storageclasses.ts";
import { mutatingwebhookconfigurations, validatingwebhookconfigurations } from "./webhooks.ts";

export { deprecations } from "./deprecations.ts";

/** What is particular to each kind, by the resource's name: `pods`, `deployments.apps`. A resource not here has nothing particular. */
export const strategies: ReadonlyMap<string, ResourceStrategy> = new Map(
  [
    apiservices,
    certificatesigningrequests,
    clusterrolebindings,
    clusterroles,
    componentstatuses,
    configmaps,
    controllerrevisions,
    cronjobs,
    csidrivers,
    csinodes,
    csistoragecapacities,
    customresourcedefinitions,
    daemonsets,
    deployments,
    deviceclasses,
    endpoints,
    endpointslices,
    events,
    flowschemas,
    horizontalpodautoscalers,
    ingressclasses,
    ingresses,
    ipaddresses,
    jobs,
    leases,
    limitranges,
    mutatingwebhookconfigurations,
    namespaces,
    networkpolicies,
    nodes,
    persistentvolumeclaims,
    persistentvolumes,
    poddisruptionbudgets,
    pods,
    podtemplates,
    priorityclasses,
    prioritylevelconfigurations,
    replicasets,
    replicationcontrollers,
    resourceclaims,
    resourceclaimtemplates,
    resourcequotas,
    resourceslices,
    rolebindings,
    roles,
    runtimeclasses,
    secrets,
    serviceaccounts,
    servicecidrs,
    services,
    statefulsets,
    storageclasses,
    validatingadmissionpolicies,
    validatingadmissionpolicybindings,
    validatingwebhookconfigurations,
    volumeattachments,
    volumeattributesclasses,
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
  [
    "autoscaling/v1/horizontalpodautoscalers",
    { storage: "horizontalpodautoscalers.autoscaling", fromStored: toAutoscalerV1, toStored: fromAutoscalerV1 },
  ],
]);
