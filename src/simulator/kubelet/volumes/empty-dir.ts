import type { EmptyDirVolumeSource } from "kubernetes-types/core/v1";
import type { VolumeKind } from "./volume.ts";

/** An empty folder that lives as long as the pod: on the node's disk, as on a real one, whatever its medium. */
export const emptyDir: VolumeKind<EmptyDirVolumeSource> = (_, { pod, nodeFiles }, { name }) => ({
  files: nodeFiles.folder(`${podFolder(pod.metadata.uid)}/volumes/kubernetes.io~empty-dir/${name}`),
});

/** Where a node keeps what belongs to a pod alone. */
export const podFolder = (uid: string): string => `/var/lib/kubelet/pods/${uid}`;
