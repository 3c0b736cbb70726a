import type { PersistentVolumeClaim, Pod as PodType, ResourceQuotaSpec, Service } from "kubernetes-types/core/v1";
import type { KubeObject, Live } from "../../api/object.ts";
import { compareQuantities, sumQuantities } from "../../resources/quantity.ts";
import { isFinished } from "../pod-state.ts";

/** Amounts by quota name: `pods`, `requests.cpu`, `count/deployments.apps`. */
export type Usage = Record<string, string>;

const PLAIN = new Set([
  "configmaps",
  "persistentvolumeclaims",
  "pods",
  "replicationcontrollers",
  "resourcequotas",
  "secrets",
  "services",
]);

const OF_CLASS = ".storageclass.storage.k8s.io/";

/** The resource a quota name counts or sums: `requests.cpu` is about `pods`, `count/jobs.batch` about `jobs.batch`. */
export function resourceOfQuota(name: string): string {
  if (name.startsWith("count/")) return name.slice("count/".length);
  if (name.startsWith("services.")) return "services";
  if (name === "requests.storage" || name.includes(OF_CLASS)) return "persistentvolumeclaims";
  return PLAIN.has(name) ? name : "pods";
}

/** What one object takes of every quota there may be (pkg/quota/v1/evaluator). */
export function usageOf(resource: string, object: KubeObject): Usage {
  const counted = { [`count/${resource}`]: "1" };
  switch (resource) {
    case "pods":
      return { ...counted, ...podUsage(object as Live<PodType>) };
    case "services":
      return { ...counted, ...serviceUsage(object as Live<Service>) };
    case "persistentvolumeclaims":
      return { ...counted, ...claimUsage(object as Live<PersistentVolumeClaim>) };
    default:
      return PLAIN.has(resource) ? { ...counted, [resource]: "1" } : counted;
  }
}

/** A pod that is over takes a place in the store and nothing else. */
function podUsage(pod: Live<PodType>): Usage {
  if (isFinished(pod)) return {};
  const usage: Usage = { pods: "1" };
  for (const [name, amount] of Object.entries(podAmounts(pod, "requests"))) {
    usage[`requests.${name}`] = amount;
    if (["cpu", "memory", "ephemeral-storage"].includes(name)) usage[name] = amount;
  }
  for (const [name, amount] of Object.entries(podAmounts(pod, "limits"))) usage[`limits.${name}`] = amount;
  return usage;
}

/** Containers and sidecars run together; an init container runs beside the sidecars before it. The larger of both counts. */
function podAmounts({ spec }: Live<PodType>, side: "requests" | "limits"): Usage {
  const of = (container: { resources?: { requests?: Usage; limits?: Usage } }) => container.resources?.[side] ?? {};
  const sidecars: Usage[] = [];
  let peak: Usage = {};
  for (const container of spec?.initContainers ?? []) {
    if (container.restartPolicy === "Always") sidecars.push(of(container));
    peak = larger(peak, total([...sidecars, ...(container.restartPolicy === "Always" ? [] : [of(container)])]));
  }
  const amounts = larger(total([...sidecars, ...(spec?.containers ?? []).map(of)]), peak);
  return spec?.overhead ? total([amounts, spec.overhead]) : amounts;
}

export function total(usages: readonly Usage[]): Usage {
  const names = new Set(usages.flatMap((usage) => Object.keys(usage)));
  return Object.fromEntries([...names].map((name) => [name, sumQuantities(usages.flatMap((usage) => usage[name] ?? []))]));
}

const larger = (a: Usage, b: Usage): Usage => {
  const result = { ...a };
  for (const [name, amount] of Object.entries(b)) if (compareQuantities(amount, result[name] ?? "0") > 0) result[name] = amount;
  return result;
};

function serviceUsage({ spec }: Live<Service>): Usage {
  const ports = spec?.type === "LoadBalancer" && spec.allocateLoadBalancerNodePorts === false ? [] : (spec?.ports ?? []);
  switch (spec?.type) {
    case "NodePort":
      return { services: "1", "services.nodeports": String(ports.length) };
    case "LoadBalancer":
      return { services: "1", "services.nodeports": String(ports.length), "services.loadbalancers": "1" };
    default:
      return { services: "1" };
  }
}

function claimUsage({ spec }: Live<PersistentVolumeClaim>): Usage {
  const storage = spec?.resources?.requests?.["storage"] ?? "0";
  const own = { persistentvolumeclaims: "1", "requests.storage": storage };
  const { storageClassName } = spec ?? {};
  if (!storageClassName) return own;
  const ofClass = Object.entries(own).map(([name, amount]) => [`${storageClassName}${OF_CLASS}${name}`, amount]);
  return { ...own, ...Object.fromEntries(ofClass) };
}

/** True when the quota's scopes take the object in; they part pods only. */
export function isInScope({ scopes = [], scopeSelector }: ResourceQuotaSpec, resource: string, object: KubeObject): boolean {
  const expressions = [
    ...scopes.map((scopeName) => ({ scopeName, operator: "Exists", values: [] as string[] })),
    ...(scopeSelector?.matchExpressions ?? []),
  ];
  if (expressions.length === 0) return true;
  if (resource !== "pods") return false;
  return expressions.every((expression) => podInScope(object as Live<PodType>, expression));
}

function podInScope(
  { spec, status }: Live<PodType>,
  { scopeName, operator, values = [] }: { scopeName: string; operator: string; values?: string[] },
): boolean {
  const isBestEffort = status?.qosClass
    ? status.qosClass === "BestEffort"
    : !spec?.containers.some(({ resources }) => resources?.requests ?? resources?.limits);
  switch (scopeName) {
    case "Terminating":
      return spec?.activeDeadlineSeconds !== undefined;
    case "NotTerminating":
      return spec?.activeDeadlineSeconds === undefined;
    case "BestEffort":
      return isBestEffort;
    case "NotBestEffort":
      return !isBestEffort;
    case "PriorityClass": {
      const name = spec?.priorityClassName ?? "";
      if (operator === "Exists") return name !== "";
      if (operator === "DoesNotExist") return name === "";
      return values.includes(name) === (operator === "In");
    }
    default:
      return false;
  }
}

/** What a namespace uses of a quota: an amount for each name in `spec.hard`. */
export function usedOf(spec: ResourceQuotaSpec, list: (resource: string) => readonly KubeObject[]): Usage {
  const names = Object.keys(spec.hard ?? {});
  const resources = new Set(names.map(resourceOfQuota));
  const used = total(
    [...resources].flatMap((resource) =>
      list(resource)
        .filter((object) => isInScope(spec, resource, object))
        .map((object) => usageOf(resource, object)),
    ),
  );
  return Object.fromEntries(names.map((name) => [name, used[name] ?? "0"]));
}
