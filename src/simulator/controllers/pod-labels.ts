import type { Client } from "../api/client.ts";
import { labelsMatch, type LabelSelector, requirementsOf } from "../api/selectors.ts";
import { objectIndex } from "./object-index.ts";
import type { Pod } from "./pod-state.ts";

/** Pods by label: a look-up walks those that have the rarest of the wanted labels, not all of the namespace. */
export interface PodLabels {
  select: (namespace: string, selector: LabelSelector | undefined) => Pod[];
  stop: () => void;
}

export function podLabels(client: Client): PodLabels {
  const index = objectIndex<Pod>(client, "pods", ({ metadata: { namespace = "", labels = {} } }) => [
    namespace,
    ...Object.entries(labels).map(([key, value]) => place(namespace, key, value)),
  ]);
  return {
    select(namespace, selector) {
      if (!selector) return [];
      const requirements = requirementsOf(selector);
      const exact = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => place(namespace, key, value));
      const rarest = exact.reduce((best, one) => (index.count(one) < index.count(best) ? one : best), exact[0] ?? namespace);
      return index.get(rarest).filter((pod) => labelsMatch(requirements, pod.metadata.labels));
    },
    stop: index.stop,
  };
}

const place = (namespace: string, key: string, value: string) => `${namespace}|${key}=${value}`;
