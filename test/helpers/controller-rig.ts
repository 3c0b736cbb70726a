import type { Client } from "../../src/simulator/api/client.ts";
import type { EventSubject } from "../../src/simulator/api/events.ts";
import { timestamp } from "../../src/simulator/api/object.ts";
import { SteppedClock } from "../../src/simulator/clock.ts";
import type { Controller } from "../../src/simulator/controllers/controller.ts";
import { nodeOf } from "../../src/simulator/controllers/daemonset/daemon-pods.ts";
import type { Pod } from "../../src/simulator/controllers/pod-state.ts";
import { Random } from "../../src/simulator/random.ts";
import { memoryClient } from "./memory-client.ts";

const KINDS: Record<string, [string, string]> = {
  pods: ["v1", "Pod"],
  "replicasets.apps": ["apps/v1", "ReplicaSet"],
  "deployments.apps": ["apps/v1", "Deployment"],
  replicationcontrollers: ["v1", "ReplicationController"],
  nodes: ["v1", "Node"],
  "daemonsets.apps": ["apps/v1", "DaemonSet"],
  "controllerrevisions.apps": ["apps/v1", "ControllerRevision"],
  "leases.coordination.k8s.io": ["coordination.k8s.io/v1", "Lease"],
  "jobs.batch": ["batch/v1", "Job"],
  namespaces: ["v1", "Namespace"],
  configmaps: ["v1", "ConfigMap"],
  serviceaccounts: ["v1", "ServiceAccount"],
  services: ["v1", "Service"],
  endpoints: ["v1", "Endpoints"],
  "endpointslices.discovery.k8s.io": ["discovery.k8s.io/v1", "EndpointSlice"],
};

export interface Rig {
  client: Client;
  clock: SteppedClock;
  /** `Reason: message`, in order. */
  events: string[];
  errors: unknown[];
  /** Lets everything that is under way come to rest. */
  settle(): Promise<void>;
  stop(): void;
}

/** Controllers over an in-memory API, on a clock that stands still. */
export function startControllers(...controllers: Controller[]): Rig {
  const clock = new SteppedClock();
  const client = memoryClient(clock, KINDS);
  const [events, errors]: [string[], unknown[]] = [[], []];
  const record = (_: EventSubject, __: string, reason: string, message: string) => void events.push(`${reason}: ${message}`);
  const context = {
    client,
    clock,
    random: new Random(1),
    events: { event: record },
    rootCA: "-----BEGIN CERTIFICATE-----",
    resources: () =>
      Object.entries(KINDS).map(([name, [apiVersion, kind]]) => ({ name, apiVersion, kind, namespaced: kind !== "Namespace" })),
    report: (error: unknown) => void errors.push(error),
  };
  const stops = controllers.map((start) => start(context));
  return {
    client,
    clock,
    events,
    errors,
    async settle() {
      for (let round = 0; round < 60; round++) await clock.step(10);
    },
    stop: () => stops.forEach((stop) => stop()),
  };
}

/** Plays scheduler and kubelet: each pod runs on a node and is ready at once, unless `ready` says no; a deleted pod is gone at once. */
export function runPods({ client, clock }: Rig, ready: (pod: Pod) => boolean = () => true): () => void {
  return client.watch<Pod>("pods", ({ type, object }) => {
    if (type === "DELETED") return;
    const { metadata } = object;
    const key = { namespace: metadata.namespace ?? "", name: metadata.name };
    if (metadata.deletionTimestamp) {
      void client.patch("pods", key, { metadata: { deletionGracePeriodSeconds: 0 } }).catch(() => undefined);
    } else if ((object.status?.phase ?? "Pending") === "Pending") {
      const condition = { type: "Ready", status: ready(object) ? "True" : "False", lastTransitionTime: timestamp(clock.now()) };
      const status = { phase: "Running", conditions: [condition] };
      void client.patch("pods", key, { spec: { nodeName: nodeOf(object) ?? "n1" }, status });
    }
  });
}
