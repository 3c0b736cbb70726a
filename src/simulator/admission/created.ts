import type { AdmissionRequest } from "../api/admission.ts";
import type { KubeObject } from "../api/object.ts";

/** The new object, where the request makes one of this resource. */
export const created = <T extends KubeObject>(request: AdmissionRequest, resource: string): T | undefined =>
  request.operation === "CREATE" && request.endpoint.name === resource && !request.subresource
    ? (request.object as T)
    : undefined;
