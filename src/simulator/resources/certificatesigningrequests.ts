import type { CertificateSigningRequest, CertificateSigningRequestSpec } from "kubernetes-types/certificates/v1";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { age, humanDuration } from "./duration.ts";
import { immutable, requireValue } from "./field-checks.ts";
import { defineResource } from "./resource.ts";
import { dropStatus, type Writable } from "./writable.ts";

/** Seconds that a certificate at least has to last. */
const SHORTEST = 600;

/** Models pkg/registry/certificates/certificates. Who asks is filled in by admission. */
export const certificatesigningrequests = defineResource<Writable<CertificateSigningRequest>>({
  resource: "certificatesigningrequests.certificates.k8s.io",
  defaults(request) {
    request.spec ??= {} as CertificateSigningRequestSpec;
    request.spec.request ??= "";
  },
  prepareForCreate: dropStatus,
  validate: ({ spec }) => validateSpec(spec as CertificateSigningRequestSpec),
  validateUpdate: ({ spec }, old) => immutable("spec", spec, old.spec),
  cells: (request, { now }) => {
    const { metadata, spec } = request;
    return [
      metadata.name,
      age(metadata.creationTimestamp, now),
      spec.signerName || "<none>",
      spec.username ?? "",
      spec.expirationSeconds === undefined ? "<none>" : humanDuration(spec.expirationSeconds * 1000),
      condition(request),
    ];
  },
  selectableFields: ({ spec }) => ({ "spec.signerName": spec?.signerName ?? "" }),
});

function condition({ status = {} }: Writable<CertificateSigningRequest>): string {
  const has = (type: string) => (status.conditions ?? []).some((one) => one.type === type);
  const decision = has("Denied") ? "Denied" : has("Approved") ? "Approved" : "Pending";
  return [decision, ...(has("Failed") ? ["Failed"] : []), ...(status.certificate ? ["Issued"] : [])].join(",");
}

function validateSpec({ request, usages = [], signerName, expirationSeconds }: CertificateSigningRequestSpec): FieldError[] {
  const pem = Buffer.from(request, "base64").toString();
  return [
    ...(pem.includes("-----BEGIN CERTIFICATE REQUEST-----")
      ? []
      : [fieldError.invalid("spec.request", request, "PEM block type must be CERTIFICATE REQUEST")]),
    ...(usages.length > 0 ? [] : [fieldError.required("spec.usages")]),
    ...requireValue("spec.signerName", signerName),
    ...(expirationSeconds !== undefined && expirationSeconds < SHORTEST
      ? [
          fieldError.invalid(
            "spec.expirationSeconds",
            expirationSeconds,
            "may not specify a duration less than 600 seconds (10 minutes)",
          ),
        ]
      : []),
  ];
}
