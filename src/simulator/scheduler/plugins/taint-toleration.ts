import { untolerated } from "../taints.ts";
import { nodeChanged, normalise } from "../plugin.ts";
import type { Plugin } from "../plugin.ts";

/** Hard taints keep pods away; PreferNoSchedule ones cost score. */
export const taintToleration: Plugin = {
  name: "TaintToleration",
  weight: 3,
  prepare(pod) {
    const tolerations = pod.spec?.tolerations;
    return {
      filter: ({ node }) =>
        untolerated(node.spec?.taints, tolerations, ["NoSchedule", "NoExecute"]).length > 0
          ? { reasons: ["node(s) had untolerated taint(s)"], unresolvable: true }
          : undefined,
      score: (nodes) =>
        normalise(
          nodes.map(({ node }) => untolerated(node.spec?.taints, tolerations, ["PreferNoSchedule"]).length),
          { reverse: true },
        ),
    };
  },
  mayHelp: (event) => nodeChanged(event, (node) => node.spec?.taints),
};
