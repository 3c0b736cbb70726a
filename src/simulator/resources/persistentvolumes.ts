import type { PersistentVolume, PersistentVolumeSpec } from "kubernetes-types/core/v1";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { age } from "./duration.ts";
import { checkName, immutable, optionalOneOf, requireValue, same } from "./field-checks.ts";
import { jsonDiff } from "./json-diff.ts";
import { dns1123Subdomain } from "./names.ts";
import { validateNodeSelector } from "./pod-spec/affinity.ts";
import { formatAccessModes, validateAccessModes, VOLUME_MODES } from "./pod-spec/claim-spec.ts";
import { compareQuantities } from "../schema/quantity.ts";
import { defineResource } from "./resource.ts";
import type { Writable } from "./writable.ts";

/** What can stand behind a volume: the fields of the spec that name a source. */
const SOURCES = [
  "hostPath",
  "gcePersistentDisk",
  "awsElasticBlockStore",
  "glusterfs",
  "flocker",
  "nfs",
  "rbd",
  "quobyte",
  "cephfs",
  "iscsi",
  "cinder",
  "fc",
  "flexVolume",
  "azureFile",
  "vsphereVolume",
  "photonPersistentDisk",
  "portworxVolume",
  "azureDisk",
  "scaleIO",
  "local",
  "storageos",
  "csi",
] as const satisfies (keyof PersistentVolumeSpec)[];

/** Models pkg/registry/core/persistentvolume/strategy.go. */
export const persistentvolumes = defineResource<Writable<PersistentVolume>>({
  resource: "persistentvolumes",
  defaults(volume) {
    const spec = (volume.spec ??= {});
    spec.persistentVolumeReclaimPolicy ||= "Retain";
    spec.volumeMode ??= "Filesystem";
    if (spec.hostPath) spec.hostPath.type ??= "";
    volume.status ??= {};
    volume.status.phase ||= "Pending";
  },
  prepareForCreate(volume) {
    volume.status = { phase: "Pending" };
  },
  validate: ({ spec }) => validateSpec(spec as PersistentVolumeSpec),
  validateUpdate({ spec }, old) {
    const [source, before] = [sourceOf(spec), sourceOf(old.spec)];
    const text = "spec.persistentvolumesource is immutable after creation";
    return [
      ...(same(source, before)
        ? []
        : [fieldError.forbidden("spec.persistentvolumesource", `${text}\n${jsonDiff(before, source)}`)]),
      ...immutable("volumeMode", spec?.volumeMode, old.spec?.volumeMode),
      ...(old.spec?.nodeAffinity ? immutable("nodeAffinity", spec?.nodeAffinity, old.spec.nodeAffinity) : []),
    ];
  },
  cells: ({ metadata, spec = {}, status = {} }, { now }) => [
    metadata.name,
    spec.capacity?.["storage"] ?? "0",
    formatAccessModes(spec.accessModes),
    spec.persistentVolumeReclaimPolicy ?? "",
    metadata.deletionTimestamp ? "Terminating" : (status.phase ?? ""),
    spec.claimRef ? `${spec.claimRef.namespace ?? ""}/${spec.claimRef.name ?? ""}` : "",
    spec.storageClassName ?? "",
    spec.volumeAttributesClassName ?? "<unset>",
    status.reason ?? "",
    age(metadata.creationTimestamp, now),
    spec.volumeMode ?? "<unset>",
  ],
});

const sourceOf = (spec: PersistentVolumeSpec = {}): Partial<PersistentVolumeSpec> =>
  Object.fromEntries(SOURCES.filter((name) => spec[name]).map((name) => [name, spec[name]]));

function validateSpec(spec: PersistentVolumeSpec): FieldError[] {
  const { accessModes = [], capacity = {}, persistentVolumeReclaimPolicy: policy, hostPath, local, nfs, csi } = spec;
  const storage = capacity["storage"];
  const sources = SOURCES.filter((name) => spec[name]);
  const required = spec.nodeAffinity?.required;
  return [
    ...(accessModes.length > 0 ? [] : [fieldError.required("spec.accessModes")]),
    ...validateAccessModes(accessModes, "spec.accessModes"),
    ...(Object.keys(capacity).length > 0 ? [] : [fieldError.required("spec.capacity")]),
    ...(storage === undefined || Object.keys(capacity).length > 1
      ? [fieldError.notSupported("spec.capacity", capacity, ["storage"])]
      : []),
    ...(storage !== undefined && compareQuantities(storage, "0") <= 0
      ? [fieldError.invalid("spec.capacity[storage]", storage, "must be greater than zero")]
      : []),
    ...optionalOneOf("spec.persistentVolumeReclaimPolicy", policy, ["Delete", "Recycle", "Retain"]),
    ...(required ? validateNodeSelector(required, "spec.nodeAffinity.required") : []),
    ...sources.slice(1).map((name) => fieldError.forbidden(`spec.${name}`, "may not specify more than 1 volume type")),
    ...(hostPath ? requireValue("spec.hostPath.path", hostPath.path) : []),
    ...(nfs ? [...requireValue("spec.nfs.server", nfs.server), ...requireValue("spec.nfs.path", nfs.path)] : []),
    ...(csi ? [...requireValue("spec.csi.driver", csi.driver), ...requireValue("spec.csi.volumeHandle", csi.volumeHandle)] : []),
    ...(local ? requireValue("spec.local.path", local.path) : []),
    ...(local && !required ? [fieldError.required("spec.nodeAffinity", "Local volume requires node affinity")] : []),
    ...(sources.length === 0 ? [fieldError.required("spec", "must specify a volume type")] : []),
    ...checkName("spec.storageClassName", spec.storageClassName, dns1123Subdomain),
    ...optionalOneOf("spec.volumeMode", spec.volumeMode, VOLUME_MODES),
  ];
}
