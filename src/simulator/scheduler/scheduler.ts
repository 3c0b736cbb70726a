import type { Controller } from "../controllers/controller.ts";
import { keyOf } from "../api/object.ts";
import { StatusError } from "../api/status-error.ts";
import { ClusterState } from "./cluster-state.ts";
import { evaluate, priorityOf } from "./decision.ts";
import type { Diagnosis, Nomination } from "./decision.ts";
import { fitError } from "./fit-error.ts";
import type { Node, NodeInfo } from "./node-info.ts";
import type { ClusterEvent, Snapshot } from "./plugin.ts";
import { volumePlan } from "./plugins/volume-binding.ts";
import { setCondition } from "./pod-conditions.ts";
import type { Pod } from "./pod-requests.ts";
import { findPreemption } from "./preemption.ts";
import { SchedulingQueue } from "./queue.ts";
import type { QueuedPod } from "./queue.ts";
import { bindVolumes } from "./volume-binder.ts";

const NAME = "default-scheduler";

/** Changes of these, besides nodes and pods, may let a parked pod fit. */
const OTHERS = ["persistentvolumeclaims", "persistentvolumes", "storageclasses.storage.k8s.io", "services"] as const;

/** Decisions in a row before the scheduler lets requests of others through. */
const DECISIONS_BEFORE_A_BREAK = 16;

