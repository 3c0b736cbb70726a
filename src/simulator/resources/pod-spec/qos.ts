import type { PodSpec } from "kubernetes-types/core/v1";
import { compareQuantities, sumQuantities } from "../../schema/quantity.ts";

/** status.qosClass (pkg/apis/core/v1/helper/qos ComputePodQOS): only cpu and memory count. */
export function qosClass({ containers, initContainers = [] }: PodSpec): "Guaranteed" | "Burstable" | "BestEffort" {
  const all = [...(containers ?? []), ...initContainers].map(({ resources = {} }) => resources);
  const total = (part: "limits" | "requests", name: string) => sumQuantities(all.map((one) => one[part]?.[name] ?? "0"));
  const given = (list: Record<string, string> | undefined) =>
    COMPUTE.filter((name) => compareQuantities(list?.[name] ?? "0", "0") > 0);
  if (all.every(({ limits, requests }) => given(limits).length + given(requests).length === 0)) return "BestEffort";
  const limited = all.every(({ limits }) => given(limits).length === COMPUTE.length);
  const equal = COMPUTE.every((name) => {
    const requests = total("requests", name);
    return requests === "0" || compareQuantities(requests, total("limits", name)) === 0;
  });
  return limited && equal ? "Guaranteed" : "Burstable";
}

const COMPUTE = ["cpu", "memory"];
