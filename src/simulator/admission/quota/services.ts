import type { Service } from "kubernetes-types/core/v1";
import type { Live } from "../../api/object.ts";
import type { Evaluator } from "./evaluator.ts";

const NAMES = ["count/services", "services", "services.nodeports", "services.loadbalancers"];

/** pkg/quota/v1/evaluator/core/services.go */
export const serviceEvaluator: Evaluator = {
  handles: ({ operation, subresource }) => operation !== "DELETE" && !subresource,
  counts: (name) => NAMES.includes(name),
  usage(object) {
    const { type, ports = [], allocateLoadBalancerNodePorts } = (object as Live<Service>).spec ?? {};
    const isBalanced = type === "LoadBalancer";
    const onNodes =
      isBalanced && allocateLoadBalancerNodePorts === false
        ? ports.filter(({ nodePort }) => nodePort).length
        : isBalanced || type === "NodePort"
          ? ports.length
          : 0;
    return {
      "count/services": "1",
      services: "1",
      "services.nodeports": String(onNodes),
      "services.loadbalancers": isBalanced ? "1" : "0",
    };
  },
};
