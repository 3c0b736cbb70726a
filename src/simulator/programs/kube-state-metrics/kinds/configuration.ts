import type { LimitRange, ResourceQuota, Secret } from "kubernetes-types/core/v1";
import type { CertificateSigningRequest } from "kubernetes-types/certificates/v1";
import type { Live } from "../../../api/object.ts";
import {
  alpha,
  created,
  defineKind,
  namespaced,
  one,
  owners,
  ownLabels,
  quantity,
  resourceVersion,
  stable,
  type Kind,
  type Row,
} from "./kind.ts";

export const configmaps = defineKind({
  resource: "configmaps",
  path: "/api/v1/configmaps",
  type: "*v1.ConfigMap",
  labels: namespaced("configmap"),
  families: [
    ownLabels("kube_configmap", "annotations"),
    ownLabels("kube_configmap", "labels", true),
    stable("kube_configmap_info", "Information about configmap.", () => 1),
    stable("kube_configmap_created", "Unix creation timestamp", created),
    alpha(
      "kube_configmap_metadata_resource_version",
      "Resource version representing a specific version of the configmap.",
      resourceVersion,
    ),
  ],
});

export const secrets = defineKind<Live<Secret>>({
  resource: "secrets",
  path: "/api/v1/secrets",
  type: "*v1.Secret",
  labels: namespaced("secret"),
  families: [
    stable("kube_secret_info", "Information about secret.", () => 1),
    stable("kube_secret_type", "Type about secret.", ({ type }) => one({ type })),
    ownLabels("kube_secret", "annotations"),
    ownLabels("kube_secret", "labels", true),
    stable("kube_secret_created", "Unix creation timestamp", created),
    alpha(
      "kube_secret_metadata_resource_version",
      "Resource version representing a specific version of secret.",
      resourceVersion,
    ),
    alpha("kube_secret_owner", "Information about the Secret's owner.", ({ metadata }) => owners(metadata.ownerReferences)),
  ],
});

const amounts = (all: Readonly<Record<string, unknown>> | undefined, labels: Record<string, string>): Row[] =>
  Object.entries(all ?? {}).map(([resource, amount]) => [{ resource, ...labels }, quantity(amount)]);

export const limitranges = defineKind<Live<LimitRange>>({
  resource: "limitranges",
  path: "/api/v1/limitranges",
  type: "*v1.LimitRange",
  labels: namespaced("limitrange"),
  families: [
    stable("kube_limitrange", "Information about limit range.", ({ spec }) =>
      (spec?.limits ?? []).flatMap((limit) =>
        (["min", "max", "default", "defaultRequest", "maxLimitRequestRatio"] as const).flatMap((constraint) =>
          amounts(limit[constraint], { type: limit.type, constraint }),
        ),
      ),
    ),
    stable("kube_limitrange_created", "Unix creation timestamp", created),
  ],
});

export const resourcequotas = defineKind<Live<ResourceQuota>>({
  resource: "resourcequotas",
  path: "/api/v1/resourcequotas",
  type: "*v1.ResourceQuota",
  labels: namespaced("resourcequota"),
  families: [
    stable("kube_resourcequota_created", "Unix creation timestamp", created),
    stable("kube_resourcequota", "Information about resource quota.", ({ status }) => [
      ...amounts(status?.hard, { type: "hard" }),
      ...amounts(status?.used, { type: "used" }),
    ]),
    ownLabels("kube_resourcequota", "annotations"),
    ownLabels("kube_resourcequota", "labels", true),
  ],
});

export const certificatesigningrequests = defineKind<Live<CertificateSigningRequest>>({
  resource: "certificatesigningrequests",
  path: "/apis/certificates.k8s.io/v1/certificatesigningrequests",
  type: "*v1.CertificateSigningRequest",
  labels: ({ metadata, spec }) => ({ certificatesigningrequest: metadata.name, signer_name: spec.signerName }),
  families: [
    ownLabels("kube_certificatesigningrequest", "annotations"),
    ownLabels("kube_certificatesigningrequest", "labels", true),
    stable("kube_certificatesigningrequest_created", "Unix creation timestamp", created),
    stable("kube_certificatesigningrequest_condition", "The number of each certificatesigningrequest condition", ({ status }) =>
      ["Approved", "Denied", "Failed"].map((type) => [
        { condition: type.toLowerCase() },
        (status?.conditions ?? []).filter((condition) => condition.type === type).length,
      ]),
    ),
    stable(
      "kube_certificatesigningrequest_cert_length",
      "Length of the issued cert",
      ({ status }) => Buffer.from(status?.certificate ?? "", "base64").length,
    ),
  ],
});

/** Kinds of admissionregistration.k8s.io: that they are there, and since when. */
const admission = (resource: string, kind: string): Kind => {
  const name = kind.toLowerCase();
  return defineKind({
    resource,
    path: `/apis/admissionregistration.k8s.io/v1/${resource}`,
    type: `*v1.${kind}`,
    labels: namespaced(name),
    families: [
      alpha(`kube_${name}_info`, `Information about the ${kind}.`, () => 1),
      alpha(`kube_${name}_created`, "Unix creation timestamp.", created),
    ],
  });
};

export const admissionKinds: readonly Kind[] = [
  admission("mutatingadmissionpolicies", "MutatingAdmissionPolicy"),
  admission("mutatingadmissionpolicybindings", "MutatingAdmissionPolicyBinding"),
  admission("mutatingwebhookconfigurations", "MutatingWebhookConfiguration"),
  admission("validatingadmissionpolicies", "ValidatingAdmissionPolicy"),
  admission("validatingadmissionpolicybindings", "ValidatingAdmissionPolicyBinding"),
  admission("validatingwebhookconfigurations", "ValidatingWebhookConfiguration"),
];
