import type { CertificateSigningRequest } from "kubernetes-types/certificates/v1";
import type { AdmissionPlugin, AdmissionRequest } from "../api/admission.ts";
import { authorize } from "../api/authorize.ts";
import type { Live } from "../api/object.ts";
import { NO_ATTRIBUTES } from "../api/rbac.ts";
import type { Registry } from "../api/registry.ts";
import { equal } from "../api/rest/equal.ts";
import { MASTERS_GROUP } from "../api/user.ts";
import { refusal } from "./refusal.ts";

const GROUP = "certificates.k8s.io";
const REQUESTS = `certificatesigningrequests.${GROUP}`;
const CLIENT_SIGNER = "kubernetes.io/kube-apiserver-client";

type Request = Live<CertificateSigningRequest>;

/** Who approves has to have the signer's approval as a right of their own (plugin/pkg/admission/certificates/approval). */
export const certificateApproval: AdmissionPlugin = {
  name: "CertificateApproval",
  validate(request, registry) {
    if (changes(request, "approval")) expectRight(request, registry, "approve");
  },
};

/** Whoever writes a certificate into a request has to be allowed to sign (plugin/pkg/admission/certificates/signing). */
export const certificateSigning: AdmissionPlugin = {
  name: "CertificateSigning",
  validate(request, registry) {
    if (!changes(request, "status")) return;
    const [before, after] = [(request.old as Request).status, (request.object as Request).status];
    const isSame = before?.certificate === after?.certificate && equal(before?.conditions ?? [], after?.conditions ?? []);
    if (!isSame) expectRight(request, registry, "sign");
  },
};

/** Nobody becomes a superuser by certificate (plugin/pkg/admission/certificates/subjectrestriction). */
export const certificateSubjectRestriction: AdmissionPlugin = {
  name: "CertificateSubjectRestriction",
  async validate(request) {
    if (request.operation !== "CREATE" || request.endpoint.name !== REQUESTS) return;
    const { signerName, request: pem } = (request.object as Request).spec;
    if (signerName !== CLIENT_SIGNER) return;
    // The certificate library costs 100 ms to load, and few ask for a certificate.
    const { Pkcs10CertificateRequest } = await import("@peculiar/x509");
    const { subjectName } = new Pkcs10CertificateRequest(Buffer.from(pem, "base64").toString());
    if (!subjectName.getField("O").includes(MASTERS_GROUP)) return;
    throw refusal(request, `use of ${CLIENT_SIGNER} signer with ${MASTERS_GROUP} group is not allowed`);
  },
};

const changes = ({ operation, endpoint, subresource }: AdmissionRequest, wanted: string) =>
  operation === "UPDATE" && endpoint.name === REQUESTS && subresource === wanted;

/** The right may be for one signer, or for all of its domain. */
function expectRight(request: AdmissionRequest, { store }: Registry, verb: string): void {
  const { signerName } = (request.old as Request).spec;
  const wanted = { ...NO_ATTRIBUTES, verb, isResource: true, group: GROUP, resource: "signers" };
  const names = [signerName, `${signerName.split("/")[0]}/*`];
  if (names.some((name) => authorize(store, request.user, { ...wanted, name }).allowed)) return;
  throw refusal(request, `user not permitted to ${verb} requests with signerName ${JSON.stringify(signerName)}`);
}
