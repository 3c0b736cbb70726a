import { tolerates } from "../taints.ts";
import { nodeChanged } from "../plugin.ts";
import type { Plugin } from "../plugin.ts";

const CORDON = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };

/** Keeps pods off cordoned nodes. */
export const nodeUnschedulable: Plugin = {
  name: "NodeUnschedulable",
  prepare(pod) {
    if (pod.spec?.tolerations?.some((toleration) => tolerates(toleration, CORDON))) return {};
    return {
      filter: ({ node }) =>
        node.spec?.unschedulable ? { reasons: ["node(s) were unschedulable"], unresolvable: true } : undefined,
    };
  },
  mayHelp: (event) => nodeChanged(event, (node) => [node.spec?.unschedulable, node.spec?.taints]),
};
