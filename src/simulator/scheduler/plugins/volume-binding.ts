import type { PersistentVolume, PersistentVolumeClaim } from "kubernetes-types/core/v1";
import type { StorageClass } from "kubernetes-types/storage/v1";
import type { Live } from "../../api/object.ts";
import { selectorMatches } from "../../api/selectors.ts";
import type { LabelSelector } from "../../api/selectors.ts";
import { nodeSelectorMatches } from "../node-affinity.ts";
import type { Node } from "../node-info.ts";
import { nodeChanged } from "../plugin.ts";
import type { Plugin, Rejection, Snapshot } from "../plugin.ts";
import type { Pod } from "../pod-requests.ts";
import { wholeValue } from "../../schema/quantity.ts";

export type Claim = Live<PersistentVolumeClaim>;
type Volume = Live<PersistentVolume>;

export const SELECTED_NODE = "volume.kubernetes.io/selected-node";

/** What has to happen to a pod's claims before it can be bound to a node. */
export interface VolumePlan {
  /** Claims to tie to an existing volume. */
  bind: readonly { claim: Claim; volume: Volume }[];
  /** Claims whose class makes a volume once it knows the node. */
  provision: readonly Claim[];
}

/** Claims must be bound, or bindable on the node; bound volumes must be reachable from it. */
export const volumeBinding: Plugin = {
  name: "VolumeBinding",
  prepare(pod, { read }) {
    const names = claimNames(pod);
    if (names.length === 0) return {};
    const claims: Claim[] = [];
    for (const { name, ephemeral } of names) {
      const claim = read.get<Claim>("persistentvolumeclaims", { namespace: pod.metadata.namespace ?? "", name });
      const fault = claim ? faultOf(claim) : missing(name, ephemeral);
      if (fault) return { reject: fault };
      claims.push(claim as Claim);
    }
    const waiting = claims.filter((claim) => !isBound(claim) && !waitsForConsumer(claim, read));
    if (waiting.length > 0) return { reject: "pod has unbound immediate PersistentVolumeClaims" };
    return {
      filter: ({ node }) => {
        const { conflict } = planVolumes(claims, node, read);
        return conflict;
      },
    };
  },
  mayHelp: (event, pod) =>
    event.resource === "persistentvolumes" ||
    event.resource === "storageclasses.storage.k8s.io" ||
    nodeChanged(event, (node) => node.metadata.labels) ||
    (event.resource === "persistentvolumeclaims" &&
      event.object.metadata.namespace === pod.metadata.namespace &&
      claimNames(pod).some(({ name }) => name === event.object.metadata.name)),
};

/** What a pod's claims need on this node; empty when all are bound. */
export function volumePlan(pod: Pod, node: Node, read: Snapshot["read"]): VolumePlan {
  const namespace = pod.metadata.namespace ?? "";
  const claims = claimNames(pod).flatMap(({ name }) => read.get<Claim>("persistentvolumeclaims", { namespace, name }) ?? []);
  return planVolumes(claims, node, read);
}

export const isBound = ({ spec, metadata }: Claim): boolean =>
  Boolean(spec?.volumeName) && metadata.annotations?.["pv.kubernetes.io/bind-completed"] !== undefined;

/** Names of the claims a pod uses; those of ephemeral volumes are made from the pod's name. */
const claimNames = (pod: Pod): { name: string; ephemeral: boolean }[] =>
  (pod.spec?.volumes ?? [])
    .map(({ name, persistentVolumeClaim, ephemeral }) => ({
      name: persistentVolumeClaim?.claimName ?? (ephemeral && `${pod.metadata.name}-${name}`) ?? "",
      ephemeral: ephemeral !== undefined,
    }))
    .filter(({ name }) => name !== "");

const missing = (name: string, ephemeral: boolean): string =>
  ephemeral
    ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
    : `persistentvolumeclaim "${name}" not found`;

function faultOf({ metadata, spec, status }: Claim): string | undefined {
  if (status?.phase === "Lost") {
    return `persistentvolumeclaim "${metadata.name}" bound to non-existent persistentvolume "${spec?.volumeName}"`;
  }
  return metadata.deletionTimestamp ? `persistentvolumeclaim "${metadata.name}" is being deleted` : undefined;
}

const classOf = (claim: Claim, read: Snapshot["read"]) =>
  read.get<Live<StorageClass>>("storageclasses.storage.k8s.io", { name: claim.spec?.storageClassName ?? "" });

/** A claim that names its volume is the binder's business, whatever its class says. */
const waitsForConsumer = (claim: Claim, read: Snapshot["read"]): boolean =>
  !claim.spec?.volumeName && classOf(claim, read)?.volumeBindingMode === "WaitForFirstConsumer";

function planVolumes(claims: readonly Claim[], node: Node, read: Snapshot["read"]): VolumePlan & { conflict?: Rejection } {
  const bind: { claim: Claim; volume: Volume }[] = [];
  const provision: Claim[] = [];
  const conflicts = new Set<string>();
  for (const claim of claims) {
    if (isBound(claim)) {
      const volume = read.get<Volume>("persistentvolumes", { name: claim.spec?.volumeName ?? "" });
      if (!volume) conflicts.add("node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)");
      else if (!reaches(volume, node)) conflicts.add("node(s) didn't match PersistentVolume's node affinity");
      continue;
    }
    const selected = claim.metadata.annotations?.[SELECTED_NODE];
    const volume = selected ? undefined : smallestFit(claim, node, read, bind);
    if (volume) bind.push({ claim, volume });
    else if ((!selected || selected === node.metadata.name) && provisions(claim, read)) provision.push(claim);
    else conflicts.add("node(s) didn't find available persistent volumes to bind");
  }
  return { bind, provision, ...(conflicts.size > 0 && { conflict: { reasons: [...conflicts], unresolvable: true } }) };
}

const provisions = (claim: Claim, read: Snapshot["read"]): boolean => {
  const provisioner = classOf(claim, read)?.provisioner;
  return provisioner !== undefined && provisioner !== "kubernetes.io/no-provisioner";
};

const reaches = ({ spec }: Volume, node: Node): boolean =>
  spec?.nodeAffinity?.required === undefined || nodeSelectorMatches(spec.nodeAffinity.required, node);

/** The smallest free volume that has what the claim asks for and that no claim before it took. */
function smallestFit(claim: Claim, node: Node, read: Snapshot["read"], taken: readonly { volume: Volume }[]): Volume | undefined {
  const { storageClassName = "", accessModes = [], resources, selector, volumeMode = "Filesystem" } = claim.spec ?? {};
  const wanted = wholeValue(resources?.requests?.["storage"] ?? "0");
  const size = ({ spec }: Volume) => wholeValue(spec?.capacity?.["storage"] ?? "0");
  return read
    .list<Volume>("persistentvolumes")
    .filter((volume) => {
      const { metadata, spec, status } = volume;
      const reserved = spec?.claimRef;
      const free = reserved
        ? reserved.name === claim.metadata.name && reserved.namespace === claim.metadata.namespace && !reserved.uid
        : status?.phase === "Available";
      return (
        free &&
        !taken.some(({ volume: other }) => other.metadata.uid === metadata.uid) &&
        (spec?.storageClassName ?? "") === storageClassName &&
        (spec?.volumeMode ?? "Filesystem") === volumeMode &&
        accessModes.every((mode) => spec?.accessModes?.includes(mode)) &&
        (!selector || selectorMatches(selector as LabelSelector, metadata.labels)) &&
        size(volume) >= wanted &&
        reaches(volume, node)
      );
    })
    .sort((a, b) => size(a) - size(b))[0];
}
