import type { Volume } from "kubernetes-types/core/v1";
import { atomicVolume } from "./atomic.ts";
import { emptyDir } from "./empty-dir.ts";
import { hostPath } from "./host-path.ts";
import { configMapPayload, downwardPayload, secretPayload } from "./payload.ts";
import { ephemeral, persistentVolumeClaim } from "./persistent-volume-claim.ts";
import { projected } from "./projected.ts";
import { VolumeError } from "./volume.ts";
import type { MountedVolume, VolumeContext, VolumeKind } from "./volume.ts";

const DEFAULT_MODE = 0o644;

type Kinds = { [Kind in keyof Volume]?: VolumeKind<NonNullable<Volume[Kind]>> };

const kinds: Kinds = {
  emptyDir,
  hostPath,
  persistentVolumeClaim,
  ephemeral,
  projected,
  configMap: (source, context) =>
    atomicVolume((now) => ({ payload: configMapPayload(source, source.defaultMode ?? DEFAULT_MODE, now) }), context),
  secret: (source, context) =>
    atomicVolume((now) => ({ payload: secretPayload(source, source.defaultMode ?? DEFAULT_MODE, now) }), context),
  downwardAPI: (source, context) =>
    atomicVolume((now) => ({ payload: downwardPayload(source.items ?? [], source.defaultMode ?? DEFAULT_MODE, now) }), context),
};

/** Sets up one volume of a pod. Throws a VolumeError. */
export function setUpVolume(volume: Volume, context: VolumeContext): MountedVolume {
  const { name: _, ...sources } = volume;
  const [kind, source] = Object.entries(sources)[0] ?? ["emptyDir", {}];
  const setUp = kinds[kind as keyof Volume] as VolumeKind<unknown> | undefined;
  if (!setUp) throw new VolumeError(`the practice cluster does not model ${kind} volumes`);
  return setUp(source, context, volume);
}
