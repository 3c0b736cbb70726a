import { nodeChanged } from "../plugin.ts";
import type { Plugin } from "../plugin.ts";

/** A pod that names its node gets no other. */
export const nodeName: Plugin = {
  name: "NodeName",
  prepare(pod) {
    const wanted = pod.spec?.nodeName;
    if (!wanted) return {};
    return {
      filter: ({ name }) =>
        name === wanted ? undefined : { reasons: ["node(s) didn't match the requested node name"], unresolvable: true },
    };
  },
  mayHelp: (event) => nodeChanged(event, () => undefined),
};
