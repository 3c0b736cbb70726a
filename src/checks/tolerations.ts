import type { DaemonSet } from "kubernetes-types/apps/v1";
import type { Node, Taint, Toleration } from "kubernetes-types/core/v1";

/** Whether one of them lets a Pod stay where the taint is. upstream: k8s.io/component-helpers/scheduling/corev1, ToleratesTaint */
export function tolerates(tolerations: readonly Toleration[], { key, value = "", effect }: Taint): boolean {
  return tolerations.some((one) => {
    if (one.effect && one.effect !== effect) return false;
    if (one.key && one.key !== key) return false;
    if (!one.key && one.operator !== "Exists") return false;
    return one.operator === "Exists" || (one.value ?? "") === value;
  });
}

/** The first taint that keeps a DaemonSet's Pods off a node; undefined where they may run. */
export function taintAgainst({ spec: node }: Node, { spec }: DaemonSet): Taint | undefined {
  const pod = spec?.template.spec;
  const all = [...(pod?.tolerations ?? []), ...ownTolerations(pod?.hostNetwork === true)];
  return node?.taints?.find((taint) => taint.effect !== "PreferNoSchedule" && !tolerates(all, taint));
}

/** What the DaemonSet controller adds. upstream: pkg/controller/daemon/util/daemonset_util.go, AddOrUpdateDaemonPodTolerations */
function ownTolerations(hostNetwork: boolean): Toleration[] {
  const exists = (name: string, effect: string): Toleration => ({
    key: `node.kubernetes.io/${name}`,
    operator: "Exists",
    effect,
  });
  return [
    ...["not-ready", "unreachable"].map((name) => exists(name, "NoExecute")),
    ...["disk-pressure", "memory-pressure", "pid-pressure", "unschedulable"].map((name) => exists(name, "NoSchedule")),
    ...(hostNetwork ? [exists("network-unavailable", "NoSchedule")] : []),
  ];
}
