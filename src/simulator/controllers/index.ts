import { clusterRoleAggregation } from "./cluster-role-aggregation.ts";
import type { Controller } from "./controller.ts";
import { cronJobController } from "./cronjob/cronjob.ts";
import { daemonSetController } from "./daemonset/daemonset.ts";
import { deploymentController } from "./deployment/deployment.ts";
import { disruptionController } from "./disruption.ts";
import { endpointsController } from "./endpoints/endpoints.ts";
import { endpointSliceMirroring } from "./endpoints/slice-mirroring.ts";
import { endpointSliceController } from "./endpoints/slices.ts";
import { garbageCollector } from "./garbage-collector/garbage-collector.ts";
import { horizontalAutoscaler } from "./hpa/hpa.ts";
import { rootCAController, serviceAccountController } from "./in-each-namespace.ts";
import { namespaceController } from "./namespace.ts";
import { jobController } from "./job/job.ts";
import { nodeLifecycleController } from "./node/node-health.ts";
import { podGarbageCollector } from "./node/pod-garbage.ts";
import { taintEvictionController } from "./node/taint-eviction.ts";
import { quotaController } from "./quota.ts";
import { replicaSetController, replicationController } from "./replicas.ts";
import { statefulSetController } from "./statefulset/statefulset.ts";
import { volumeBinder } from "./storage/binder.ts";
import { ephemeralVolumeController } from "./storage/ephemeral.ts";
import { claimProtection, volumeProtection } from "./storage/protection.ts";
import { LOCAL_PATH, localPathProvisioner } from "./storage/provisioner.ts";
import { jobTtlController, nodeTtlController } from "./ttl.ts";
import { serviceAccountTokenController } from "./service-account-token.ts";

/** The controllers of kube-controller-manager. The name is the source of the controller's events. */
export const controllers: readonly { name: string; start: Controller }[] = [
  { name: "deployment-controller", start: deploymentController },
  { name: "replicaset-controller", start: replicaSetController },
  { name: "replication-controller", start: replicationController },
  { name: "endpoint-controller", start: endpointsController },
  { name: "endpoint-slice-controller", start: endpointSliceController },
  { name: "namespace-controller", start: namespaceController },
  { name: "garbage-collector-controller", start: garbageCollector },
  { name: "serviceaccount-controller", start: serviceAccountController },
  { name: "root-ca-certificate-publisher", start: rootCAController },
  { name: "daemonset-controller", start: daemonSetController },
  { name: "node-controller", start: nodeLifecycleController },
  { name: "taint-eviction-controller", start: taintEvictionController },
  { name: "pod-garbage-collector", start: podGarbageCollector },
  { name: "job-controller", start: jobController },
  { name: "statefulset-controller", start: statefulSetController },
  { name: "persistentvolume-controller", start: volumeBinder },
  { name: LOCAL_PATH, start: localPathProvisioner },
  { name: "pvc-protection-controller", start: claimProtection },
  { name: "pv-protection-controller", start: volumeProtection },
  { name: "ephemeral_volume", start: ephemeralVolumeController },
  { name: "cronjob-controller", start: cronJobController },
  { name: "controllermanager", start: disruptionController },
  { name: "ttl-after-finished-controller", start: jobTtlController },
  { name: "ttl-controller", start: nodeTtlController },
  { name: "clusterrole-aggregation-controller", start: clusterRoleAggregation },
  { name: "resourcequota-controller", start: quotaController },
  { name: "endpoint-slice-mirroring-controller", start: endpointSliceMirroring },
  { name: "horizontal-pod-autoscaler", start: horizontalAutoscaler },
  { name: "tokens-controller", start: serviceAccountTokenController },
];
