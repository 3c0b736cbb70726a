import type { Lease as LeaseType } from "kubernetes-types/coordination/v1";
import type { Client } from "../api/client.ts";
import { microTimestamp } from "../api/object.ts";
import type { Live } from "../api/object.ts";
import type { Clock, Timer } from "../clock.ts";
import type { Node } from "../scheduler/node-info.ts";

const NAMESPACE = "kube-node-lease";
const DURATION_SECONDS = 40;
/** A quarter of the lease's duration, ms. */
const RENEW_INTERVAL = 10_000;

type Lease = Live<LeaseType>;

/** Shows that the node is alive by renewing its Lease; returns the function that ends it (component-helpers/lease). */
export function keepLease(client: Client, clock: Clock, nodeName: string, report: (error: unknown) => void): () => void {
  let timer: Timer | undefined;
  let stopped = false;
  const renew = async () => {
    const key = { namespace: NAMESPACE, name: nodeName };
    const renewTime = microTimestamp(clock.now()) as never;
    const node = client.get<Node>("nodes", { name: nodeName });
    if (client.get<Lease>("leases.coordination.k8s.io", key)) {
      await client.patch("leases.coordination.k8s.io", key, { spec: { renewTime } });
    } else if (node) {
      const owner = { apiVersion: "v1", kind: "Node", name: nodeName, uid: node.metadata.uid };
      await client.create<Lease>("leases.coordination.k8s.io", {
        metadata: { ...key, ownerReferences: [owner] },
        spec: { holderIdentity: nodeName, leaseDurationSeconds: DURATION_SECONDS, renewTime },
      });
    }
  };
  const loop = () => {
    renew()
      .catch(report)
      .finally(() => {
        if (!stopped) timer = clock.setTimeout(loop, RENEW_INTERVAL);
      });
  };
  loop();
  return () => {
    stopped = true;
    timer?.cancel();
  };
}
