import { admissionPlugins } from "../../src/simulator/admission/index.ts";
import type { Client } from "../../src/simulator/api/client.ts";
import type { EventSubject } from "../../src/simulator/api/events.ts";
import { LocalClient } from "../../src/simulator/api/local-client.ts";
import { type KubeObject, keyOf, timestamp } from "../../src/simulator/api/object.ts";
import { Registry } from "../../src/simulator/api/registry.ts";
import { SteppedClock } from "../../src/simulator/clock.ts";
import type { Controller } from "../../src/simulator/controllers/controller.ts";
import { nodeOf } from "../../src/simulator/controllers/daemonset/daemon-pods.ts";
import type { Pod } from "../../src/simulator/controllers/pod-state.ts";
import { Random } from "../../src/simulator/random.ts";
import { conversions, strategies } from "../../src/simulator/resources/index.ts";
import { columnsOf, resourceInfos } from "../../src/simulator/schema/resource-info.ts";
import { loadSchemas } from "../../src/simulator/schema/schemas.ts";
import { Store } from "../../src/simulator/store/store.ts";

export interface Rig {
  client: Client;
  clock: SteppedClock;
  /** `Reason: message`, in order. */
  events: string[];
  errors: unknown[];
  /** Creates an object with its status, which the API takes separately. */
  make<T extends KubeObject>(resource: string, object: object): Promise<T>;
  /** Changes an object by a merge patch; `status` goes the way of a status. */
  patch(resource: string, name: string, change: object): Promise<void>;
  /** Lets everything that is under way come to rest. */
  settle(): Promise<void>;
  stop(): void;
}

const NAMESPACE = "default";

/** Controllers over the API, with an empty namespace, on a clock that stands still: no scheduler, no kubelets. */
export async function startControllers(...controllers: Controller[]): Promise<Rig> {
  const clock = new SteppedClock();
  const registry = new Registry({
    store: new Store(),
    schemas: loadSchemas(),
    clock,
    random: new Random(7),
    infos: resourceInfos(),
    strategies,
    columns: (group, version, resource) => columnsOf({ group, version, resource }),
    conversions,
    admission: admissionPlugins,
  });
  const client = new LocalClient(registry, "kube-controller-manager");
  for (const name of [NAMESPACE, "kube-node-lease", "elsewhere"]) await client.create("namespaces", { metadata: { name } });
  await client.create("serviceaccounts", { metadata: { name: "default", namespace: NAMESPACE } });
  const [events, errors]: [string[], unknown[]] = [[], []];
  const record = (_: EventSubject, __: string, reason: string, message: string) => void events.push(`${reason}: ${message}`);
  const resources = registry.all().filter(({ info, conversion }) => !conversion && info.verbs.includes("delete"));
  const context = {
    client,
    clock,
    random: new Random(1),
    events: { event: record },
    rootCA: "-----BEGIN CERTIFICATE-----",
    resources: () =>
      resources.map(({ name, apiVersion, info: { kind, namespaced } }) => ({ name, apiVersion, kind, namespaced })),
    report: (error: unknown) => void errors.push(error),
  };
  const stops = controllers.map((start) => start(context));
  const namespaced = (resource: string) => registry.named(resource).info.namespaced;

  return {
    client,
    clock,
    events,
    errors,
    async make<T extends KubeObject>(resource: string, object: object) {
      const draft = object as KubeObject & { status?: object };
      const made = await client.create<KubeObject & { status?: object }>(resource, {
        ...draft,
        metadata: { ...(namespaced(resource) && { namespace: NAMESPACE }), ...draft.metadata },
      });
      const { status } = draft;
      return (status ? await client.patch(resource, keyOf(made), { status }, { subresource: "status" }) : made) as unknown as T;
    },
    async patch(resource, name, change) {
      const key = { namespace: namespaced(resource) ? NAMESPACE : "", name };
      const { status, ...rest } = change as { status?: object };
      if (Object.keys(rest).length > 0) await client.patch(resource, key, rest);
      if (status) await client.patch(resource, key, { status }, { subresource: "status" });
    },
    async settle() {
      for (let round = 0; round < 60; round++) await clock.step(10);
    },
    stop: () => stops.forEach((stop) => stop()),
  };
}

/** Plays scheduler and kubelet: each pod runs on a node and is ready at once, unless `ready` says no; a deleted pod is gone at once. */
export function runPods({ client, clock, errors }: Rig, ready: (pod: Pod) => boolean = () => true): () => void {
  const run = async (pod: Pod) => {
    const key = keyOf(pod);
    if (pod.metadata.deletionTimestamp) return await client.delete("pods", key, { gracePeriodSeconds: 0 });
    if ((pod.status?.phase ?? "Pending") !== "Pending") return;
    if (!pod.spec?.nodeName) {
      const target = { apiVersion: "v1", kind: "Node", name: nodeOf(pod) ?? "n1" };
      await client.create("pods", { metadata: key, target } as never, { subresource: "binding" });
    }
    const condition = { type: "Ready", status: ready(pod) ? "True" : "False", lastTransitionTime: timestamp(clock.now()) };
    const status = { phase: "Running", podIP: "10.244.1.1", conditions: [condition] };
    await client.patch("pods", key, { status }, { subresource: "status" });
  };
  return client.watch<Pod>("pods", ({ type, object }) => {
    if (type === "ADDED" || (type === "MODIFIED" && object.metadata.deletionTimestamp)) {
      void run(object).catch((error: { code?: number }) => error.code === 404 || errors.push(error));
    }
  });
}
