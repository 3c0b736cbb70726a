import type { StatefulSet as StatefulSetType, StatefulSetSpec } from "kubernetes-types/apps/v1";
import type { PersistentVolumeClaim as ClaimType, PodTemplateSpec } from "kubernetes-types/core/v1";
import type { Live, OwnerReference } from "../../api/object.ts";
import { controllerReference } from "../../api/object.ts";
import type { ControllerRevision } from "../controller-revisions.ts";
import { podFromTemplate } from "../pod-control.ts";
import { isAvailable, isReady, type Pod } from "../pod-state.ts";

export type StatefulSet = Live<StatefulSetType>;
export type Claim = Live<ClaimType>;

const REVISION = "controller-revision-hash";

export const specOf = (set: StatefulSet): StatefulSetSpec => set.spec as StatefulSetSpec;

export const firstOrdinal = (set: StatefulSet): number => specOf(set).ordinals?.start ?? 0;

/** The number behind the set's name; undefined for a pod that is none of the set's by its name. */
export function ordinalOf(set: StatefulSet, { metadata }: Pod): number | undefined {
  const match = /^(.*)-(\d+)$/.exec(metadata.name);
  return match?.[1] === set.metadata.name ? Number(match[2]) : undefined;
}

export const revisionOf = ({ metadata }: Pod): string | undefined => metadata.labels?.[REVISION];

export const isTerminating = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined;

/** Running and ready for minReadySeconds: the next pod in order may follow. */
export const isServing = (set: StatefulSet, pod: Pod, now: number): boolean =>
  pod.status?.phase === "Running" && isReady(pod) && isAvailable(pod, specOf(set).minReadySeconds ?? 0, now);

/** The pod of an ordinal: its name, its hostname, its own claims (pkg/controller/statefulset/stateful_set_utils.go). */
export function statefulPod(set: StatefulSet, ordinal: number, revision: ControllerRevision, isUpdate: boolean) {
  const template = isUpdate ? specOf(set).template : (revision.data as { spec: { template: PodTemplateSpec } }).spec.template;
  const { metadata, spec } = podFromTemplate(template, set);
  const name = `${set.metadata.name}-${ordinal}`;
  const claims = claimNames(set, ordinal);
  const volumes = [...claims].map(([volume, claimName]) => ({ name: volume, persistentVolumeClaim: { claimName } }));
  const others = spec.volumes?.filter((volume) => !claims.has(volume.name)) ?? [];
  const labels = {
    ...metadata.labels,
    "statefulset.kubernetes.io/pod-name": name,
    "apps.kubernetes.io/pod-index": String(ordinal),
    [REVISION]: revision.metadata.name,
  };
  const { serviceName } = specOf(set);
  return {
    metadata: { ...metadata, name, labels },
    spec: {
      ...spec,
      hostname: name,
      ...(serviceName && { subdomain: serviceName }),
      ...(volumes.length + others.length > 0 && { volumes: [...volumes, ...others] }),
    },
  };
}

/** Claims of an ordinal by the volume they fill. */
const claimNames = (set: StatefulSet, ordinal: number): Map<string, string> =>
  new Map(
    (specOf(set).volumeClaimTemplates ?? []).map(({ metadata }) => {
      const volume = metadata?.name ?? "";
      return [volume, `${volume}-${set.metadata.name}-${ordinal}`];
    }),
  );

/** The claims an ordinal needs, as they are to be created. */
export function claimsOf(set: StatefulSet, ordinal: number) {
  const labels = specOf(set).selector.matchLabels;
  return (specOf(set).volumeClaimTemplates ?? []).map(({ metadata, spec }) => ({
    metadata: {
      name: `${metadata?.name}-${set.metadata.name}-${ordinal}`,
      namespace: set.metadata.namespace ?? "",
      labels: { ...metadata?.labels, ...labels },
      ...(metadata?.annotations && { annotations: metadata.annotations }),
    },
    ...(spec && { spec }),
  }));
}

/**
 * Whose end ends a claim: with persistentVolumeClaimRetentionPolicy the set's, and for an ordinal that is scaled away its pod's.
 * `pod` is given for a pod beyond the wanted replicas.
 */
export function claimOwners(set: StatefulSet, claim: Claim, pod: Pod | undefined): OwnerReference[] {
  const { whenDeleted = "Retain", whenScaled = "Retain" } = specOf(set).persistentVolumeClaimRetentionPolicy ?? {};
  const isOurs = ({ kind, name }: OwnerReference) =>
    (kind === "StatefulSet" && name === set.metadata.name) || (kind === "Pod" && name.startsWith(`${set.metadata.name}-`));
  const others = claim.metadata.ownerReferences?.filter((reference) => !isOurs(reference)) ?? [];
  if (pod && whenScaled === "Delete") return [...others, controllerReference(pod)];
  return whenDeleted === "Delete" ? [...others, controllerReference(set)] : others;
}
