import type { PodDisruptionBudget as BudgetType, PodDisruptionBudgetStatus } from "kubernetes-types/policy/v1";
import { isDeepStrictEqual } from "node:util";
import type { Client } from "../api/client.ts";
import { controllerOf, type KubeObject, type Live, timestamp } from "../api/object.ts";
import { formatLabelSelector, selectorMatches } from "../api/selectors.ts";
import { scaledValue } from "../resources/int-or-string.ts";
import type { Controller } from "./controller.ts";
import { objectKey, queueKey, workQueue } from "./controller.ts";
import { podLabels } from "./pod-labels.ts";
import { isReady, type Pod } from "./pod-state.ts";
import { messageOf } from "./refusals.ts";

type Budget = Live<BudgetType>;

/** How long an evicted pod may take to get its deletionTimestamp before it counts as healthy again, ms. */
const EVICTION_GRACE = 120_000;

/** Kinds that keep a wanted number of pods; a ReplicaSet of a Deployment counts as the Deployment. */
const SCALED: Record<string, string> = {
  ReplicaSet: "replicasets.apps",
  Deployment: "deployments.apps",
  StatefulSet: "statefulsets.apps",
  ReplicationController: "replicationcontrollers",
};

/** Works out how many pods of each PodDisruptionBudget may be evicted now (pkg/controller/disruption). */
export const disruptionController: Controller = (context) => {
  const { client, clock, events } = context;
  const labels = podLabels(client);

  const queue = workQueue(context, async (key) => {
    const budget = client.get<Budget>("poddisruptionbudgets.policy", objectKey(key));
    if (!budget) return;
    const { namespace = "", generation = 0 } = budget.metadata;
    const pods = labels.select(namespace, budget.spec?.selector);
    if (pods.length === 0) events.event({ object: budget }, "Normal", "NoPods", "No matching pods found");
    const now = clock.now();
    const evicted = stillEvicted(budget, pods, now);
    let status: PodDisruptionBudgetStatus;
    try {
      const { expectedPods, desiredHealthy } = expectations(budget, pods);
      const currentHealthy = pods.filter(
        (pod) => !pod.metadata.deletionTimestamp && !evicted.has(pod.metadata.name) && isReady(pod),
      ).length;
      const disruptionsAllowed = expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0;
      status = { currentHealthy, desiredHealthy, disruptionsAllowed, expectedPods };
    } catch (error) {
      const message = `Failed to calculate the number of expected pods: ${messageOf(error)}`;
      events.event({ object: budget }, "Warning", "CalculateExpectedPodCountFailed", message);
      const { currentHealthy = 0, desiredHealthy = 0, expectedPods = 0 } = budget.status ?? {};
      status = { currentHealthy, desiredHealthy, disruptionsAllowed: 0, expectedPods };
      await write(budget, { ...status, conditions: [conditionOf(budget, "SyncFailed", messageOf(error), now)] });
      return;
    }
    const reason = status.disruptionsAllowed > 0 ? "SufficientPods" : "InsufficientPods";
    await write(budget, {
      ...status,
      ...(evicted.size > 0 && { disruptedPods: Object.fromEntries(evicted) }),
      conditions: [conditionOf(budget, reason, "", now)],
      observedGeneration: generation,
    });
    if (evicted.size > 0) queue.addAfter(key, EVICTION_GRACE);
  });

  async function write(budget: Budget, status: PodDisruptionBudgetStatus): Promise<void> {
    if (isDeepStrictEqual(status, { ...budget.status })) return;
    await client.updateStatus<Budget>("poddisruptionbudgets.policy", { ...budget, status });
  }

  function expectations({ spec, ...budget }: Budget, pods: readonly Pod[]) {
    const { minAvailable, maxUnavailable } = spec ?? {};
    if (typeof minAvailable === "number") return { expectedPods: pods.length, desiredHealthy: minAvailable };
    if (minAvailable === undefined && maxUnavailable === undefined) return { expectedPods: 0, desiredHealthy: 0 };
    const { expectedPods, unmanaged } = expectedScale(client, pods);
    if (unmanaged.length > 0) {
      const message =
        `Pods selected by this PodDisruptionBudget (selector: ${formatLabelSelector(spec?.selector)}) were found to be unmanaged. As a ` +
        "result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these " +
        'pods please set ".spec.minAvailable" field of the PDB to an integer value.';
      events.event({ object: budget }, "Warning", "UnmanagedPods", message);
    }
    if (minAvailable !== undefined) return { expectedPods, desiredHealthy: scaledValue(minAvailable, expectedPods, "up") };
    return { expectedPods, desiredHealthy: Math.max(0, expectedPods - scaledValue(maxUnavailable, expectedPods, "up")) };
  }

  const ofPods = (...pods: Pod[]) => {
    for (const budget of client.list<Budget>("poddisruptionbudgets.policy", { namespace: pods[0]?.metadata.namespace ?? "" })) {
      if (pods.some(({ metadata }) => selectorMatches(budget.spec?.selector, metadata.labels))) queue.add(queueKey(budget));
    }
  };
  const stops = [
    client.watch<Budget>("poddisruptionbudgets.policy", ({ object }) => queue.add(queueKey(object))),
    client.watch<Pod>("pods", ({ object, old }) => (old ? ofPods(object, old) : ofPods(object))),
  ];
  return () => [...stops, labels.stop, queue.stop].forEach((stop) => stop());
};

/** The sum of what the pods' controllers want, each counted once; throws for a controller that wants no number. */
function expectedScale(client: Client, pods: readonly Pod[]): { expectedPods: number; unmanaged: Pod[] } {
  const scales = new Map<string, number>();
  const unmanaged: Pod[] = [];
  for (const pod of pods) {
    const reference = controllerOf(pod);
    if (!reference) {
      unmanaged.push(pod);
      continue;
    }
    const owner = scaledOwner(client, pod);
    if (!owner) throw new Error(`found no controllers for pod "${pod.metadata.name}"`);
    scales.set(owner.metadata.uid, owner.spec?.replicas ?? 1);
  }
  return { expectedPods: [...scales.values()].reduce((sum, replicas) => sum + replicas, 0), unmanaged };
}

type Scaled = KubeObject & { spec?: { replicas?: number } };

function scaledOwner(client: Client, object: KubeObject): Scaled | undefined {
  const reference = controllerOf(object);
  const resource = reference && SCALED[reference.kind];
  if (!resource) return undefined;
  const owner = client.get<Scaled>(resource, { namespace: object.metadata.namespace ?? "", name: reference.name });
  if (owner?.metadata.uid !== reference.uid) return undefined;
  return scaledOwner(client, owner) ?? owner;
}

/** Pods whose eviction was granted and that were not seen to go yet. */
function stillEvicted({ status }: Budget, pods: readonly Pod[], now: number): Map<string, string> {
  const left = Object.entries(status?.disruptedPods ?? {}).filter(
    ([name, at]) =>
      Date.parse(at) + EVICTION_GRACE > now && pods.some(({ metadata }) => metadata.name === name && !metadata.deletionTimestamp),
  );
  return new Map(left);
}

function conditionOf({ status, metadata }: Budget, reason: string, message: string, now: number) {
  const wanted = reason === "SufficientPods" ? "True" : "False";
  const current = status?.conditions?.find(({ type }) => type === "DisruptionAllowed");
  return {
    type: "DisruptionAllowed",
    status: wanted,
    observedGeneration: metadata.generation ?? 0,
    lastTransitionTime: current?.status === wanted ? current.lastTransitionTime : timestamp(now),
    reason,
    message,
  };
}
