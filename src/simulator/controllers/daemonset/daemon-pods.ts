import type { DaemonSet as DaemonSetType } from "kubernetes-types/apps/v1";
import type { PodSpec, PodTemplateSpec, Toleration } from "kubernetes-types/core/v1";
import type { Live } from "../../api/object.ts";
import { fitsNodeAffinity } from "../../scheduler/node-affinity.ts";
import type { Node } from "../../scheduler/node-info.ts";
import { untolerated } from "../../scheduler/taints.ts";
import type { Pod } from "../pod-state.ts";

export type DaemonSet = Live<DaemonSetType>;

export const REVISION_HASH = "controller-revision-hash";
const TEMPLATE_GENERATION = "pod-template-generation";

/** A daemon outlives the troubles of its node. */
const TOLERATIONS: readonly Toleration[] = [
  { key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoExecute" },
  { key: "node.kubernetes.io/unreachable", operator: "Exists", effect: "NoExecute" },
  { key: "node.kubernetes.io/disk-pressure", operator: "Exists", effect: "NoSchedule" },
  { key: "node.kubernetes.io/memory-pressure", operator: "Exists", effect: "NoSchedule" },
  { key: "node.kubernetes.io/pid-pressure", operator: "Exists", effect: "NoSchedule" },
  { key: "node.kubernetes.io/unschedulable", operator: "Exists", effect: "NoSchedule" },
];
const HOST_NETWORK_TOLERATION: Toleration = {
  key: "node.kubernetes.io/network-unavailable",
  operator: "Exists",
  effect: "NoSchedule",
};

/** The set's template as its pods get it, but for the node (pkg/controller/daemon/util CreatePodTemplate). */
export function daemonTemplate(set: DaemonSet, hash: string): PodTemplateSpec {
  const { template } = set.spec as NonNullable<DaemonSet["spec"]>;
  const generation = templateGeneration(set);
  return {
    metadata: {
      ...template.metadata,
      labels: {
        ...template.metadata?.labels,
        [REVISION_HASH]: hash,
        ...(generation !== undefined && { [TEMPLATE_GENERATION]: generation }),
      },
    },
    spec: withTolerations(template.spec as PodSpec),
  };
}

const templateGeneration = ({ metadata }: DaemonSet) => metadata.annotations?.["deprecated.daemonset.template.generation"];

function withTolerations(spec: PodSpec): PodSpec {
  const own = spec.hostNetwork ? [...TOLERATIONS, HOST_NETWORK_TOLERATION] : TOLERATIONS;
  const covered = (toleration: Toleration) =>
    own.some(({ key, effect }) => key === toleration.key && effect === toleration.effect && toleration.operator === "Exists");
  return { ...spec, tolerations: [...(spec.tolerations ?? []).filter((toleration) => !covered(toleration)), ...own] };
}

/** The template for one node: the scheduler may choose no other. */
export function pinned(template: PodTemplateSpec, node: string): PodTemplateSpec {
  const affinity = template.spec?.affinity;
  const required = {
    ...affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution,
    nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", operator: "In", values: [node] }] }],
  };
  const nodeAffinity = { ...affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: required };
  return { ...template, spec: { ...(template.spec as PodSpec), affinity: { ...affinity, nodeAffinity } } };
}

/** The node a daemon pod is on, or waits for. */
export function nodeOf({ spec }: Pod): string | undefined {
  if (spec?.nodeName) return spec.nodeName;
  const terms = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  return terms.flatMap(({ matchFields = [] }) => matchFields).find(({ key }) => key === "metadata.name")?.values?.[0];
}

/** Whether a daemon pod is to be made on the node, and whether one that is there may stay. */
export function fitsNode(template: PodTemplateSpec, node: Node): { run: boolean; stay: boolean } {
  const { nodeName, tolerations } = template.spec as PodSpec;
  const fits = (!nodeName || nodeName === node.metadata.name) && fitsNodeAffinity({ spec: template.spec } as Pod, node);
  if (!fits) return { run: false, stay: false };
  const taints = (...effects: string[]) => untolerated(node.spec?.taints, tolerations, effects).length > 0;
  return { run: !taints("NoSchedule", "NoExecute"), stay: !taints("NoExecute") };
}

/** Made from the current template: by its hash, or by the generation that older pods carry. */
export const isUpdated = (set: DaemonSet, hash: string, { metadata }: Pod): boolean => {
  const generation = metadata.labels?.[TEMPLATE_GENERATION];
  return metadata.labels?.[REVISION_HASH] === hash || (generation !== undefined && generation === templateGeneration(set));
};

export const byAge = (a: Pod, b: Pod): number =>
  Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp) ||
  (a.metadata.name < b.metadata.name ? -1 : 1);
