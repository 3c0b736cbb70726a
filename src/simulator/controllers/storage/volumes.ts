import type { PersistentVolumeClaim as ClaimType, PersistentVolume as VolumeType } from "kubernetes-types/core/v1";
import type { StorageClass as StorageClassType } from "kubernetes-types/storage/v1";
import type { Client } from "../../api/client.ts";
import type { Live } from "../../api/object.ts";
import { selectorMatches } from "../../api/selectors.ts";
import { compareQuantities } from "../../schema/quantity.ts";

export type Claim = Live<ClaimType>;
export type Volume = Live<VolumeType>;
export type StorageClass = Live<StorageClassType>;

export const BIND_COMPLETED = "pv.kubernetes.io/bind-completed";
export const BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller";
export const PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";
export const SELECTED_NODE = "volume.kubernetes.io/selected-node";
export const PROVISIONER = "volume.kubernetes.io/storage-provisioner";
const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

export const classNamed = (client: Client, name: string | undefined): StorageClass | undefined =>
  name ? client.get<StorageClass>("storageclasses.storage.k8s.io", { name }) : undefined;

/** The newest of the classes marked as default. */
export const defaultClass = (client: Client): StorageClass | undefined =>
  client
    .list<StorageClass>("storageclasses.storage.k8s.io")
    .filter(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === "true")
    .sort((a, b) => Date.parse(b.metadata.creationTimestamp) - Date.parse(a.metadata.creationTimestamp))[0];

/** The volume names this very claim, or, before the binder filled in the uid, its name. */
export const isBoundTo = ({ spec }: Volume, { metadata }: Claim): boolean =>
  spec?.claimRef?.name === metadata.name &&
  spec.claimRef.namespace === metadata.namespace &&
  (!spec.claimRef.uid || spec.claimRef.uid === metadata.uid);

const request = ({ spec }: Claim) => spec?.resources?.requests?.["storage"] ?? "0";
const capacity = ({ spec }: Volume) => spec?.capacity?.["storage"] ?? "0";

/** Why the volume cannot serve the claim; undefined when it can (checkVolumeSatisfyClaim). */
export function mismatch(volume: Volume, claim: Claim): string | undefined {
  if (compareQuantities(capacity(volume), request(claim)) < 0) return "requested PV is too small";
  if ((volume.spec?.storageClassName ?? "") !== (claim.spec?.storageClassName ?? "")) return "storageClassName does not match";
  if ((volume.spec?.volumeMode ?? "Filesystem") !== (claim.spec?.volumeMode ?? "Filesystem")) return "incompatible volumeMode";
  const modes = volume.spec?.accessModes ?? [];
  return claim.spec?.accessModes?.every((mode) => modes.includes(mode)) ? undefined : "incompatible accessMode";
}

/** The volume that waits for this claim, else the smallest free one that serves it; only the former when `reservedOnly`. */
export function bestVolume(volumes: readonly Volume[], claim: Claim, reservedOnly: boolean): Volume | undefined {
  const reserved = volumes.find((volume) => isBoundTo(volume, claim) && !mismatch(volume, claim));
  if (reserved || reservedOnly) return reserved;
  return volumes
    .filter((volume) => !volume.spec?.claimRef && volume.status?.phase === "Available" && !volume.metadata.deletionTimestamp)
    .filter((volume) => !claim.spec?.selector || selectorMatches(claim.spec.selector, volume.metadata.labels))
    .filter((volume) => !mismatch(volume, claim))
    .sort((a, b) => compareQuantities(capacity(a), capacity(b)))[0];
}

export const claimReference = ({ metadata: { namespace = "", name, uid, resourceVersion } }: Claim) => ({
  kind: "PersistentVolumeClaim",
  apiVersion: "v1",
  namespace,
  name,
  uid,
  resourceVersion,
});
