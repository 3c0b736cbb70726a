import type { Lease as LeaseType } from "kubernetes-types/coordination/v1";
import type { NodeCondition } from "kubernetes-types/core/v1";
import { keyOf, type Live, timestamp } from "../../api/object.ts";
import type { Node } from "../../scheduler/node-info.ts";
import type { Controller, ControllerContext } from "../controller.ts";
import { workQueue } from "../controller.ts";
import { objectIndex } from "../object-index.ts";
import type { Pod } from "../pod-state.ts";
import { podCondition } from "../pod-state.ts";
import { unlessGone } from "../refusals.ts";
import { syncTaints } from "./node-taints.ts";

type Lease = Live<LeaseType>;

/** How often nodes are looked at, how long a kubelet may be silent, and how long a new node may take; ms. */
const PERIOD = 5_000;
const GRACE = 50_000;
const STARTUP_GRACE = 60_000;

/** Conditions that nobody vouches for when the kubelet is silent. */
const VOUCHED_FOR = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];

/** What a kubelet showed of itself last, and when this controller saw it. */
interface Sign {
  seen: string;
  at: number;
}

/**
 * Watches over nodes (pkg/controller/nodelifecycle): a kubelet that stopped renewing its lease leaves its node Unknown and its
 * pods not ready; conditions become taints.
 */
export const nodeLifecycleController: Controller = (context) => {
  const { client, clock, events } = context;
  const signs = new Map<string, Sign>();
  const pods = objectIndex<Pod>(client, "pods", ({ spec }) => (spec?.nodeName ? [spec.nodeName] : []));

  const queue = workQueue(context, async (name) => {
    const node = client.get<Node>("nodes", { name });
    if (!node) return;
    const sign = lastSign(context, node, signs.get(name));
    signs.set(name, sign);
    const ready = nodeCondition(node, "Ready");
    const silent = clock.now() > sign.at + (ready ? GRACE : STARTUP_GRACE);
    if (!silent || VOUCHED_FOR.every((type) => nodeCondition(node, type)?.status === "Unknown")) {
      return await syncTaints(context, node);
    }
    const doubted = await client.updateStatus<Node>("nodes", withDoubt(node, clock.now()));
    if (ready?.status === "True") {
      events.event({ object: node }, "Normal", "NodeNotReady", `Node ${name} status is now: NodeNotReady`);
      for (const pod of pods.get(name)) await markNotReady(context, pod);
    }
    await syncTaints(context, doubted);
  });

  const known = new Set<string>();
  const stop = client.watch<Node>("nodes", ({ type, object }) => {
    const { name } = object.metadata;
    if (type === "DELETED") {
      known.delete(name);
      signs.delete(name);
      events.event({ object }, "Normal", "RemovingNode", `Node ${name} event: Removing Node ${name} from Controller`);
      return;
    }
    if (!known.has(name)) {
      known.add(name);
      events.event({ object }, "Normal", "RegisteredNode", `Node ${name} event: Registered Node ${name} in Controller`);
    }
    queue.add(name);
  });
  const patrol = () => {
    known.forEach(queue.add);
    timer = clock.setTimeout(patrol, PERIOD);
  };
  let timer = clock.setTimeout(patrol, PERIOD);
  return () => [stop, pods.stop, queue.stop, () => timer.cancel()].forEach((end) => end());
};

const nodeCondition = ({ status }: Node, type: string): NodeCondition | undefined =>
  status?.conditions?.find((condition) => condition.type === type);

/** Lease and heartbeat say that the kubelet lives; the time counts from when a change was seen, on this side's clock. */
function lastSign({ client, clock }: ControllerContext, node: Node, last: Sign | undefined): Sign {
  const lease = client.get<Lease>("leases.coordination.k8s.io", { namespace: "kube-node-lease", name: node.metadata.name });
  const ready = nodeCondition(node, "Ready");
  const seen = `${lease?.spec?.renewTime} ${ready?.lastHeartbeatTime}`;
  if (last?.seen === seen) return last;
  return { seen, at: last || ready ? clock.now() : Date.parse(node.metadata.creationTimestamp) };
}

function withDoubt(node: Node, now: number): Node {
  const time = timestamp(now);
  const conditions = (node.status?.conditions ?? []).map((condition) =>
    VOUCHED_FOR.includes(condition.type) && condition.status !== "Unknown"
      ? {
          ...condition,
          status: "Unknown",
          reason: "NodeStatusUnknown",
          message: "Kubelet stopped posting node status.",
          lastTransitionTime: time,
        }
      : condition,
  );
  const never = VOUCHED_FOR.filter((type) => !nodeCondition(node, type)).map((type) => ({
    type,
    status: "Unknown",
    reason: "NodeStatusNeverUpdated",
    message: "Kubelet never posted node status.",
    lastHeartbeatTime: node.metadata.creationTimestamp,
    lastTransitionTime: time,
  }));
  return { ...node, status: { ...node.status, conditions: [...conditions, ...never] } };
}

async function markNotReady({ client, clock, events }: ControllerContext, pod: Pod): Promise<void> {
  if (podCondition(pod, "Ready")?.status !== "True") return;
  const conditions = pod.status?.conditions?.map((condition) =>
    condition.type === "Ready" ? { ...condition, status: "False", lastTransitionTime: timestamp(clock.now()) } : condition,
  );
  events.event({ object: pod }, "Warning", "NodeNotReady", "Node is not ready");
  await unlessGone(client.patch("pods", keyOf(pod), { status: { conditions } }, { subresource: "status" }));
}
