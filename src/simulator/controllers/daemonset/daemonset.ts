import type { DaemonSetStatus } from "kubernetes-types/apps/v1";
import type { PodTemplateSpec } from "kubernetes-types/core/v1";
import { isDeepStrictEqual } from "node:util";
import { podTemplateHash } from "../../protobuf/template-hash.ts";
import type { Node } from "../../scheduler/node-info.ts";
import { claims } from "../claims.ts";
import { cleanUpRevisions, type ControllerRevision, currentRevision } from "../controller-revisions.ts";
import type { Controller, ControllerContext } from "../controller.ts";
import { objectKey, queueKey, workQueue } from "../controller.ts";
import { createPod, deletePod, podFromTemplate, slowStart } from "../pod-control.ts";
import type { Pod } from "../pod-state.ts";
import { isAvailable, isFinished, isReady, nextAvailability } from "../pod-state.ts";
import { withoutZeros } from "../status.ts";
import type { DaemonSet } from "./daemon-pods.ts";
import { byAge, daemonTemplate, fitsNode, isUpdated, nodeOf, pinned, REVISION_HASH } from "./daemon-pods.ts";
import { failureBackoff } from "./failure-backoff.ts";
import { rollingUpdate } from "./rolling-update.ts";

/** Pods made or deleted in one step. */
const BURST = 250;

/** What one sync works on. */
export interface DaemonSync {
  set: DaemonSet;
  /** Hash of the current template. */
  hash: string;
  template: PodTemplateSpec;
  nodes: readonly Node[];
  /** The set's pods by the node they are on or wait for. */
  pods: ReadonlyMap<string, readonly Pod[]>;
  now: number;
}

/** What is to be made and deleted. */
export interface DaemonChange {
  create: string[];
  remove: Pod[];
}

/** Keeps a pod of each DaemonSet on every node that fits (pkg/controller/daemon). */
export const daemonSetController: Controller = (context) => {
  const { client, clock } = context;
  const manager = {
    resource: "daemonsets.apps",
    kind: "DaemonSet",
    selectorOf: ({ spec }: DaemonSet) => spec?.selector,
  };
  const pods = claims<DaemonSet, Pod>(client, "pods", manager);
  const revisions = claims<DaemonSet, ControllerRevision>(client, "controllerrevisions.apps", manager);
  const backoff = failureBackoff(clock);

  const queue = workQueue(context, async (key) => {
    const set = client.get<DaemonSet>("daemonsets.apps", objectKey(key));
    if (!set || set.metadata.deletionTimestamp) return;
    const template = set.spec?.template as PodTemplateSpec;
    const history = await revisions.claim(set);
    const { revision, collisionCount } = await currentRevision(context, {
      owner: set,
      template,
      revisions: history,
      hashLabel: REVISION_HASH,
      hash: (_, count) => podTemplateHash(template, count),
      collisionCount: set.status?.collisionCount,
    });
    const hash = revision.metadata.labels?.[REVISION_HASH] as string;
    const look = async (): Promise<DaemonSync> => ({
      set,
      hash,
      template: daemonTemplate(set, hash),
      nodes: client.list<Node>("nodes"),
      pods: byNode(await pods.claim(set)),
      now: clock.now(),
    });

    const sync = await look();
    const { wait, ...change } = manage(context, sync, (node) => backoff.wait(`${set.metadata.uid} ${node}`));
    await apply(context, sync, change);
    if (wait !== undefined) queue.addAfter(key, wait);
    const isRolling = set.spec?.updateStrategy?.type !== "OnDelete";
    if (isRolling) await apply(context, sync, rollingUpdate(await look()));
    const after = await look();
    const inUse = new Set([...after.pods.values()].flat().map(({ metadata }) => metadata.labels?.[REVISION_HASH]));
    const old = history.filter(({ metadata }) => metadata.uid !== revision.metadata.uid);
    await cleanUpRevisions(context, old, set.spec?.revisionHistoryLimit ?? 10, ({ metadata }) =>
      inUse.has(metadata.labels?.[REVISION_HASH]),
    );
    const status = { ...statusOf(after), ...(collisionCount !== undefined && { collisionCount }) };
    if (!isDeepStrictEqual(status, set.status)) await client.updateStatus<DaemonSet>("daemonsets.apps", { ...set, status });
    const next = nextAvailability([...after.pods.values()].flat(), set.spec?.minReadySeconds ?? 0, after.now);
    if (next !== undefined) queue.addAfter(key, next);
  });

  const stops = [
    client.watch<DaemonSet>("daemonsets.apps", ({ object }) => queue.add(queueKey(object))),
    client.watch<Pod>("pods", (event) => pods.concerned(event).forEach(queue.add)),
    client.watch<ControllerRevision>("controllerrevisions.apps", (event) => revisions.concerned(event).forEach(queue.add)),
    client.watch<Node>("nodes", ({ object, old }) => {
      if (old && isDeepStrictEqual([old.metadata.labels, old.spec?.taints], [object.metadata.labels, object.spec?.taints]))
        return;
      for (const set of client.list<DaemonSet>("daemonsets.apps")) queue.add(queueKey(set));
    }),
  ];
  return () => [...stops, pods.stop, revisions.stop, queue.stop].forEach((stop) => stop());
};

