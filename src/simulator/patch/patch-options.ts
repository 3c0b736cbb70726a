import type { FieldError } from "../api/status-error.ts";
import { fieldError, StatusError } from "../api/status-error.ts";

export interface PatchOptions {
  fieldManager?: string | undefined;
  force?: boolean | undefined;
}

/** 422 for query parameters that a patch of this kind may not have (apimachinery meta/v1/validation ValidatePatchOptions). */
export function checkPatchOptions(isApply: boolean, { fieldManager = "", force }: PatchOptions): void {
  if (isApply && !fieldManager) throw patchOptionsError(fieldError.required("fieldManager", "is required for apply patch"));
  if (!isApply && force !== undefined)
    throw patchOptionsError(fieldError.forbidden("force", "may not be specified for non-apply patch"));
}

export const patchOptionsError = (error: FieldError): StatusError =>
  StatusError.invalid({ group: "meta.k8s.io", kind: "PatchOptions" }, "", [error]);
