import type { Container, Pod, ServiceAccount, Volume, VolumeMount } from "kubernetes-types/core/v1";
import type { AdmissionPlugin } from "../api/admission.ts";
import type { Live } from "../api/object.ts";
import { StatusError } from "../api/status-error.ts";

const MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
/** Seconds: an hour and what the kubelet needs to renew in time. */
const EXPIRATION = 3607;
/** Static pods are the kubelet's own: they speak for no account. */
const MIRROR = "kubernetes.io/config.mirror";

/** Gives a pod its account, and its containers the account's token (plugin/pkg/admission/serviceaccount). */
export const serviceAccount: AdmissionPlugin = {
  name: "ServiceAccount",
  mutate({ operation, endpoint, subresource, namespace, name, object }, { store, random }) {
    if (operation !== "CREATE" || endpoint.name !== "pods" || subresource) return;
    const pod = object as unknown as Live<Pod>;
    const { spec } = pod;
    if (!spec || pod.metadata.annotations?.[MIRROR]) return;
    const accountName = spec.serviceAccountName || "default";
    const account = store.get("serviceaccounts", { namespace, name: accountName }) as Live<ServiceAccount> | undefined;
    if (!account) {
      const why = `error looking up service account ${namespace}/${accountName}: serviceaccount ${JSON.stringify(accountName)} not found`;
      throw StatusError.forbidden(endpoint.resource, name || `${pod.metadata.generateName ?? ""}`, why);
    }
    spec.serviceAccountName = accountName;
    spec.serviceAccount = accountName;
    if (!spec.imagePullSecrets && account.imagePullSecrets) spec.imagePullSecrets = structuredClone(account.imagePullSecrets);
    if (spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) mountToken(spec, random.suffix());
  },
};

function mountToken(spec: { containers: Container[]; initContainers?: Container[]; volumes?: Volume[] }, suffix: string): void {
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const missing = containers.filter(({ volumeMounts = [] }) => !volumeMounts.some(({ mountPath }) => mountPath === MOUNT_PATH));
  if (missing.length === 0) return;
  const known = spec.volumes?.find((volume) => volume.name.startsWith("kube-api-access-"))?.name;
  const name = known ?? `kube-api-access-${suffix}`;
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
