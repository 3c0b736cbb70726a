import type { AdmissionRequest } from "../api/admission.ts";
import { StatusError } from "../api/status-error.ts";

/** A refusal as admission words it (admission.NewForbidden). Several reasons stand in brackets, each once. */
export function refusal({ endpoint, name }: AdmissionRequest, ...reasons: readonly string[]): StatusError {
  const distinct = [...new Set(reasons)];
  return StatusError.forbidden(
    endpoint.resource,
    name,
    distinct.length === 1 ? (distinct[0] as string) : `[${distinct.join(", ")}]`,
  );
}
