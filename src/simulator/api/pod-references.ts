import type { Container, Pod } from "kubernetes-types/core/v1";
import type { Live } from "./object.ts";

/** Names of what a pod needs from its namespace (pkg/api/pod VisitPodSecretNames, VisitPodConfigmapNames). */
export interface PodReferences {
  secrets: string[];
  configMaps: string[];
  claims: string[];
  serviceAccounts: string[];
  resourceClaims: string[];
}

export function podReferences({ metadata, spec, status }: Live<Pod>): PodReferences {
  const { volumes = [], containers = [], initContainers = [], imagePullSecrets = [], serviceAccountName } = spec ?? {};
  const all = [...initContainers, ...containers, ...((spec?.ephemeralContainers ?? []) as Container[])];
  const env = all.flatMap((container) => container.env ?? []);
  const envFrom = all.flatMap((container) => container.envFrom ?? []);
  const projections = volumes.flatMap(({ projected }) => projected?.sources ?? []);
  const claims = status as { resourceClaimStatuses?: { resourceClaimName?: string }[] } | undefined;
  return {
    secrets: named([
      ...imagePullSecrets.map(({ name }) => name),
      ...volumes.map(({ secret }) => secret?.secretName),
      ...volumes.map(({ csi }) => csi?.nodePublishSecretRef?.name),
      ...projections.map(({ secret }) => secret?.name),
      ...env.map(({ valueFrom }) => valueFrom?.secretKeyRef?.name),
      ...envFrom.map(({ secretRef }) => secretRef?.name),
    ]),
    configMaps: named([
      ...volumes.map(({ configMap }) => configMap?.name),
      ...projections.map(({ configMap }) => configMap?.name),
      ...env.map(({ valueFrom }) => valueFrom?.configMapKeyRef?.name),
      ...envFrom.map(({ configMapRef }) => configMapRef?.name),
    ]),
    claims: named([
      ...volumes.map(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName),
      ...volumes.map(({ name, ephemeral }) => ephemeral && `${metadata.name}-${name}`),
    ]),
    serviceAccounts: named([serviceAccountName]),
    resourceClaims: named((claims?.resourceClaimStatuses ?? []).map(({ resourceClaimName }) => resourceClaimName)),
  };
}

const named = (names: readonly (string | undefined)[]) => names.filter((name): name is string => Boolean(name));
