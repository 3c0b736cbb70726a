import type { Container, LimitRange, LimitRangeItem, PersistentVolumeClaim, Pod } from "kubernetes-types/core/v1";
import type { AdmissionPlugin, AdmissionRequest } from "../api/admission.ts";
import type { Live } from "../api/object.ts";
import { compareQuantities, milliValue } from "../schema/quantity.ts";
import type { Store } from "../store/store.ts";
import { created } from "./created.ts";
import { canonical, podResources, type ResourceList } from "./pod-resources.ts";
import { refusal } from "./refusal.ts";

const ANNOTATION = "kubernetes.io/limit-ranger";

/** Fills in what containers left out and holds pods and claims to the namespace's limits (plugin/pkg/admission/limitranger). */
export const limitRanger: AdmissionPlugin = {
  name: "LimitRanger",
  mutate(request, { store }) {
    const pod = created<Live<Pod>>(request, "pods");
    if (pod) for (const { spec } of limitRanges(request, store)) fillIn(pod, spec?.limits ?? []);
  },
  validate(request, { store }) {
    const usages = usagesOf(request);
    if (usages.length === 0) return;
    for (const { spec } of limitRanges(request, store)) {
      const errors = (spec?.limits ?? []).flatMap((limit) =>
        usages.filter(({ type }) => type === limit.type).flatMap((usage) => problems(limit, usage)),
      );
      if (errors.length > 0) throw refusal(request, ...errors);
    }
  },
};

const limitRanges = ({ namespace }: AdmissionRequest, store: Store) =>
  store.list("limitranges", namespace) as unknown as readonly Live<LimitRange>[];

function fillIn(pod: Live<Pod>, limits: readonly LimitRangeItem[]): void {
  const ofContainers = limits.filter(({ type }) => type === "Container");
  const defaults = {
    request: Object.assign({}, ...ofContainers.map(({ defaultRequest }) => defaultRequest)) as ResourceList,
    limit: Object.assign({}, ...ofContainers.map((limit) => limit.default)) as ResourceList,
  };
  const { containers = [], initContainers = [] } = pod.spec ?? {};
  const done = [
    ...containers.flatMap((container) => fillContainer(container, defaults, "container")),
    ...initContainers.flatMap((container) => fillContainer(container, defaults, "init container")),
  ];
  if (done.length > 0) {
    pod.metadata.annotations = { ...pod.metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${done.join("; ")}` };
  }
}

/** Says what it set: `cpu, memory request for container a`. */
function fillContainer(container: Container, defaults: Record<"request" | "limit", ResourceList>, kind: string): string[] {
  return (["request", "limit"] as const).flatMap((part) => {
    const given = container.resources?.[`${part}s`] ?? {};
    const missing = Object.keys(defaults[part]).filter((name) => given[name] === undefined);
    if (missing.length === 0) return [];
    container.resources = { ...container.resources, [`${part}s`]: { ...defaults[part], ...given } };
    return [`${missing.sort().join(", ")} ${part} for ${kind} ${container.name}`];
  });
}

/** What a limit of the type looks at. A claim's limits are none of its writer's. */
interface Usage {
  type: string;
  requests: ResourceList;
  limits?: ResourceList;
}

function usagesOf(request: AdmissionRequest): Usage[] {
  const { operation, endpoint, subresource, old } = request;
  const isPod = endpoint.name === "pods";
  const isResize = isPod && subresource === "resize";
  if (operation === "DELETE" || old?.metadata.deletionTimestamp || (subresource && !isResize)) return [];
  if (endpoint.name === "persistentvolumeclaims") {
    const { spec } = request.object as Live<PersistentVolumeClaim>;
    return [{ type: "PersistentVolumeClaim", requests: canonical(spec?.resources?.requests) }];
  }
  const { spec } = (isPod && (operation === "CREATE" || isResize) ? request.object : {}) as Live<Pod>;
  if (!spec) return [];
  return [
    ...[...spec.containers, ...(spec.initContainers ?? [])].map(({ resources }) => ({
      type: "Container",
      requests: canonical(resources?.requests),
      limits: canonical(resources?.limits),
    })),
    { type: "Pod", requests: podResources(spec, "requests"), limits: podResources(spec, "limits") },
  ];
}

function problems({ type, min = {}, max = {}, maxLimitRequestRatio = {} }: LimitRangeItem, usage: Usage): string[] {
  const each = (list: ResourceList, check: (name: string, bound: string) => string | undefined) =>
    Object.keys(list)
      .sort()
      .flatMap((name) => check(name, list[name] as string) ?? []);
  return [
    ...each(min, (name, bound) => below(`minimum ${name} usage per ${type} is ${bound}`, name, bound, usage)),
    ...each(max, (name, bound) => above(`maximum ${name} usage per ${type} is ${bound}`, name, bound, usage)),
    ...each(maxLimitRequestRatio, (name, bound) =>
      apart(`${name} max limit to request ratio per ${type} is ${bound}`, name, bound, usage),
    ),
  ];
}

function below(rule: string, name: string, bound: string, { requests, limits = {} }: Usage): string | undefined {
  const [request, limit] = [requests[name], limits[name]];
  if (request === undefined) return `${rule}.  No request is specified`;
  if (compareQuantities(request, bound) < 0) return `${rule}, but request is ${request}`;
  return limit !== undefined && compareQuantities(limit, bound) < 0 ? `${rule}, but limit is ${limit}` : undefined;
}

function above(rule: string, name: string, bound: string, { requests, limits }: Usage): string | undefined {
  const [request, limit] = [requests[name], limits?.[name]];
  if (limits && limit === undefined) return `${rule}.  No limit is specified`;
  if (limit !== undefined && compareQuantities(limit, bound) > 0) return `${rule}, but limit is ${limit}`;
  if (!limits && request === undefined) return `${rule}.  No request is specified`;
  return request !== undefined && compareQuantities(request, bound) > 0 ? `${rule}, but request is ${request}` : undefined;
}

function apart(rule: string, name: string, bound: string, { requests, limits = {} }: Usage): string | undefined {
  const [request, limit] = [milliValue(requests[name] ?? "0"), milliValue(limits[name] ?? "0")];
  if (request === 0) return `${rule}, but no request is specified or request is 0`;
  if (limit === 0) return `${rule}, but no limit is specified or limit is 0`;
  const ratio = limit / request;
  return ratio * 1000 > milliValue(bound) ? `${rule}, but provided ratio is ${ratio.toFixed(6)}` : undefined;
}
