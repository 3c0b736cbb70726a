import { keyOf } from "../api/object.ts";
import type { Node } from "../scheduler/node-info.ts";
import type { Controller } from "./controller.ts";
import { objectKey, queueKey, workQueue } from "./controller.ts";
import { isOver } from "./job/conditions.ts";
import type { Job } from "./job/job-pods.ts";
import { unlessGone } from "./refusals.ts";

/** Deletes Jobs some time after they ended (pkg/controller/ttlafterfinished). */
export const jobTtlController: Controller = (context) => {
  const { client, clock } = context;
  const queue = workQueue(context, async (key) => {
    const job = client.get<Job>("jobs.batch", objectKey(key));
    const ttl = job?.spec?.ttlSecondsAfterFinished;
    if (!job || ttl === undefined || !isOver(job) || job.metadata.deletionTimestamp) return;
    const end = job.status?.conditions?.find(
      ({ type, status }) => (type === "Complete" || type === "Failed") && status === "True",
    );
    const wait = Date.parse(end?.lastTransitionTime ?? "") + ttl * 1000 - clock.now();
    if (wait > 0) return queue.addAfter(key, wait);
    await unlessGone(
      client.delete("jobs.batch", keyOf(job), { propagationPolicy: "Foreground", preconditions: { uid: job.metadata.uid } }),
    );
  });
  const stop = client.watch<Job>("jobs.batch", ({ type, object }) => {
    if (type !== "DELETED" && object.spec?.ttlSecondsAfterFinished !== undefined && isOver(object)) queue.add(queueKey(object));
  });
  return () => [stop, queue.stop].forEach((end) => end());
};

const TTL = "node.alpha.kubernetes.io/ttl";

/** Up to how many nodes kubelets may cache Secrets and ConfigMaps for how many seconds. */
const STEPS: readonly [nodes: number, seconds: number][] = [
  [100, 0],
  [500, 15],
  [1000, 30],
  [2000, 60],
  [Infinity, 300],
];

/** Tells kubelets, by an annotation, how long they may cache (pkg/controller/ttl). */
export const nodeTtlController: Controller = (context) => {
  const { client } = context;
  const queue = workQueue(context, async (name) => {
    const node = client.get<Node>("nodes", { name });
    const count = client.list("nodes").length;
    const seconds = String(STEPS.find(([nodes]) => count <= nodes)?.[1]);
    if (!node || node.metadata.annotations?.[TTL] === seconds) return;
    await unlessGone(client.patch("nodes", keyOf(node), { metadata: { annotations: { [TTL]: seconds } } }));
  });
  const stop = client.watch<Node>("nodes", ({ type, object }) => type === "ADDED" && queue.add(object.metadata.name));
  return () => [stop, queue.stop].forEach((end) => end());
};
