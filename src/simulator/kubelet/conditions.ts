import type { PodCondition as CoreCondition } from "kubernetes-types/core/v1";
import { timestamp } from "../api/object.ts";
import type { ContainerStatus } from "./container-status.ts";
import type { Pod } from "./pod.ts";

export type PodCondition = CoreCondition & { observedGeneration?: number };

interface Verdict {
  type: string;
  status: "True" | "False";
  reason?: string;
  message?: string;
}

interface Facts {
  phase: string;
  hasSandbox: boolean;
  init: readonly ContainerStatus[];
  /** Names of init containers that run beside the others. */
  sidecars: ReadonlySet<string>;
  containers: readonly ContainerStatus[];
}

const OWN = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"];

/** The kubelet's conditions in upstream's order, behind those that others wrote (status/generate.go, status_manager.go). */
export function podConditions(pod: Pod, facts: Facts, now: number): PodCondition[] {
  const old: readonly CoreCondition[] = pod.status?.conditions ?? [];
  const containersReady = readiness("ContainersReady", facts);
  const verdicts: Verdict[] = [
    { type: "PodReadyToStartContainers", status: facts.hasSandbox ? "True" : "False" },
    initialized(facts),
    podReady(pod, readiness("Ready", facts), old),
    containersReady,
    { type: "PodScheduled", status: "True" },
  ];
  return [
    ...old.filter(({ type }) => !OWN.includes(type)),
    ...verdicts.map(({ type, status, reason, message }) => {
      const before = old.find((condition) => condition.type === type);
      return {
        type,
        ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
        status,
        lastProbeTime: null as never,
        lastTransitionTime: before?.status === status ? before.lastTransitionTime : (timestamp(now) as never),
        ...(reason && { reason }),
        ...(message && { message }),
      } as PodCondition;
    }),
  ];
}

const named = (statuses: readonly ContainerStatus[]): string => `[${statuses.map(({ name }) => name).join(" ")}]`;

function initialized({ phase, init, sidecars, containers }: Facts): Verdict {
  const type = "Initialized";
  if (phase === "Succeeded") return { type, status: "True", reason: "PodCompleted" };
  // A sidecar that starts again takes nothing back.
  if (containers.some(({ state, lastState }) => state?.running || state?.terminated || lastState?.terminated)) {
    return { type, status: "True" };
  }
  const incomplete = init.filter((status) => (sidecars.has(status.name) ? !status.started : !status.ready));
  if (incomplete.length === 0) return { type, status: "True" };
  const message = `containers with incomplete status: ${named(incomplete)}`;
  return { type, status: "False", reason: "ContainersNotInitialized", message };
}

function readiness(type: string, { phase, init, sidecars, containers }: Facts): Verdict {
  if (phase === "Succeeded") return { type, status: "False", reason: "PodCompleted" };
  if (phase === "Failed") return { type, status: "False", reason: "PodFailed" };
  const unready = [...init.filter(({ name }) => sidecars.has(name)), ...containers].filter(({ ready }) => !ready);
  if (unready.length === 0) return { type, status: "True" };
  return { type, status: "False", reason: "ContainersNotReady", message: `containers with unready status: ${named(unready)}` };
}

/** Ready needs the readiness gates, too. */
function podReady(pod: Pod, containers: Verdict, conditions: readonly CoreCondition[]): Verdict {
  const gates = (pod.spec?.readinessGates ?? []).flatMap(({ conditionType }) => {
    const condition = conditions.find(({ type }) => type === conditionType);
    if (!condition) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    return condition.status === "True"
      ? []
      : [`the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`];
  });
  if (containers.status === "False" || gates.length === 0) return containers;
  return { type: "Ready", status: "False", reason: "ReadinessGatesNotReady", message: gates.join(", ") };
}
