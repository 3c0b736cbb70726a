import type { Pod, PodAffinityTerm, ResourceRequirements } from "kubernetes-types/core/v1";
import type { KubeObject, Live } from "../../api/object.ts";
import { qosClass } from "../../resources/pod-spec/qos.ts";
import { isExtendedResource, isNativeResource } from "../../resources/resource-names.ts";
import { add, podResources, type ResourceList } from "../pod-resources.ts";
import { selects, type Evaluator } from "./evaluator.ts";

const COUNT = "count/pods";
const COMPUTE = ["cpu", "memory", "ephemeral-storage"];
const PLAIN = new Set([COUNT, "pods", ...COMPUTE, ...COMPUTE.flatMap((name) => [`requests.${name}`, `limits.${name}`])]);
/** A quota on these asks every container to say what it takes. */
const DEMANDED = new Set(["cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"]);

const podOf = (object: KubeObject) => object as Live<Pod>;

/** pkg/quota/v1/evaluator/core/pods.go */
export const podEvaluator: Evaluator = {
  handles({ operation, subresource, object, old }) {
    if (operation === "CREATE") return !subresource;
    if (operation === "DELETE" || !object || !old) return false;
    return subresource === "resize" || (!subresource && isTerminating(podOf(object)) !== isTerminating(podOf(old)));
  },
  counts: (name) =>
    PLAIN.has(name) ||
    name.startsWith("hugepages-") ||
    name.startsWith("requests.hugepages-") ||
    (name.startsWith("requests.") && !isNativeResource(name)),
  usage(object, now) {
    const { spec, status, metadata } = podOf(object);
    const isOver = status?.phase === "Succeeded" || status?.phase === "Failed";
    const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = metadata;
    // A pod that a lost node cannot end is charged no longer.
    const isLost = deletionTimestamp && now > Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1000;
    if (!spec || isOver || isLost) return { [COUNT]: "1" };
    const requests = add(podResources(spec, "requests"), spec.overhead ?? {});
    return { [COUNT]: "1", pods: "1", ...named(requests, podResources(spec, "limits")) };
  },
  inScope(scope, object) {
    const { spec } = podOf(object);
    switch (scope.scopeName) {
      case "Terminating":
        return isTerminating(podOf(object));
      case "NotTerminating":
        return !isTerminating(podOf(object));
      case "BestEffort":
        return spec !== undefined && qosClass(spec) === "BestEffort";
      case "NotBestEffort":
        return spec !== undefined && qosClass(spec) !== "BestEffort";
      case "PriorityClass":
        return selects(scope, spec?.priorityClassName || undefined);
      case "CrossNamespacePodAffinity":
        return affinityTerms(podOf(object)).some(({ namespaces, namespaceSelector }) => namespaces?.length || namespaceSelector);
      default:
        return false;
    }
  },
  missing(names, object) {
    const { spec } = podOf(object);
    const demanded = names.filter((name) => DEMANDED.has(name)).sort();
    if (!spec || (spec as { resources?: ResourceRequirements }).resources) return undefined;
    const containers = [...spec.containers, ...(spec.initContainers ?? [])].map(({ name, resources = {} }) => ({
      name,
      said: named(resources.requests ?? {}, resources.limits ?? {}),
    }));
    const lacking = demanded.flatMap((name) => {
      const silent = containers.filter(({ said }) => said[name] === undefined).map((container) => container.name);
      return silent.length > 0 ? [`${name} for: ${silent.sort().join(",")}`] : [];
    });
    return lacking.length > 0 ? `must specify ${lacking.join("; ")}` : undefined;
  },
};

const isTerminating = ({ spec }: Live<Pod>) => (spec?.activeDeadlineSeconds ?? -1) >= 0;

/** Requests and limits under the names that quotas know them by. */
function named(requests: ResourceList, limits: ResourceList): ResourceList {
  const result: Record<string, string> = {};
  for (const [name, quantity] of Object.entries(requests)) {
    const isHugePages = name.startsWith("hugepages-");
    if (COMPUTE.includes(name) || isHugePages) result[name] = quantity;
    if (COMPUTE.includes(name) || isHugePages || isExtendedResource(name)) result[`requests.${name}`] = quantity;
  }
  for (const name of COMPUTE) {
    const limit = limits[name];
    if (limit !== undefined) result[`limits.${name}`] = limit;
  }
  return result;
}

function affinityTerms({ spec }: Live<Pod>): PodAffinityTerm[] {
  const { podAffinity, podAntiAffinity } = spec?.affinity ?? {};
  return [podAffinity, podAntiAffinity].flatMap((affinity) => [
    ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
  ]);
}
