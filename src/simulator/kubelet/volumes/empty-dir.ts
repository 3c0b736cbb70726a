import type { EmptyDirVolumeSource } from "kubernetes-types/core/v1";
import type { VolumeKind } from "./volume.ts";

/** An empty folder that lives as long as the pod. */
export const emptyDir: VolumeKind<EmptyDirVolumeSource> = () => ({ files: { files: new Map(), writable: true } });