function byNode(pods: readonly Pod[]): Map<string, Pod[]> {
  const nodes = new Map<string, Pod[]>();
  for (const pod of pods) {
    const node = nodeOf(pod);
    if (node === undefined || (isFinished(pod) && pod.metadata.deletionTimestamp)) continue;
    nodes.set(node, [...(nodes.get(node) ?? []), pod]);
  }
  return nodes;
}

/** Pods missing on nodes that fit, pods too many, over, or where they may not stay. `wait` is until the next try of a failed one. */
function manage(
  { events }: ControllerContext,
  sync: DaemonSync,
  waitFor: (node: string) => number,
): DaemonChange & { wait?: number } {
  const { set, template, nodes, pods } = sync;
  const change: DaemonChange & { wait?: number } = { create: [], remove: [] };
  for (const node of nodes) {
    const { name } = node.metadata;
    const here = pods.get(name) ?? [];
    const { run, stay } = fitsNode(template, node);
    if (run && here.length === 0) change.create.push(name);
    else if (!stay) change.remove.push(...here.filter(isLeft));
    else {
      const running: Pod[] = [];
      for (const pod of here.filter(isLeft)) {
        const path = `${pod.metadata.namespace}/${pod.metadata.name} on node ${name}`;
        if (pod.status?.phase === "Failed") {
          const wait = waitFor(name);
          if (wait > 0) change.wait = Math.min(wait, change.wait ?? Infinity);
          else {
            events.event({ object: set }, "Warning", "FailedDaemonPod", `Found failed daemon pod ${path}, will try to kill it`);
            change.remove.push(pod);
          }
        } else if (pod.status?.phase === "Succeeded") {
          events.event(
            { object: set },
            "Normal",
            "SucceededDaemonPod",
            `Found succeeded daemon pod ${path}, will try to delete it`,
          );
          change.remove.push(pod);
        } else running.push(pod);
      }
      if (!allowsSurge(set)) change.remove.push(...running.toSorted(byAge).slice(1));
    }
  }
  const known = new Set(nodes.map(({ metadata }) => metadata.name));
  for (const [node, waiting] of pods) {
    if (!known.has(node)) change.remove.push(...waiting.filter((pod) => !pod.spec?.nodeName && isLeft(pod)));
  }
  return change;
}

const isLeft = (pod: Pod) => pod.metadata.deletionTimestamp === undefined;

const allowsSurge = ({ spec }: DaemonSet) =>
  !["", "0", "0%"].includes(String(spec?.updateStrategy?.rollingUpdate?.maxSurge ?? ""));

async function apply(context: ControllerContext, { set, template }: DaemonSync, { create, remove }: DaemonChange): Promise<void> {
  const nodes = create.slice(0, BURST);
  await slowStart(nodes.length, (index) =>
    createPod(context, set, podFromTemplate(pinned(template, nodes[index] as string), set)),
  );
  await Promise.all(remove.slice(0, BURST).map((pod) => deletePod(context, set, pod)));
}

function statusOf({ set, hash, template, nodes, pods, now }: DaemonSync): DaemonSetStatus {
  const status = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };
  let [updatedNumberScheduled, numberAvailable] = [0, 0];
  for (const node of nodes) {
    const [oldest] = (pods.get(node.metadata.name) ?? []).toSorted(byAge);
    if (!fitsNode(template, node).run) {
      if (oldest) status.numberMisscheduled++;
      continue;
    }
    status.desiredNumberScheduled++;
    if (!oldest) continue;
    status.currentNumberScheduled++;
    if (isReady(oldest)) status.numberReady++;
    if (isAvailable(oldest, set.spec?.minReadySeconds ?? 0, now)) numberAvailable++;
    if (isUpdated(set, hash, oldest)) updatedNumberScheduled++;
  }
  const numberUnavailable = status.desiredNumberScheduled - numberAvailable;
  const { conditions } = set.status ?? {};
  return {
    ...status,
    ...withoutZeros({ updatedNumberScheduled, numberAvailable, numberUnavailable, observedGeneration: set.metadata.generation }),
    ...(conditions && { conditions }),
  };
}
