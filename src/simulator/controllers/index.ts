import type { Controller } from "./controller.ts";
import { deploymentController } from "./deployment/deployment.ts";
import { endpointsController } from "./endpoints/endpoints.ts";
import { endpointSliceController } from "./endpoints/slices.ts";
import { replicaSetController, replicationController } from "./replicas.ts";

/** The controllers of kube-controller-manager. The name is the source of the controller's events. */
export const controllers: readonly { name: string; start: Controller }[] = [
  { name: "deployment-controller", start: deploymentController },
  { name: "replicaset-controller", start: replicaSetController },
  { name: "replication-controller", start: replicationController },
  { name: "endpoint-controller", start: endpointsController },
  { name: "endpoint-slice-controller", start: endpointSliceController },
];
