import type { Live } from "../object.ts";

export const API_SERVICES = "apiservices.apiregistration.k8s.io";

interface Condition {
  type: string;
  status: "True" | "False";
  lastTransitionTime: string;
  reason: string;
  message: string;
}

/** Which server answers for a group and version: this one, or a Service's. */
export type APIService = Live<{
  spec: {
    group?: string;
    version: string;
    service?: { namespace: string; name: string; port?: number };
    caBundle?: string;
    insecureSkipTLSVerify?: boolean;
    groupPriorityMinimum: number;
    versionPriority: number;
  };
  status?: { conditions?: Condition[] };
}>;

export const isAvailable = ({ status }: APIService): boolean =>
  status?.conditions?.some(({ type, status: is }) => type === "Available" && is === "True") ?? false;

/** Conditions with what was found now; undefined when they say so already. */
export function availableConditions(
  { status }: APIService,
  found: Pick<Condition, "reason" | "message"> & { available: boolean },
  now: string,
): Condition[] | undefined {
  const { available, reason, message } = found;
  const before = status?.conditions?.find(({ type }) => type === "Available");
  const is = available ? "True" : "False";
  if (before?.status === is && before.reason === reason && before.message === message) return undefined;
  const lastTransitionTime = before?.status === is ? before.lastTransitionTime : now;
  return [{ type: "Available", status: is, lastTransitionTime, reason, message }];
}

/** Group and version priorities of the built-in APIs (pkg/controlplane/apiserver/aggregator.go); others are last. */
const PRIORITIES: Readonly<Record<string, readonly [group: number, version: number]>> = {
  "v1.": [18_000, 1],
  "v1.apps": [17_800, 15],
  "v1.events.k8s.io": [17_750, 15],
  "v1.authentication.k8s.io": [17_700, 15],
  "v1.authorization.k8s.io": [17_600, 15],
  "v1.autoscaling": [17_500, 15],
  "v2.autoscaling": [17_500, 30],
  "v1.batch": [17_400, 15],
  "v1.certificates.k8s.io": [17_300, 15],
  "v1.networking.k8s.io": [17_200, 15],
  "v1.policy": [17_100, 15],
  "v1.rbac.authorization.k8s.io": [17_000, 15],
  "v1.storage.k8s.io": [16_800, 15],
  "v1.apiextensions.k8s.io": [16_700, 15],
  "v1.admissionregistration.k8s.io": [16_700, 15],
  "v1.scheduling.k8s.io": [16_600, 15],
  "v1.coordination.k8s.io": [16_500, 15],
  "v1.node.k8s.io": [16_300, 15],
  "v1.discovery.k8s.io": [16_200, 15],
  "v1.flowcontrol.apiserver.k8s.io": [16_100, 21],
  "v1.resource.k8s.io": [15_900, 15],
};

/** The object for a group and version that this server answers for itself. */
export function localService(group: string, version: string, now: string) {
  const name = `${version}.${group}`;
  const [groupPriorityMinimum, versionPriority] = PRIORITIES[name] ?? [1_000, 100];
  const message = "Local APIServices are always available";
  return {
    metadata: { name, labels: { "kube-aggregator.kubernetes.io/automanaged": "onstart" } },
    spec: { ...(group && { group }), version, groupPriorityMinimum, versionPriority },
    status: { conditions: [{ type: "Available", status: "True" as const, lastTransitionTime: now, reason: "Local", message }] },
  };
}
