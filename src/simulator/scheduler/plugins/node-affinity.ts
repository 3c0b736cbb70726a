import type { NodeSelectorTerm } from "kubernetes-types/core/v1";
import { fitsNodeAffinity, termMatches } from "../node-affinity.ts";
import { nodeChanged, normalise } from "../plugin.ts";
import type { Plugin } from "../plugin.ts";
import type { Pod } from "../pod-requests.ts";

/** nodeSelector and node affinity: required terms filter, preferred ones score. */
export const nodeAffinity: Plugin = {
  name: "NodeAffinity",
  weight: 2,
  prepare(pod) {
    const { nodeSelector, affinity } = pod.spec ?? {};
    const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    const preferred = affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    const only = required && namedNodes(required.nodeSelectorTerms);
    return {
      ...(only && { only }),
      ...((nodeSelector || required) && {
        filter: ({ node }) =>
          fitsNodeAffinity(pod, node)
            ? undefined
            : { reasons: ["node(s) didn't match Pod's node affinity/selector"], unresolvable: true },
      }),
      ...(preferred.length > 0 && {
        score: (nodes) =>
          normalise(
            nodes.map(({ node }) =>
              preferred.reduce((sum, { weight, preference }) => sum + (termMatches(preference, node) ? weight : 0), 0),
            ),
          ),
      }),
    };
  },
  mayHelp: (event, pod) =>
    nodeChanged(event, (node) => node.metadata.labels) && fitsNodeAffinity(pod as Pod, event.object as never),
};

/** The nodes that terms by name alone allow, as a DaemonSet's pods have them; undefined when one term doesn't name any. */
function namedNodes(terms: readonly NodeSelectorTerm[]): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  for (const { matchFields = [] } of terms) {
    const named = matchFields.filter(({ key, operator }) => key === "metadata.name" && operator === "In");
    if (named.length === 0) return undefined;
    for (const { values = [] } of named) for (const value of values) names.add(value);
  }
  return names;
}
