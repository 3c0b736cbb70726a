import type { PersistentVolume, PersistentVolumeClaim } from "kubernetes-types/core/v1";
import type { StorageClass, VolumeAttachment } from "kubernetes-types/storage/v1";
import type { Live } from "../../../api/object.ts";
import {
  alpha,
  bool,
  conditions,
  created,
  defineKind,
  deleted,
  filled,
  namespaced,
  one,
  ownLabels,
  phases,
  quantity,
  stable,
  type Row,
} from "./kind.ts";

const modes = (all: readonly string[] | undefined): Row[] => (all ?? []).map((mode) => [{ access_mode: mode }, 1]);

function volumeInfo({ spec }: Live<PersistentVolume>): readonly Row[] {
  const { gcePersistentDisk, awsElasticBlockStore, azureDisk, fc, iscsi, nfs, csi, local, hostPath } = spec ?? {};
  return one({
    storageclass: spec?.storageClassName,
    gce_persistent_disk_name: gcePersistentDisk?.pdName,
    ebs_volume_id: awsElasticBlockStore?.volumeID,
    azure_disk_name: azureDisk?.diskName,
    fc_wwids: fc?.wwids?.join(","),
    fc_lun: fc?.lun?.toString(),
    fc_target_wwns: fc?.targetWWNs?.join(","),
    iscsi_target_portal: iscsi?.targetPortal,
    iscsi_iqn: iscsi?.iqn,
    iscsi_lun: iscsi?.lun?.toString(),
    iscsi_initiator_name: iscsi?.initiatorName,
    nfs_server: nfs?.server,
    nfs_path: nfs?.path,
    csi_driver: csi?.driver,
    csi_volume_handle: csi?.volumeHandle,
    local_path: local?.path,
    local_fs: local?.fsType,
    host_path: hostPath?.path,
    host_path_type: hostPath?.type,
    reclaim_policy: spec?.persistentVolumeReclaimPolicy,
  });
}

export const persistentvolumes = defineKind<Live<PersistentVolume>>({
  resource: "persistentvolumes",
  path: "/api/v1/persistentvolumes",
  type: "*v1.PersistentVolume",
  labels: ({ metadata }) => ({ persistentvolume: metadata.name }),
  families: [
    stable("kube_persistentvolume_claim_ref", "Information about the Persistent Volume Claim Reference.", ({ spec }) =>
      spec?.claimRef ? one({ name: spec.claimRef.name, claim_namespace: spec.claimRef.namespace }) : [],
    ),
    ownLabels("kube_persistentvolume", "annotations"),
    ownLabels("kube_persistentvolume", "labels", true),
    stable(
      "kube_persistentvolume_status_phase",
      "The phase indicates if a volume is available, bound to a claim, or released by a claim.",
      ({ status }) => phases(["Pending", "Available", "Bound", "Released", "Failed"], status?.phase),
    ),
    stable("kube_persistentvolume_info", "Information about persistentvolume.", volumeInfo),
    stable("kube_persistentvolume_capacity_bytes", "Persistentvolume capacity in bytes.", ({ spec }) =>
      quantity(spec?.capacity?.["storage"] ?? "0"),
    ),
    alpha("kube_persistentvolume_created", "Unix creation timestamp", created),
    alpha("kube_persistentvolume_deletion_timestamp", "Unix deletion timestamp", deleted),
    alpha("kube_persistentvolume_volume_mode", "Volume Mode information for the PersistentVolume.", ({ spec }) =>
      one({ volumemode: spec?.volumeMode ?? "Filesystem" }),
    ),
    alpha("kube_persistentvolume_access_mode", "The access mode(s) specified by the persistent volume.", ({ spec }) =>
      modes(spec?.accessModes),
    ),
  ],
});

export const persistentvolumeclaims = defineKind<Live<PersistentVolumeClaim>>({
  resource: "persistentvolumeclaims",
  path: "/api/v1/persistentvolumeclaims",
  type: "*v1.PersistentVolumeClaim",
  labels: namespaced("persistentvolumeclaim"),
  families: [
    ownLabels("kube_persistentvolumeclaim", "labels", true),
    ownLabels("kube_persistentvolumeclaim", "annotations"),
    stable("kube_persistentvolumeclaim_info", "Information about persistent volume claim.", ({ spec }) =>
      one({ storageclass: spec?.storageClassName, volumename: spec?.volumeName, volumemode: spec?.volumeMode }),
    ),
    stable("kube_persistentvolumeclaim_status_phase", "The phase the persistent volume claim is currently in.", ({ status }) =>
      phases(["Lost", "Bound", "Pending"], status?.phase),
    ),
    stable(
      "kube_persistentvolumeclaim_resource_requests_storage_bytes",
      "The capacity of storage requested by the persistent volume claim.",
      ({ spec }) => {
        const storage = spec?.resources?.requests?.["storage"];
        return storage === undefined ? undefined : quantity(storage);
      },
    ),
    stable("kube_persistentvolumeclaim_access_mode", "The access mode(s) specified by the persistent volume claim.", ({ spec }) =>
      modes(spec?.accessModes),
    ),
    alpha(
      "kube_persistentvolumeclaim_status_condition",
      "Information about status of different conditions of persistent volume claim.",
      ({ status }) => conditions(status?.conditions),
    ),
    alpha("kube_persistentvolumeclaim_created", "Unix creation timestamp", created),
    alpha("kube_persistentvolumeclaim_deletion_timestamp", "Unix deletion timestamp", deleted),
  ],
});

export const storageclasses = defineKind<Live<StorageClass>>({
  resource: "storageclasses",
  path: "/apis/storage.k8s.io/v1/storageclasses",
  type: "*v1.StorageClass",
  labels: ({ metadata }) => ({ storageclass: metadata.name }),
  families: [
    stable(
      "kube_storageclass_info",
      "Information about storageclass.",
      ({ provisioner, reclaimPolicy = "Delete", volumeBindingMode = "Immediate" }) =>
        one({ provisioner, reclaim_policy: reclaimPolicy, volume_binding_mode: volumeBindingMode }),
    ),
    stable("kube_storageclass_created", "Unix creation timestamp", created),
    ownLabels("kube_storageclass", "annotations"),
    ownLabels("kube_storageclass", "labels", true),
  ],
});

export const volumeattachments = defineKind<Live<VolumeAttachment>>({
  resource: "volumeattachments",
  path: "/apis/storage.k8s.io/v1/volumeattachments",
  type: "*v1.VolumeAttachment",
  labels: ({ metadata }) => ({ volumeattachment: metadata.name }),
  families: [
    alpha("kube_volumeattachment_info", "Information about volumeattachment.", ({ spec }) =>
      one(filled({ attacher: spec?.attacher, node: spec?.nodeName })),
    ),
    alpha("kube_volumeattachment_created", "Unix creation timestamp", created),
    alpha("kube_volumeattachment_spec_source_persistentvolume", "PersistentVolume source reference.", ({ spec }) =>
      spec?.source.persistentVolumeName ? one({ volumename: spec.source.persistentVolumeName }) : [],
    ),
    alpha("kube_volumeattachment_status_attached", "Information about volumeattachment.", ({ status }) => bool(status?.attached)),
  ],
});
