import type { Client } from "../api/client.ts";
import { keyOf } from "../api/object.ts";
import type { Clock } from "../clock.ts";
import { isBound, SELECTED_NODE } from "./plugins/volume-binding.ts";
import type { Claim, VolumePlan } from "./plugins/volume-binding.ts";

/** How long claims may take to be bound (kube-scheduler's default bindTimeoutSeconds). */
const BIND_TIMEOUT = 600_000;

/**
 * Ties claims to volumes or asks for new ones, then waits until the volume controller has bound all of them. Rejects with
 * upstream's words when it can't be done (volumebinding/binder.go BindPodVolumes).
 */
export async function bindVolumes(client: Client, clock: Clock, { bind, provision }: VolumePlan, node: string): Promise<void> {
  for (const { claim, volume } of bind) {
    const { namespace, name, uid, resourceVersion } = claim.metadata;
    const claimRef = { kind: "PersistentVolumeClaim", apiVersion: "v1", namespace, name, uid, resourceVersion };
    await client.patch("persistentvolumes", keyOf(volume), {
      metadata: {
        resourceVersion: volume.metadata.resourceVersion,
        annotations: { "pv.kubernetes.io/bound-by-controller": "yes" },
      },
      spec: { claimRef },
    });
  }
  for (const claim of provision) {
    await client.patch("persistentvolumeclaims", keyOf(claim), { metadata: { annotations: { [SELECTED_NODE]: node } } });
  }
  const claims = [...bind.map(({ claim }) => claim), ...provision];
  await Promise.all(claims.map((claim) => boundClaim(client, clock, claim, provision.includes(claim))));
}

function boundClaim(client: Client, clock: Clock, claim: Claim, provisioned: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const { namespace = "", name } = claim.metadata;
    const end = (error?: Error) => {
      stop();
      timer.cancel();
      if (error) reject(error);
      else resolve();
    };
    const timer = clock.setTimeout(() => end(new Error("binding volumes: context deadline exceeded")), BIND_TIMEOUT);
    let stop = () => {};
    const look = (live: Claim | undefined) => {
      if (!live) return end(new Error(`binding volumes: persistentvolumeclaim "${name}" not found`));
      if (isBound(live)) return end();
      if (provisioned && !live.metadata.annotations?.[SELECTED_NODE]) {
        return end(new Error(`binding volumes: selectedNode annotation reset for PVC "${name}"`));
      }
      return undefined;
    };
    stop = client.watch<Claim>("persistentvolumeclaims", ({ type, object }) => look(type === "DELETED" ? undefined : object), {
      namespace,
      fieldSelector: `metadata.name=${name}`,
    });
    look(client.get<Claim>("persistentvolumeclaims", { namespace, name }));
  });
}
