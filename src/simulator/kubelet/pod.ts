import type {
  Container as ContainerType,
  EphemeralContainer,
  Pod as PodType,
  PodStatus as PodStatusType,
} from "kubernetes-types/core/v1";
import type { Live } from "../api/object.ts";

export type Pod = Live<PodType>;
export type PodStatus = PodStatusType & { observedGeneration?: number };
export type Container = ContainerType | EphemeralContainer;

/**
 * `init` runs to its end before the next starts; `sidecar` is an init container with restartPolicy Always; `ephemeral` was added
 * by kubectl debug.
 */
type ContainerKind = "init" | "sidecar" | "regular" | "ephemeral";

export interface PodContainer {
  kind: ContainerKind;
  container: Container;
}

/** All containers of a pod in the order they start. */
export const containersOf = ({ spec }: Pod): PodContainer[] => [
  ...(spec?.initContainers ?? []).map((container) => ({
    kind: container.restartPolicy === "Always" ? ("sidecar" as const) : ("init" as const),
    container,
  })),
  ...(spec?.containers ?? []).map((container) => ({ kind: "regular" as const, container })),
  ...(spec?.ephemeralContainers ?? []).map((container) => ({ kind: "ephemeral" as const, container })),
];

/** How events name a container: `spec.containers{web}`. */
export const fieldPathOf = ({ kind, container }: PodContainer): string => {
  const list = { init: "initContainers", sidecar: "initContainers", regular: "containers", ephemeral: "ephemeralContainers" }[
    kind
  ];
  return `spec.${list}{${container.name}}`;
};

/** `web_default(6f0…)`, the way the kubelet's texts name a pod (format.Pod). */
export const formatPod = ({ metadata }: Pod): string => `${metadata.name}_${metadata.namespace}(${metadata.uid})`;

export const isOver = ({ status }: Pod): boolean => status?.phase === "Succeeded" || status?.phase === "Failed";

/** Pods read from a file of the node rather than from the API carry this annotation, and so do their mirrors. */
export const isStatic = ({ metadata }: Pod): boolean =>
  ["file", "http"].includes(metadata.annotations?.["kubernetes.io/config.source"] ?? "");
