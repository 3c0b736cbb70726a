import type {
  EphemeralVolumeSource,
  PersistentVolume,
  PersistentVolumeClaim,
  PersistentVolumeClaimVolumeSource,
} from "kubernetes-types/core/v1";
import type { Live } from "../../api/object.ts";
import { hostPath } from "./host-path.ts";
import { VolumeError } from "./volume.ts";
import type { VolumeContext, VolumeKind } from "./volume.ts";

/** The volume a claim is bound to: a path of the node, for all kinds of volume there are here. */
export const persistentVolumeClaim: VolumeKind<PersistentVolumeClaimVolumeSource> = (
  { claimName, readOnly },
  context,
  volume,
) => {
  const { spec } = boundVolume(claimName, context);
  const path = spec?.hostPath?.path ?? spec?.local?.path;
  if (path === undefined) throw new VolumeError("the practice cluster does not model this kind of PersistentVolume");
  const mounted = hostPath({ path, type: spec?.hostPath?.type ?? "" }, context, volume);
  return readOnly ? { ...mounted, files: { ...mounted.files, writable: false } } : mounted;
};

/** A claim made for the pod from its template. */
export const ephemeral: VolumeKind<EphemeralVolumeSource> = (_, context, volume) =>
  persistentVolumeClaim({ claimName: `${context.pod.metadata.name}-${volume.name}` }, context, volume);

function boundVolume(name: string, { pod, client }: VolumeContext): Live<PersistentVolume> {
  const { namespace = "" } = pod.metadata;
  const fail = (why: string) => new VolumeError(`error processing PVC ${namespace}/${name}: ${why}`, { unprocessed: true });
  const claim = client.get<Live<PersistentVolumeClaim>>("persistentvolumeclaims", { namespace, name });
  if (!claim) throw fail(`failed to fetch PVC from API server: persistentvolumeclaims "${name}" not found`);
  if (claim.metadata.deletionTimestamp) throw fail("PVC is being deleted");
  const volume = claim.spec?.volumeName;
  if (claim.status?.phase !== "Bound" || !volume) throw fail("PVC is not bound");
  const found = client.get<Live<PersistentVolume>>("persistentvolumes", { name: volume });
  if (!found) throw fail(`failed to fetch PV ${volume} from API server: persistentvolumes "${volume}" not found`);
  return found;
}
