import { isDeepStrictEqual } from "node:util";
import { keyOf, timestamp } from "../../api/object.ts";
import type { Controller } from "../controller.ts";
import { objectKey, queueKey, workQueue } from "../controller.ts";
import { objectIndex } from "../object-index.ts";
import type { Pod } from "../pod-state.ts";
import { isFinished } from "../pod-state.ts";
import { unlessGone } from "../refusals.ts";
import {
  bestVolume,
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  type Claim,
  claimReference,
  classNamed,
  defaultClass,
  isBoundTo,
  mismatch,
  PROVISIONER,
  SELECTED_NODE,
  type Volume,
} from "./volumes.ts";

/** How often an unbound claim says again what it waits for, ms. */
const RESYNC = 15_000;

/** Binds claims and volumes to each other (pkg/controller/volume/persistentvolume). */
export const volumeBinder: Controller = (context) => {
  const { client, events } = context;
  const podsOfClaim = objectIndex<Pod>(client, "pods", claimsOfPod);

  const claims = workQueue(context, async (key) => {
    const claim = client.get<Claim>("persistentvolumeclaims", objectKey(key));
    if (!claim) return;
    if (claim.metadata.annotations?.[BIND_COMPLETED] !== undefined) return await keepBound(claim);
    if (claim.spec?.volumeName) return await bindToNamed(claim, claim.spec.volumeName);
    if (claim.spec?.storageClassName === undefined) {
      const fallback = defaultClass(client);
      if (fallback) {
        await client.patch("persistentvolumeclaims", keyOf(claim), { spec: { storageClassName: fallback.metadata.name } });
        return;
      }
    }
    await bindOrWait(key, claim);
  });

  const volumes = workQueue(context, async (key) => {
    const volume = client.get<Volume>("persistentvolumes", objectKey(key));
    if (!volume) return;
    const { claimRef } = volume.spec ?? {};
    if (!claimRef?.uid) return await setPhase(volume, "Available");
    const claim = client.get<Claim>("persistentvolumeclaims", { namespace: claimRef.namespace ?? "", name: claimRef.name ?? "" });
    if (claim?.metadata.uid !== claimRef.uid) return await setPhase(volume, "Released");
    if (claim.spec?.volumeName === volume.metadata.name) return await setPhase(volume, "Bound");
    if (!claim.spec?.volumeName) return claims.add(queueKey(claim));
    // The claim got another volume in the meantime: this one is free again.
    if (volume.metadata.annotations?.[BOUND_BY_CONTROLLER]) {
      const metadata = { annotations: { [BOUND_BY_CONTROLLER]: null } };
      await client.patch("persistentvolumes", keyOf(volume), { metadata, spec: { claimRef: null } });
    }
  });

  async function bindOrWait(key: string, claim: Claim): Promise<void> {
    const storageClass = classNamed(client, claim.spec?.storageClassName);
    const selected = claim.metadata.annotations?.[SELECTED_NODE] !== undefined;
    const delayed = storageClass?.volumeBindingMode === "WaitForFirstConsumer" && !selected;
    const volume = bestVolume(client.list<Volume>("persistentvolumes"), claim, delayed);
    if (volume) return await bind(claim, volume);
    if (delayed) tellWhoIsWaitedFor(claim);
    else if (storageClass && storageClass.provisioner !== "kubernetes.io/no-provisioner")
      await askProvisioner(claim, storageClass.provisioner);
    else if (claim.spec?.storageClassName) {
      const message = storageClass
        ? "no volume plugin matched"
        : `storageclass.storage.k8s.io "${claim.spec.storageClassName}" not found`;
      events.event({ object: claim }, "Warning", "ProvisioningFailed", message);
    } else {
      const message = "no persistent volumes available for this claim and no storage class is set";
      events.event({ object: claim }, "Normal", "FailedBinding", message);
    }
    claims.addAfter(key, RESYNC);
  }

  function tellWhoIsWaitedFor(claim: Claim): void {
    const pod = podsOfClaim.get(queueKey(claim)).find((one) => !one.spec?.nodeName && !isFinished(one));
    if (pod)
      events.event({ object: claim }, "Normal", "WaitForPodScheduled", `waiting for pod ${pod.metadata.name} to be scheduled`);
    else
      events.event(
        { object: claim },
        "Normal",
        "WaitForFirstConsumer",
        "waiting for first consumer to be created before binding",
      );
  }

  async function askProvisioner(claim: Claim, provisioner: string): Promise<void> {
    const annotations = { [PROVISIONER]: provisioner, "volume.beta.kubernetes.io/storage-provisioner": provisioner };
    if (claim.metadata.annotations?.[PROVISIONER] !== provisioner) {
      await client.patch("persistentvolumeclaims", keyOf(claim), { metadata: { annotations } });
    }
    const message =
      `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. ` +
      "If volume creation is delayed, please verify that the provisioner is running and correctly registered.";
    events.event({ object: claim }, "Normal", "ExternalProvisioning", message);
  }

  async function bindToNamed(claim: Claim, name: string): Promise<void> {
    const volume = client.get<Volume>("persistentvolumes", { name });
    if (!volume || (volume.spec?.claimRef && !isBoundTo(volume, claim))) return;
    const problem = volume.spec?.claimRef ? undefined : mismatch(volume, claim);
    if (!problem) return await bind(claim, volume);
    events.event({ object: claim }, "Warning", "VolumeMismatch", `Cannot bind to requested volume "${name}": ${problem}`);
  }

  /** Four writes, each of which can be the last one before a crash: the next look goes on from there. */
  async function bind(claim: Claim, volume: Volume): Promise<void> {
    let [boundVolume, boundClaim] = [volume, claim];
    const { claimRef } = volume.spec ?? {};
    if (!claimRef?.uid) {
      const annotations = { ...volume.metadata.annotations, ...(!claimRef && { [BOUND_BY_CONTROLLER]: "yes" }) };
      const spec = { ...volume.spec, claimRef: claimReference(claim) };
      boundVolume = await client.update<Volume>("persistentvolumes", {
        ...volume,
        metadata: { ...volume.metadata, annotations },
        spec,
      });
    }
    await setPhase(boundVolume, "Bound");
    const { annotations } = claim.metadata;
    if (claim.spec?.volumeName !== volume.metadata.name || annotations?.[BIND_COMPLETED] === undefined) {
      const marks = { [BIND_COMPLETED]: "yes", ...(!claim.spec?.volumeName && { [BOUND_BY_CONTROLLER]: "yes" }) };
      boundClaim = await client.update<Claim>("persistentvolumeclaims", {
        ...claim,
        metadata: { ...claim.metadata, annotations: { ...annotations, ...marks } },
        spec: { ...claim.spec, volumeName: volume.metadata.name },
      });
    }
    await setClaimStatus(boundClaim, {
      phase: "Bound",
      accessModes: boundVolume.spec?.accessModes ?? [],
      capacity: boundVolume.spec?.capacity ?? {},
    });
  }

  async function keepBound(claim: Claim): Promise<void> {
    const name = claim.spec?.volumeName;
    const volume = name ? client.get<Volume>("persistentvolumes", { name }) : undefined;
    if (volume && (!volume.spec?.claimRef || isBoundTo(volume, claim))) return await bind(claim, volume);
    if (claim.status?.phase === "Lost") return;
    const { accessModes: _, capacity: __, ...status } = claim.status ?? {};
    await setClaimStatus(claim, { ...status, phase: "Lost" });
    const [reason, message] = volume
      ? ["ClaimMisbound", "Two claims are bound to the same volume, this one is bound incorrectly"]
      : [
          "ClaimLost",
          name
            ? "Bound claim has lost its PersistentVolume. Data on the volume is lost!"
            : "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!",
        ];
    events.event({ object: claim }, "Warning", reason, message);
  }

  async function setClaimStatus(claim: Claim, status: NonNullable<Claim["status"]>): Promise<void> {
    const next = { ...claim.status, ...status };
    if (!isDeepStrictEqual(next, claim.status))
      await client.updateStatus<Claim>("persistentvolumeclaims", { ...claim, status: next });
  }

  async function setPhase(volume: Volume, phase: "Available" | "Bound" | "Released"): Promise<void> {
    if (volume.status?.phase === phase) return;
    const status = { phase, lastPhaseTransitionTime: timestamp(context.clock.now()) };
    await unlessGone(client.patch("persistentvolumes", keyOf(volume), { status }, { subresource: "status" }));
  }

  const stops = [
    client.watch<Claim>("persistentvolumeclaims", ({ type, object }) => {
      if (type !== "DELETED") claims.add(queueKey(object));
      if (object.spec?.volumeName) volumes.add(object.spec.volumeName);
    }),
    client.watch<Volume>("persistentvolumes", ({ object }) => {
      const { claimRef } = object.spec ?? {};
      volumes.add(queueKey(object));
      if (claimRef) return claims.add(`${claimRef.namespace}/${claimRef.name}`);
      // A free volume may be what somebody waits for.
      for (const claim of client.list<Claim>("persistentvolumeclaims"))
        if (claim.status?.phase === "Pending") claims.add(queueKey(claim));
    }),
  ];
  return () => [...stops, podsOfClaim.stop, claims.stop, volumes.stop].forEach((stop) => stop());
};

/** Queue keys of the claims a pod uses. */
export const claimsOfPod = ({ metadata, spec }: Pod): string[] =>
  (spec?.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    const claim = persistentVolumeClaim?.claimName ?? (ephemeral && `${metadata.name}-${name}`);
    return claim ? [`${metadata.namespace}/${claim}`] : [];
  });
