import type { Container, Pod, PodSpec, ServiceAccount, Volume, VolumeMount } from "kubernetes-types/core/v1";
import type { AdmissionPlugin, AdmissionRequest } from "../api/admission.ts";
import type { Live } from "../api/object.ts";
import type { Store } from "../store/store.ts";
import { created } from "./created.ts";
import { refusal } from "./refusal.ts";

const MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
const VOLUME = "kube-api-access-";
/** Seconds: an hour and what the kubelet needs to renew in time. */
const EXPIRATION = 3607;
/** Static pods are the kubelet's own: they speak for no account. */
const MIRROR = "kubernetes.io/config.mirror";
const MOUNTABLE_ONLY = "kubernetes.io/enforce-mountable-secrets";

/** Gives a pod its account, and its containers the account's token (plugin/pkg/admission/serviceaccount). */
export const serviceAccount: AdmissionPlugin = {
  name: "ServiceAccount",
  mutate(request, { store, random }) {
    const pod = created<Live<Pod>>(request, "pods");
    const spec = pod?.spec;
    if (!spec || pod.metadata.annotations?.[MIRROR]) return;
    spec.serviceAccountName ||= "default";
    spec.serviceAccount = spec.serviceAccountName;
    const account = accountOf(request, store, spec);
    if (spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) mountToken(spec, random.suffix());
    if (!spec.imagePullSecrets?.length && account.imagePullSecrets) {
      spec.imagePullSecrets = structuredClone(account.imagePullSecrets);
    }
  },
  validate(request, { store }) {
    const { operation, endpoint, subresource } = request;
    const pod =
      operation === "UPDATE" && endpoint.name === "pods" && subresource === "ephemeralcontainers"
        ? (request.object as Live<Pod>)
        : created<Live<Pod>>(request, "pods");
    if (!pod?.spec) return;
    if (pod.metadata.annotations?.[MIRROR]) checkMirror(request, pod.spec);
    else {
      const account = accountOf(request, store, pod.spec);
      if (account.metadata.annotations?.[MOUNTABLE_ONLY] === "true") checkMountable(request, pod.spec, account);
    }
  },
};

function accountOf(request: AdmissionRequest, store: Store, { serviceAccountName = "" }: PodSpec): Live<ServiceAccount> {
  const { namespace } = request;
  const account = store.get("serviceaccounts", { namespace, name: serviceAccountName }) as Live<ServiceAccount> | undefined;
  if (account) return account;
  const why = `serviceaccount ${JSON.stringify(serviceAccountName)} not found`;
  throw refusal(request, `error looking up service account ${namespace}/${serviceAccountName}: ${why}`);
}

function mountToken(spec: PodSpec, suffix: string): void {
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const missing = containers.filter(({ volumeMounts = [] }) => !volumeMounts.some(({ mountPath }) => mountPath === MOUNT_PATH));
  if (missing.length === 0) return;
  const known = spec.volumes?.find((volume) => volume.name.startsWith(VOLUME))?.name;
  const name = known ?? `${VOLUME}${suffix}`;
  const mount: VolumeMount = { name, readOnly: true, mountPath: MOUNT_PATH };
  for (const container of missing) container.volumeMounts = [...(container.volumeMounts ?? []), { ...mount }];
  if (!known) spec.volumes = [...(spec.volumes ?? []), tokenVolume(name)];
}

const tokenVolume = (name: string): Volume => ({
  name,
  projected: {
    defaultMode: 420,
    sources: [
      { serviceAccountToken: { expirationSeconds: EXPIRATION, path: "token" } },
      { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
      { downwardAPI: { items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }] } },
    ],
  },
});

function checkMirror(request: AdmissionRequest, spec: PodSpec): void {
  if (spec.serviceAccountName) throw refusal(request, "a mirror pod may not reference service accounts");
  if (secretsOf(spec).length > 0) throw refusal(request, "a mirror pod may not reference secrets");
  const hasToken = spec.volumes?.some(({ projected }) => projected?.sources?.some((source) => source.serviceAccountToken));
  if (hasToken) throw refusal(request, "a mirror pod may not use ServiceAccountToken volume projections");
}

/** An account may be told to let its pods have no Secrets but those it lists. */
function checkMountable(
  request: AdmissionRequest,
  spec: PodSpec,
  { metadata, secrets = [], imagePullSecrets = [] }: Live<ServiceAccount>,
) {
  const why = `is not allowed because service account ${metadata.name} does not reference that`;
  for (const { where, name } of secretsOf(spec)) {
    if (!secrets.some((secret) => secret.name === name)) throw refusal(request, `${where}=${JSON.stringify(name)} ${why} secret`);
  }
  for (const [index, { name = "" }] of (spec.imagePullSecrets ?? []).entries()) {
    if (imagePullSecrets.some((secret) => secret.name === name)) continue;
    throw refusal(request, `imagePullSecrets[${index}].name=${JSON.stringify(name)} ${why} imagePullSecret`);
  }
}

/** Secrets of volumes and environment, and what leads to them. */
function secretsOf({ volumes = [], initContainers = [], containers, ...spec }: PodSpec): { where: string; name: string }[] {
  const { ephemeralContainers = [] } = spec;
  const ofContainers = (kind: string, list: readonly Pick<Container, "name" | "env">[]) =>
    list.flatMap(({ name: container, env = [] }) =>
      env.flatMap(({ name: variable, valueFrom }) => {
        const name = valueFrom?.secretKeyRef?.name;
        return name ? [{ where: `${kind} ${container} with envVar ${variable} referencing secret.secretName`, name }] : [];
      }),
    );
  return [
    ...volumes.flatMap(({ secret }) =>
      secret?.secretName ? [{ where: "volume with secret.secretName", name: secret.secretName }] : [],
    ),
    ...ofContainers("init container", initContainers),
    ...ofContainers("container", containers),
    ...ofContainers("ephemeral container", ephemeralContainers as Pick<Container, "name" | "env">[]),
  ];
}
