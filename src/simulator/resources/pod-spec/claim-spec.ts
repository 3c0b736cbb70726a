import type { PersistentVolumeClaimSpec } from "kubernetes-types/core/v1";
import { fieldError, type FieldError } from "../../api/status-error.ts";
import { checkName, optionalOneOf } from "../field-checks.ts";
import { validateLabelSelector } from "../label-selector.ts";
import { dns1123Subdomain } from "../names.ts";
import { compareQuantities } from "../../schema/quantity.ts";

const ACCESS_MODES = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
export const VOLUME_MODES = ["Block", "Filesystem"];

/** The spec of a claim, or of the template of one (core validation ValidatePersistentVolumeClaimSpec). */
export function validateClaimSpec(spec: PersistentVolumeClaimSpec, field: string): FieldError[] {
  const storage = spec.resources?.requests?.["storage"];
  return [
    ...(spec.accessModes?.length ? [] : [fieldError.required(`${field}.accessModes`, "at least 1 access mode is required")]),
    ...validateLabelSelector(spec.selector, `${field}.selector`),
    ...validateAccessModes(spec.accessModes, `${field}.accessModes`),
    ...(storage === undefined
      ? [fieldError.required(`${field}.resources[storage]`)]
      : compareQuantities(storage, "0") <= 0
        ? [fieldError.invalid(`${field}.resources[storage]`, storage, "must be greater than zero")]
        : []),
    ...checkName(`${field}.storageClassName`, spec.storageClassName, dns1123Subdomain),
    ...optionalOneOf(`${field}.volumeMode`, spec.volumeMode, VOLUME_MODES),
    ...(spec.dataSource ? validateSource(spec.dataSource, `${field}.dataSource`) : []),
    ...(spec.dataSourceRef ? validateSource(spec.dataSourceRef, `${field}.dataSourceRef`) : []),
  ];
}

export function validateAccessModes(modes: readonly string[] = [], field: string): FieldError[] {
  const known = modes.filter((mode) => ACCESS_MODES.includes(mode));
  return [
    ...modes.filter((mode) => !known.includes(mode)).map((mode) => fieldError.notSupported(field, mode, ACCESS_MODES)),
    ...(known.includes("ReadWriteOncePod") && known.some((mode) => mode !== "ReadWriteOncePod")
      ? [fieldError.forbidden(field, "may not use ReadWriteOncePod with other access modes")]
      : []),
  ];
}

/** Access modes as columns show them: `RWO,ROX`. */
export const formatAccessModes = (modes: readonly string[] = []): string =>
  Object.entries({ ReadWriteOnce: "RWO", ReadOnlyMany: "ROX", ReadWriteMany: "RWX", ReadWriteOncePod: "RWOP" })
    .filter(([mode]) => modes.includes(mode))
    .map(([, short]) => short)
    .join(",");

const validateSource = (
  { name, kind, apiGroup }: { name: string; kind: string; apiGroup?: string | null },
  field: string,
): FieldError[] => [
  ...(name ? [] : [fieldError.required(`${field}.name`)]),
  ...(kind ? [] : [fieldError.required(`${field}.kind`)]),
  ...(!apiGroup && kind !== "PersistentVolumeClaim"
    ? [fieldError.invalid(field, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup")]
    : []),
  ...checkName(`${field}.apiGroup`, apiGroup ?? undefined, dns1123Subdomain),
];
