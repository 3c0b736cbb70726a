import type { CSIDriver, CSIDriverSpec, CSINode, CSIStorageCapacity, VolumeAttachment } from "kubernetes-types/storage/v1";
import type { VolumeAttributesClass } from "kubernetes-types/storage/v1alpha1";
import type { Live } from "../api/object.ts";
import { fieldError } from "../api/status-error.ts";
import { age } from "./duration.ts";
import { immutable, requireValue, same } from "./field-checks.ts";
import { defineResource } from "./resource.ts";
import { dropStatus, type Writable } from "./writable.ts";

/** What storage drivers and the kubelet tell each other: pkg/registry/storage, pkg/apis/storage/validation. */
export const csidrivers = defineResource<Live<CSIDriver>>({
  resource: "csidrivers.storage.k8s.io",
  generation: true,
  defaults(driver) {
    const spec = (driver.spec ??= {} as CSIDriverSpec);
    spec.attachRequired ??= true;
    spec.podInfoOnMount ??= false;
    spec.storageCapacity ??= false;
    spec.fsGroupPolicy ??= "ReadWriteOnceWithFSType";
    spec.requiresRepublish ??= false;
    spec.seLinuxMount ??= false;
    if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ["Persistent"];
  },
  cells: ({ metadata, spec }, { now }) => [
    metadata.name,
    spec.attachRequired ?? true,
    spec.podInfoOnMount ?? false,
    spec.storageCapacity ?? false,
    spec.tokenRequests ? spec.tokenRequests.map(({ audience }) => audience).join(",") : "<unset>",
    spec.requiresRepublish ?? false,
    (spec.volumeLifecycleModes ?? []).join(",") || "<none>",
    age(metadata.creationTimestamp, now),
  ],
});

export const csinodes = defineResource<Live<CSINode>>({
  resource: "csinodes.storage.k8s.io",
  cells: ({ metadata, spec }, { now }) => [metadata.name, (spec.drivers ?? []).length, age(metadata.creationTimestamp, now)],
});

/** Its columns are the default ones: name and date. */
export const csistoragecapacities = defineResource<Live<CSIStorageCapacity>>({
  resource: "csistoragecapacities.storage.k8s.io",
  validate: ({ storageClassName }) => requireValue("storageClassName", storageClassName),
});

export const volumeattachments = defineResource<Writable<VolumeAttachment>>({
  resource: "volumeattachments.storage.k8s.io",
  prepareForCreate: dropStatus,
  validate: ({ spec }) => [...requireValue("spec.attacher", spec?.attacher), ...requireValue("spec.nodeName", spec?.nodeName)],
  validateUpdate: ({ spec }, old) => (same(spec, old.spec) ? [] : [fieldError.invalid("spec", spec, "field is immutable")]),
  cells: ({ metadata, spec, status }, { now }) => [
    metadata.name,
    spec.attacher,
    spec.source.persistentVolumeName ?? "",
    spec.nodeName,
    status?.attached ?? false,
    age(metadata.creationTimestamp, now),
  ],
});

export const volumeattributesclasses = defineResource<Live<VolumeAttributesClass>>({
  resource: "volumeattributesclasses.storage.k8s.io",
  validate: ({ driverName }) => requireValue("driverName", driverName),
  validateUpdate: (attributes, old) => [
    ...immutable("driverName", attributes.driverName, old.driverName),
    ...immutable("parameters", attributes.parameters, old.parameters),
  ],
  cells: ({ metadata, driverName }, { now }) => [metadata.name, driverName, age(metadata.creationTimestamp, now)],
});
