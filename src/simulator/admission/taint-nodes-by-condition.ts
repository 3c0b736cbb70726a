import type { Node } from "kubernetes-types/core/v1";
import type { AdmissionPlugin } from "../api/admission.ts";
import type { Live } from "../api/object.ts";
import { created } from "./created.ts";

const NOT_READY = "node.kubernetes.io/not-ready";

/** A new node takes no pods until its controller has seen that it is ready (plugin/pkg/admission/nodetaint). */
export const taintNodesByCondition: AdmissionPlugin = {
  name: "TaintNodesByCondition",
  mutate(request) {
    const node = created<Live<Node>>(request, "nodes");
    if (!node) return;
    node.spec ??= {};
    const { taints = [] } = node.spec;
    if (!taints.some(({ key, effect }) => key === NOT_READY && effect === "NoSchedule")) {
      node.spec.taints = [...taints, { key: NOT_READY, effect: "NoSchedule" }];
    }
  },
};
