import type { Namespace, PodAffinityTerm } from "kubernetes-types/core/v1";
import { selectorMatches } from "../../api/selectors.ts";
import type { Live } from "../../api/object.ts";
import type { Node } from "../node-info.ts";
import { nodeChanged } from "../plugin.ts";
import type { ClusterEvent, Plugin, Rejection, Snapshot } from "../plugin.ts";
import type { Pod } from "../pod-requests.ts";

/** How many matching pods there are by `topologyKey=value`. */
type Domains = Map<string, number>;

const AFFINITY: Rejection = { reasons: ["node(s) didn't match pod affinity rules"], unresolvable: true };
const ANTI_AFFINITY: Rejection = { reasons: ["node(s) didn't match pod anti-affinity rules"] };
const EXISTING: Rejection = { reasons: ["node(s) didn't satisfy existing pods anti-affinity rules"] };

/** Pods that want to be near, or away from, other pods; their wishes bind later pods, too. */
export const interPodAffinity: Plugin = {
  name: "InterPodAffinity",
  weight: 2,
  prepare(pod, snapshot) {
    const near = required(pod, "podAffinity");
    const apart = required(pod, "podAntiAffinity");
    const others = snapshot.nodes.some(({ pods }) => pods.some(({ spec }) => spec?.affinity));
    if (!pod.spec?.affinity && !others) return {};

    const matches = termMatcher(snapshot);
    const nearby = new Map<string, number>();
    const crowded = new Map<string, number>();
    const refusing = new Map<string, number>();
    for (const { node, pods } of snapshot.nodes) {
      for (const other of pods) {
        if (near.length > 0 && near.every((term) => matches(term, pod, other))) countAll(nearby, near, node);
        for (const term of apart) if (matches(term, pod, other)) count(crowded, term, node, 1);
        for (const term of required(other, "podAntiAffinity")) if (matches(term, other, pod)) count(refusing, term, node, 1);
      }
    }
    // The first of a group that wants to be together has nobody to join.
    const firstOfItsKind = nearby.size === 0 && near.every((term) => matches(term, pod, pod));
    const joins = (node: Node) =>
      near.every((term) => domain(term, node) !== undefined && (firstOfItsKind || nearby.has(domain(term, node) as string)));
    const stands = (domains: Domains, node: Node) =>
      [...domains.keys()].some((place) => place === domain({ topologyKey: place.slice(0, place.indexOf("=")) }, node));

    return {
      filter({ node }) {
        if (!joins(node)) return AFFINITY;
        if (stands(crowded, node)) return ANTI_AFFINITY;
        return stands(refusing, node) ? EXISTING : undefined;
      },
      score(nodes) {
        const wishes = preferences(pod, snapshot);
        const raw = nodes.map(({ node }) =>
          [...wishes].reduce((sum, [place, weight]) => {
            const key = place.slice(0, place.indexOf("="));
            return place === domain({ topologyKey: key }, node) ? sum + weight : sum;
          }, 0),
        );
        const [lowest, highest] = [Math.min(0, ...raw), Math.max(0, ...raw)];
        return raw.map((score) => (highest > lowest ? Math.trunc((100 * (score - lowest)) / (highest - lowest)) : 0));
      },
    };
  },
  mayHelp: (event, pod) =>
    nodeChanged(event, (node) => node.metadata.labels) || (event.resource === "pods" && concerns(event, pod)),
};

/** An existing pod's required affinity counts as a wish of this weight for those that come later. */
const HARD_AFFINITY_WEIGHT = 1;

/** Weights by place: this pod's preferences, and those that pods already there have about it. */
function preferences(pod: Pod, snapshot: Snapshot): Domains {
  const matches = termMatcher(snapshot);
  const places = new Map<string, number>();
  for (const { node, pods } of snapshot.nodes) {
    for (const other of pods) {
      for (const [sign, kind] of [
        [1, "podAffinity"],
        [-1, "podAntiAffinity"],
      ] as const) {
        for (const { weight, podAffinityTerm } of preferred(pod, kind)) {
          if (matches(podAffinityTerm, pod, other)) count(places, podAffinityTerm, node, sign * weight);
        }
        for (const { weight, podAffinityTerm } of preferred(other, kind)) {
          if (matches(podAffinityTerm, other, pod)) count(places, podAffinityTerm, node, sign * weight);
        }
      }
      for (const term of required(other, "podAffinity")) {
        if (matches(term, other, pod)) count(places, term, node, HARD_AFFINITY_WEIGHT);
      }
    }
  }
  return places;
}

type Kind = "podAffinity" | "podAntiAffinity";

const required = (pod: Pod, kind: Kind): readonly PodAffinityTerm[] =>
  pod.spec?.affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? [];

const preferred = (pod: Pod, kind: Kind) => pod.spec?.affinity?.[kind]?.preferredDuringSchedulingIgnoredDuringExecution ?? [];

/** Whether a term of `owner` speaks of `other`: its namespaces, or those its namespaceSelector picks, and its labels. */
const termMatcher =
  ({ read }: Pick<Snapshot, "read">) =>
  ({ labelSelector, namespaces, namespaceSelector }: PodAffinityTerm, owner: Pod, other: Pod): boolean => {
    const { namespace = "" } = other.metadata;
    const inReach =
      namespaces?.includes(namespace) ||
      (namespaceSelector &&
        selectorMatches(namespaceSelector, read.get<Live<Namespace>>("namespaces", { name: namespace })?.metadata.labels)) ||
      (!namespaces?.length && !namespaceSelector && namespace === owner.metadata.namespace);
    return Boolean(inReach) && selectorMatches(labelSelector, other.metadata.labels);
  };

const domain = ({ topologyKey }: Pick<PodAffinityTerm, "topologyKey">, node: Node): string | undefined => {
  const value = node.metadata.labels?.[topologyKey];
  return value === undefined ? undefined : `${topologyKey}=${value}`;
};

function count(domains: Domains, term: PodAffinityTerm, node: Node, weight: number): void {
  const place = domain(term, node);
  if (place !== undefined) domains.set(place, (domains.get(place) ?? 0) + weight);
}

const countAll = (domains: Domains, terms: readonly PodAffinityTerm[], node: Node): void => {
  for (const term of terms) count(domains, term, node, 1);
};

/** A pod came, went or changed its labels. */
const concerns = ({ type, object, old }: ClusterEvent, pod: Pod): boolean =>
  object.metadata.uid !== pod.metadata.uid &&
  (type !== "MODIFIED" ||
    JSON.stringify(object.metadata.labels) !== JSON.stringify(old?.metadata.labels) ||
    (object as Pod).spec?.nodeName !== (old as Pod).spec?.nodeName);
