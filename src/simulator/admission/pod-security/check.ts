import type { Container, PodSpec } from "kubernetes-types/core/v1";

/** A pod or a pod template. */
export interface PodLike {
  annotations: Readonly<Record<string, string>>;
  spec: PodSpec;
}

/** Why a pod is against a policy: in a few words, and who does what. */
export interface Violation {
  reason: string;
  detail: string;
}

/** One rule of the Pod Security Standards. `version` is the minor release whose rules are asked for. */
export interface Check {
  id: string;
  /** Minor release that has it first. */
  since: number;
  /** Checks of the baseline that this one stands in for. */
  overrides?: string;
  violation(pod: PodLike, version: number): Violation | undefined;
}

type SecurityContext = NonNullable<Container["securityContext"]>;

/** A container of any kind; those that only live for a while come last. */
export const containersOf = ({ spec }: PodLike): Container[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
  ...((spec.ephemeralContainers ?? []) as Container[]),
];

/** Names of the containers whose security context the test finds. */
export const containersWhere = (pod: PodLike, test: (context: SecurityContext, container: Container) => unknown): string[] =>
  containersOf(pod)
    .filter((container) => test(container.securityContext ?? {}, container))
    .map(({ name }) => name);

/** `container "a"`, `containers "a", "b"`. */
export const containersText = (names: readonly string[]): string => `${plural(names, "container")} ${quoted(names)}`;

/** `pod and container "a"`: who sets something. Empty when nobody does. */
export const setters = (pod: unknown, containers: readonly string[]): string =>
  [...(pod ? ["pod"] : []), ...(containers.length > 0 ? [containersText(containers)] : [])].join(" and ");

export const plural = (things: readonly unknown[], one: string, many = `${one}s`): string => (things.length === 1 ? one : many);

export const quoted = (values: readonly string[]): string => values.map((value) => `"${value}"`).join(", ");

/** Each once, in order. */
export const distinct = (values: readonly string[]): string[] => [...new Set(values)].sort();

/** Not for Windows, where the field has no meaning; since 1.25. */
export const isForWindows = ({ spec }: PodLike, version: number): boolean => version >= 25 && spec.os?.name === "windows";
