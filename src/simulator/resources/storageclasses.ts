import type { StorageClass } from "kubernetes-types/storage/v1";
import type { Live } from "../api/object.ts";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { age } from "./duration.ts";
import { invalidAll, optionalOneOf, same } from "./field-checks.ts";
import { qualifiedName } from "./names.ts";
import { defineResource } from "./resource.ts";

/** Marks the class that claims get when they name none. */
const DEFAULT_ANNOTATIONS = ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"];

const isDefaultStorageClass = ({ metadata }: Live<StorageClass>): boolean =>
  DEFAULT_ANNOTATIONS.some((key) => metadata.annotations?.[key] === "true");

/** Models pkg/registry/storage/storageclass and pkg/apis/storage/validation. */
export const storageclasses = defineResource<Live<StorageClass>>({
  resource: "storageclasses.storage.k8s.io",
  defaults(storageClass) {
    storageClass.reclaimPolicy ??= "Delete";
    storageClass.volumeBindingMode ??= "Immediate";
  },
  validate: ({ provisioner, reclaimPolicy, volumeBindingMode }) => [
    ...(provisioner
      ? invalidAll("provisioner", provisioner, qualifiedName(provisioner.toLowerCase()))
      : [fieldError.required("provisioner", provisioner)]),
    ...optionalOneOf("reclaimPolicy", reclaimPolicy, ["Delete", "Retain"]),
    ...optionalOneOf("volumeBindingMode", volumeBindingMode, ["Immediate", "WaitForFirstConsumer"]),
  ],
  validateUpdate: (storageClass, old) => validateUpdate(storageClass, old),
  cells: (storageClass, { now }) => {
    const {
      metadata,
      provisioner,
      reclaimPolicy = "Delete",
      volumeBindingMode = "Immediate",
      allowVolumeExpansion = false,
    } = storageClass;
    return [
      isDefaultStorageClass(storageClass) ? `${metadata.name} (default)` : metadata.name,
      provisioner,
      reclaimPolicy,
      volumeBindingMode,
      allowVolumeExpansion,
      age(metadata.creationTimestamp, now),
    ];
  },
});

function validateUpdate(storageClass: Live<StorageClass>, old: Live<StorageClass>): FieldError[] {
  return [
    ...(same(storageClass.parameters, old.parameters)
      ? []
      : [fieldError.forbidden("parameters", "updates to parameters are forbidden.")]),
    ...(storageClass.provisioner === old.provisioner
      ? []
      : [fieldError.forbidden("provisioner", "updates to provisioner are forbidden.")]),
    ...(storageClass.reclaimPolicy === old.reclaimPolicy
      ? []
      : [fieldError.forbidden("reclaimPolicy", "updates to reclaimPolicy are forbidden.")]),
    ...(storageClass.volumeBindingMode === old.volumeBindingMode
      ? []
      : [fieldError.invalid("volumeBindingMode", storageClass.volumeBindingMode, "field is immutable")]),
  ];
}