/** Events are FailedScheduling, Scheduled and Preempted; `events` must be of source `default-scheduler`. Upstream: pkg/scheduler. */
export const scheduler: Controller = (context) => {
  const { client, clock, random, events } = context;
  const report = (error: unknown) => context.report(error);
  const state = new ClusterState();
  const queue = new SchedulingQueue(clock, () => void run());
  const nominations = new Map<string, Nomination>();
  let running = false;
  let stopped = false;

  async function run() {
    if (running) return;
    running = true;
    // Let the write that caused the event return first.
    await Promise.resolve();
    for (let count = 1, entry = queue.pop(); entry && !stopped; count++, entry = queue.pop()) {
      try {
        schedule(entry);
      } catch (error) {
        report(error);
        queue.retry({ ...entry, attempts: entry.attempts + 1 });
      }
      if (count % DECISIONS_BEFORE_A_BREAK === 0) await new Promise(setImmediate);
    }
    running = false;
  }

  function schedule(entry: QueuedPod) {
    const { pod } = entry;
    const snapshot: Snapshot = { nodes: state.nodes(), read: client };
    const { feasible, diagnosis, best } = evaluate(pod, snapshot, [...nominations.values()]);
    if (feasible.length > 0) void bind(entry, best(random), snapshot);
    else fail(entry, snapshot, diagnosis);
  }

  async function bind(entry: QueuedPod, { node, name }: NodeInfo, snapshot: Snapshot) {
    const { pod } = entry;
    const { metadata } = pod;
    state.assume(pod, name);
    nominations.delete(metadata.uid);
    try {
      const plan = volumePlan(pod, node, snapshot.read);
      await prepareVolumes(plan, name);
      const binding = { metadata: { name: metadata.name, namespace: metadata.namespace ?? "", uid: metadata.uid } };
      await client.create("pods", { ...binding, target: { kind: "Node", name } } as never, { subresource: "binding" });
      events.event(
        { object: pod },
        "Normal",
        "Scheduled",
        `Successfully assigned ${metadata.namespace}/${metadata.name} to ${name}`,
      );
    } catch (error) {
      state.removePod(pod);
      const live = client.get<Pod>("pods", keyOf(pod));
      if (!live || live.metadata.uid !== metadata.uid || live.spec?.nodeName) return;
      if (!(error instanceof StatusError && error.code === 409)) {
        await tell(pod, error instanceof Error ? error.message : String(error), "SchedulerError").catch(report);
      }
      queue.retry({ ...entry, pod: live, attempts: entry.attempts + 1 });
    }
  }

  async function prepareVolumes(plan: ReturnType<typeof volumePlan>, node: string) {
    if (plan.bind.length + plan.provision.length === 0) return;
    try {
      await bindVolumes(client, clock, plan, node);
    } catch (error) {
      if (error instanceof StatusError) throw error;
      throw new Error(`running PreBind plugin "VolumeBinding": ${(error as Error).message}`, { cause: error });
    }
  }

  function fail(entry: QueuedPod, snapshot: Snapshot, diagnosis: Diagnosis) {
    const { pod } = entry;
    const found = afterwards(pod, snapshot, diagnosis);
    queue.park({ ...entry, attempts: entry.attempts + 1, since: clock.now() }, diagnosis.plugins);
    const { nodeCount, rejections, reject } = diagnosis;
    const words = nodeCount === 0 ? "no nodes available to schedule pods" : fitError(nodeCount, rejections.values(), reject);
    if ("message" in found) {
      if (found.nominated === "") nominations.delete(pod.metadata.uid);
      tell(pod, nodeCount === 0 ? words : `${words} ${found.message}`, "Unschedulable", found.nominated).catch(report);
      return;
    }
    nominations.set(pod.metadata.uid, { pod, node: found.node });
    tell(pod, words, "Unschedulable", found.node)
      .then(() => evict(pod, found.node, found.victims))
      .catch(report);
  }

  /** What the PostFilter plugins come to: a node to free, or their words (DynamicResources, then DefaultPreemption). */
  function afterwards(pod: Pod, snapshot: Snapshot, diagnosis: Diagnosis) {
    // DynamicResources has no state to look at when an earlier plugin turned the pod down outright; upstream prints its error.
    if (diagnosis.reject !== undefined) return { message: "not found" };
    const found = findPreemption(pod, snapshot, diagnosis, [...nominations.values()]);
    if (!("message" in found)) return found;
    const keepsNomination = found.message.startsWith("not eligible");
    return {
      message: `no new claims to deallocate, preemption: ${found.message}`,
      ...(!keepsNomination && { nominated: "" }),
    };
  }

  async function tell(pod: Pod, message: string, reason: string, nominatedNode?: string) {
    events.event({ object: pod }, "Warning", "FailedScheduling", message);
    await setCondition(client, clock, pod, { type: "PodScheduled", status: "False", reason, message }, nominatedNode);
  }

  async function evict(pod: Pod, node: string, victims: readonly Pod[]) {
    const message = `${NAME}: preempting to accommodate a higher priority pod`;
    const verdict = { type: "DisruptionTarget", status: "True", reason: "PreemptionByScheduler", message } as const;
    for (const victim of victims) {
      if (victim.metadata.deletionTimestamp) continue;
      await setCondition(client, clock, victim, verdict);
      await client.delete("pods", keyOf(victim), { preconditions: { uid: victim.metadata.uid } });
      events.event({ object: victim }, "Normal", "Preempted", `Preempted by pod ${pod.metadata.uid} on node ${node}`);
    }
    for (const other of nominations.values()) {
      if (other.node !== node || priorityOf(other.pod) >= priorityOf(pod)) continue;
      nominations.delete(other.pod.metadata.uid);
      await client.patch("pods", keyOf(other.pod), { status: { nominatedNodeName: null } }, { subresource: "status" });
    }
  }

  function podChanged(event: ClusterEvent) {
    const pod = event.object as Pod;
    const { uid } = pod.metadata;
    const gone = event.type === "DELETED";
    if (gone) state.removePod(pod);
    else state.setPod(pod);
    if (pod.spec?.nodeName) queue.move(event);
    const waits = !gone && !pod.spec?.nodeName && !pod.metadata.deletionTimestamp && pod.status?.phase !== "Failed";
    if (!waits) {
      queue.remove(pod);
      if (nominations.delete(uid)) queue.move({ ...event, type: "DELETED" });
    } else if ((pod.spec?.schedulerName ?? NAME) === NAME && !state.isAssumed(pod)) {
      const node = pod.status?.nominatedNodeName;
      if (node) nominations.set(uid, { pod, node });
      queue.set(pod);
    }
  }

  const stops = [
    client.watch("nodes", (event) => {
      if (event.type === "DELETED") state.removeNode(event.object as Node);
      else state.setNode(event.object as Node);
      queue.move({ ...event, resource: "nodes" });
    }),
    client.watch("pods", (event) => podChanged({ ...event, resource: "pods" })),
    ...OTHERS.map((resource) => client.watch(resource, (event) => queue.move({ ...event, resource }))),
  ];
  return () => {
    stopped = true;
    for (const stop of stops) stop();
    queue.stop();
  };
};
