import { keyOf } from "../../api/object.ts";
import type { Timer } from "../../clock.ts";
import type { Node } from "../../scheduler/node-info.ts";
import { tolerates } from "../../scheduler/taints.ts";
import type { Controller } from "../controller.ts";
import { objectKey, queueKey, workQueue } from "../controller.ts";
import { objectIndex } from "../object-index.ts";
import { markDisrupted } from "../disruption-target.ts";
import type { Pod } from "../pod-state.ts";
import { unlessGone } from "../refusals.ts";

/** Deletes pods that do not tolerate a NoExecute taint of their node, or only for a while (pkg/controller/tainteviction). */
export const taintEvictionController: Controller = (context) => {
  const { client, clock, events } = context;
  const pods = objectIndex<Pod>(client, "pods", ({ spec }) => (spec?.nodeName ? [spec.nodeName] : []));
  /** Evictions that wait; the time counts from the moment the first taint was seen. */
  const planned = new Map<string, { since: number; at: number; timer: Timer }>();

  const queue = workQueue(context, async (key) => {
    const pod = client.get<Pod>("pods", objectKey(key));
    if (!pod || pod.metadata.deletionTimestamp) return cancel(key);
    const wait = toleratedFor(pod, client.get<Node>("nodes", { name: pod.spec?.nodeName ?? "" }));
    if (wait === Infinity) return cancel(key, pod);
    if (wait <= 0) {
      cancel(key);
      return await evict(pod);
    }
    const plan = planned.get(key);
    const since = plan?.since ?? clock.now();
    const at = since + wait;
    if (plan && plan.at <= at) return;
    plan?.timer.cancel();
    const run = () => {
      planned.delete(key);
      const live = client.get<Pod>("pods", objectKey(key));
      if (live?.metadata.uid === pod.metadata.uid) void evict(live).catch(context.report);
    };
    planned.set(key, { since, at, timer: clock.setTimeout(run, at - clock.now()) });
  });

  function cancel(key: string, pod?: Pod): void {
    const plan = planned.get(key);
    if (!plan) return;
    plan.timer.cancel();
    planned.delete(key);
    if (pod) events.event({ object: pod }, "Normal", "TaintManagerEviction", `Cancelling deletion of Pod ${key}`);
  }

  async function evict(pod: Pod): Promise<void> {
    events.event({ object: pod }, "Normal", "TaintManagerEviction", `Marking for deletion Pod ${queueKey(pod)}`);
    await markDisrupted(context, pod, "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint");
    await unlessGone(client.delete("pods", keyOf(pod)));
  }

  const stops = [
    client.watch<Node>("nodes", ({ object, old }) => {
      if (!hasNoExecute(object) && !(old && hasNoExecute(old))) return;
      for (const pod of pods.get(object.metadata.name)) queue.add(queueKey(pod));
    }),
    client.watch<Pod>("pods", ({ type, object, old }) => {
      const moved = object.spec?.nodeName !== old?.spec?.nodeName || type === "DELETED";
      const tolerations = object.spec?.tolerations?.length !== old?.spec?.tolerations?.length;
      if (moved || tolerations) queue.add(queueKey(object));
    }),
  ];
  const cancelAll = () => planned.forEach(({ timer }) => timer.cancel());
  return () => [...stops, pods.stop, queue.stop, cancelAll].forEach((stop) => stop());
};

const noExecuteTaints = (node: Node) => node.spec?.taints?.filter(({ effect }) => effect === "NoExecute") ?? [];
const hasNoExecute = (node: Node) => noExecuteTaints(node).length > 0;

/** Milliseconds the pod may stay: 0 when a taint is not tolerated, Infinity when all are for good. */
function toleratedFor(pod: Pod, node: Node | undefined): number {
  const tolerations = pod.spec?.tolerations ?? [];
  const times = (node ? noExecuteTaints(node) : []).flatMap((taint) => {
    const used = tolerations.filter((toleration) => tolerates(toleration, taint));
    return used.length === 0 ? [0] : used.map(({ tolerationSeconds = Infinity }) => Math.max(0, tolerationSeconds) * 1000);
  });
  return Math.min(Infinity, ...times);
}
