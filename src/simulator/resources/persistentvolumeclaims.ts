import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from "kubernetes-types/core/v1";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { age } from "./duration.ts";
import { immutable, same } from "./field-checks.ts";
import { jsonDiff } from "./json-diff.ts";
import { formatAccessModes, validateClaimSpec } from "./pod-spec/claim-spec.ts";
import { compareQuantities } from "../schema/quantity.ts";
import { defineResource } from "./resource.ts";
import type { Writable } from "./writable.ts";

/** Models pkg/registry/core/persistentvolumeclaim/strategy.go. */
export const persistentvolumeclaims = defineResource<Writable<PersistentVolumeClaim>>({
  resource: "persistentvolumeclaims",
  defaults(claim) {
    defaultClaimSpec((claim.spec ??= {}));
    claim.status ??= {};
    claim.status.phase ||= "Pending";
  },
  prepareForCreate(claim) {
    claim.status = { phase: "Pending" };
  },
  validate: ({ spec }) => validateClaimSpec(spec as PersistentVolumeClaimSpec, "spec"),
  validateUpdate,
  cells: ({ metadata, spec = {}, status = {} }, { now }) => {
    const bound = Boolean(spec.volumeName);
    return [
      metadata.name,
      metadata.deletionTimestamp ? "Terminating" : (status.phase ?? ""),
      spec.volumeName ?? "",
      bound ? (status.capacity?.["storage"] ?? "0") : "",
      bound ? formatAccessModes(status.accessModes) : "",
      spec.storageClassName ?? "",
      spec.volumeAttributesClassName ?? "<unset>",
      age(metadata.creationTimestamp, now),
      spec.volumeMode ?? "<unset>",
    ];
  },
});

/** The spec of a claim, or of the template of one. */
export function defaultClaimSpec(spec: PersistentVolumeClaimSpec): void {
  spec.volumeMode ??= "Filesystem";
  spec.resources ??= {};
  // The two name the same source (strategy NormalizeDataSources).
  if (spec.dataSource && !spec.dataSourceRef) spec.dataSourceRef = { ...spec.dataSource };
  else if (spec.dataSourceRef && !spec.dataSource && !spec.dataSourceRef.namespace) spec.dataSource = { ...spec.dataSourceRef };
}

/** A bound claim may grow; a class may come to one that had none (core validation ValidatePersistentVolumeClaimUpdate). */
function validateUpdate(claim: Writable<PersistentVolumeClaim>, oldClaim: Writable<PersistentVolumeClaim>): FieldError[] {
  const spec = claim.spec as PersistentVolumeClaimSpec;
  const old = oldClaim.spec as PersistentVolumeClaimSpec;
  const [size, oldSize] = [spec.resources?.requests?.["storage"] ?? "0", old.resources?.requests?.["storage"] ?? "0"];
  const comparable = { ...spec, ...(spec.resources && { resources: { ...spec.resources } }) };
  const before = { ...old };
  if (!old.volumeName && spec.volumeName) before.volumeName = spec.volumeName;
  if (spec.storageClassName !== undefined && old.storageClassName === undefined) delete comparable.storageClassName;
  if (claim.status?.phase === "Bound") {
    comparable.resources = { ...spec.resources, requests: { ...spec.resources?.requests, storage: oldSize } };
    if (old.volumeAttributesClassName === undefined) delete comparable.volumeAttributesClassName;
    else comparable.volumeAttributesClassName = old.volumeAttributesClassName;
  }
  const errors: FieldError[] = [];
  if (!same(comparable, before)) {
    const text = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";
    errors.push(fieldError.forbidden("spec", `${text}\n${jsonDiff(before, comparable)}`));
  }
  if (compareQuantities(size, oldSize) < 0 && compareQuantities(size, oldClaim.status?.capacity?.["storage"] ?? "0") <= 0) {
    errors.push(fieldError.forbidden("spec.resources.requests.storage", "field can not be less than status.capacity"));
  }
  return [...errors, ...immutable("volumeMode", spec.volumeMode, old.volumeMode)];
}
