import type { ResourceQuota } from "kubernetes-types/core/v1";
import type { AdmissionPlugin, AdmissionRequest } from "../../api/admission.ts";
import type { KubeObject, Live } from "../../api/object.ts";
import type { Registry } from "../../api/registry.ts";
import { ownedFields } from "../../api/rest/owned-fields.ts";
import { compareQuantities, sumQuantities } from "../../schema/quantity.ts";
import { add, type ResourceList } from "../pod-resources.ts";
import { refusal } from "../refusal.ts";
import type { Evaluator } from "./evaluator.ts";
import { evaluatorOf, quotaMatches } from "./evaluators.ts";

type Quota = Live<ResourceQuota>;

/**
 * Refuses what would exceed a quota, and charges what does not to status.used (apiserver pkg/admission/plugin/resourcequota). The
 * charge falls together with the write, so that two writes cannot share what is left, and none is charged that fails.
 */
export const resourceQuota: AdmissionPlugin = {
  name: "ResourceQuota",
  validate: (request, registry) => void charges(request, registry),
  reserve(request, registry) {
    for (const { quota, used } of charges(request, registry)) charge(registry, quota, used);
  },
};

interface Charge {
  quota: Quota;
  used: ResourceList;
}

function charges(request: AdmissionRequest, registry: Registry): Charge[] {
  const { operation, endpoint, namespace } = request;
  if (operation === "DELETE" || !namespace || endpoint.name === "namespaces") return [];
  const quotas = registry.store.list("resourcequotas", namespace) as unknown as readonly Quota[];
  const evaluator = quotas.length > 0 ? evaluatorOf(endpoint.name) : undefined;
  if (!evaluator?.handles(request)) return [];
  return quotas.flatMap((quota) => chargeTo(quota, evaluator, request, registry.clock.now()) ?? []);
}

/** The quota's usage after the write; undefined when that is what it was. Throws when it would be too much. */
function chargeTo(quota: Quota, evaluator: Evaluator, request: AdmissionRequest, now: number): Charge | undefined {
  const object = request.object as KubeObject;
  if (!quotaMatches(quota, evaluator, object)) return undefined;
  const { hard = {}, used = {} } = quota.status ?? {};
  const { name } = quota.metadata;
  const limited = Object.keys(hard)
    .filter((one) => evaluator.counts(one))
    .sort();
  const missing = evaluator.missing?.(limited, object);
  if (missing) throw refusal(request, `failed quota: ${name}: ${missing}`);
  if (limited.some((one) => used[one] === undefined)) {
    throw refusal(request, `status unknown for quota: ${name}, resources: ${limited.join(",")}`);
  }
  const usage = evaluator.usage(object, now);
  const negative = Object.keys(usage).filter((one) => compareQuantities(usage[one] as string, "0") < 0);
  if (negative.length > 0) throw refusal(request, `quota usage is negative for resource(s): ${negative.sort().join(",")}`);
  const before = request.old && quotaMatches(quota, evaluator, request.old) ? evaluator.usage(request.old, now) : {};
  const requested = only(growth(usage, before), limited);
  if (Object.keys(requested).length === 0) return undefined;
  const after = add(used, requested);
  const exceeded = Object.keys(requested).filter((one) => compareQuantities(after[one] as string, hard[one] as string) > 0);
  if (exceeded.length > 0) {
    const shown = (list: ResourceList) =>
      exceeded
        .sort()
        .map((one) => `${one}=${list[one] ?? "0"}`)
        .join(",");
    const amounts = `requested: ${shown(requested)}, used: ${shown(used)}, limited: ${shown(hard)}`;
    throw refusal(request, `exceeded quota: ${name}, ${amounts}`);
  }
  return { quota, used: after };
}

/** What is more than before; what shrank is given back by the controller. */
const growth = (usage: ResourceList, before: ResourceList): ResourceList =>
  Object.fromEntries(
    Object.entries(usage)
      .map(
        ([name, quantity]) =>
          [name, before[name] === undefined ? quantity : sumQuantities([quantity, `-${before[name]}`])] as const,
      )
      .filter(([, quantity]) => compareQuantities(quantity, "0") > 0),
  );

const only = (list: ResourceList, names: readonly string[]): ResourceList =>
  Object.fromEntries(Object.entries(list).filter(([name]) => names.includes(name)));

/** The API server's own write. */
function charge(registry: Registry, quota: Quota, used: ResourceList): void {
  const endpoint = registry.named("resourcequotas");
  const next = { ...quota, status: { ...quota.status, used } } as unknown as KubeObject;
  const old = quota as unknown as KubeObject;
  const managedFields = [...ownedFields(registry, endpoint, "status", { fieldManager: "kube-apiserver" }, old, next)];
  registry.store.replace("resourcequotas", { ...next, metadata: { ...next.metadata, managedFields } }, old);
}
