import type {
  HorizontalPodAutoscalerCondition,
  HorizontalPodAutoscalerStatus,
  MetricStatus,
} from "kubernetes-types/autoscaling/v2";
import { isDeepStrictEqual } from "node:util";
import { type KubeObject, keyOf, timestamp } from "../../api/object.ts";
import type { LabelSelector } from "../../api/selectors.ts";
import type { Controller, PodReadings } from "../controller.ts";
import { objectKey, queueKey, workQueue } from "../controller.ts";
import { podLabels } from "../pod-labels.ts";
import { messageOf } from "../refusals.ts";
import { type Autoscaler, MetricError, type Proposal, proposeReplicas } from "./metric-replicas.ts";
import { limitReplicas, type ScalingPast } from "./scaling-limits.ts";

/** How often each autoscaler looks at its metrics, the first time included, ms. */
const PERIOD = 15_000;

/** What a server without the metrics API says. */
const NO_API = "the server could not find the requested resource (get pods.metrics.k8s.io)";

type Scaled = KubeObject & { spec?: { replicas?: number; selector?: LabelSelector | Record<string, string> } };

/** What one look finds; conditions are in the order in which they are first set. */
interface Look {
  currentReplicas: number;
  desiredReplicas: number;
  metrics: MetricStatus[];
  conditions: HorizontalPodAutoscalerCondition[];
  lastScaleTime?: string | undefined;
}

/** Scales what an autoscaler points at by what its pods use (pkg/controller/podautoscaler). */
export const horizontalAutoscaler: Controller = (context) => {
  const { client, clock, events } = context;
  const labels = podLabels(client);
  const pasts = new Map<string, ScalingPast>();
  const resource = "horizontalpodautoscalers.autoscaling";

  const queue = workQueue(context, async (key) => {
    const autoscaler = client.get<Autoscaler>(resource, objectKey(key));
    if (!autoscaler) return void pasts.delete(key);
    const past = pasts.get(key) ?? { recommendations: [], changes: [] };
    pasts.set(key, past);
    const look = await lookAt(autoscaler, past);
    const status: HorizontalPodAutoscalerStatus = {
      currentReplicas: look.currentReplicas,
      desiredReplicas: look.desiredReplicas,
      currentMetrics: look.metrics,
      conditions: look.conditions,
      ...(look.lastScaleTime && { lastScaleTime: look.lastScaleTime }),
    };
    const current = { ...autoscaler.status, currentMetrics: autoscaler.status?.currentMetrics ?? [] };
    if (!isDeepStrictEqual(status, current)) await client.updateStatus<Autoscaler>(resource, { ...autoscaler, status });
    queue.addAfter(key, PERIOD);
  });

  async function lookAt(autoscaler: Autoscaler, past: ScalingPast): Promise<Look> {
    const now = clock.now();
    const { status } = autoscaler;
    const look: Look = {
      currentReplicas: status?.currentReplicas ?? 0,
      desiredReplicas: status?.desiredReplicas ?? 0,
      metrics: status?.currentMetrics ?? [],
      conditions: [...(status?.conditions ?? [])],
      lastScaleTime: status?.lastScaleTime,
    };
    const set = (type: string, is: boolean, reason: string, message: string) =>
      setCondition(look, type, is, reason, message, now);
    const tell = (type: "Normal" | "Warning", reason: string, message: string) =>
      events.event({ object: autoscaler }, type, reason, message);

    const target = targetOf(autoscaler);
    if (typeof target === "string") {
      tell("Warning", "FailedGetScale", target);
      set("AbleToScale", false, "FailedGetScale", `the HPA controller was unable to get the target's current scale: ${target}`);
      return look;
    }
    set("AbleToScale", true, "SucceededGetScale", "the HPA controller was able to get the target's current scale");
    const { minReplicas = 1, maxReplicas = 0 } = autoscaler.spec ?? {};
    const current = target.object.spec?.replicas ?? 1;
    look.currentReplicas = current;
    let desired = current;
    let why = "";
    if (current === 0 && minReplicas !== 0) {
      look.desiredReplicas = 0;
      set("ScalingActive", false, "ScalingDisabled", "scaling is disabled since the replica count of the target is zero");
      return look;
    }
    if (current > maxReplicas) [desired, why] = [maxReplicas, "Current number of replicas above Spec.MaxReplicas"];
    else if (current < minReplicas) [desired, why] = [minReplicas, "Current number of replicas below Spec.MinReplicas"];
    else {
      const told = (await context.podMetrics?.(autoscaler.metadata.namespace ?? "")) ?? { problem: NO_API };
      const proposal = propose(autoscaler, target.object, current, look, told, set, tell);
      if (!proposal) return look;
      if (proposal.replicas > current) why = `${proposal.name} above target`;
      if (proposal.replicas < current) why = "All metrics below target";
      const { replicas, stabilized, reason } = limitReplicas(autoscaler, past, current, proposal.replicas, now);
      if (stabilized === "down") {
        set(
          "AbleToScale",
          true,
          "ScaleDownStabilized",
          "recent recommendations were higher than current one, applying the highest recent recommendation",
        );
      } else if (stabilized === "up") {
        set(
          "AbleToScale",
          true,
          "ScaleUpStabilized",
          "recent recommendations were lower than current one, applying the lowest recent recommendation",
        );
      } else set("AbleToScale", true, "ReadyForNewScale", "recommended size matches current size");
      set("ScalingLimited", reason !== "DesiredWithinRange", reason, LIMIT_MESSAGES[reason]);
      desired = replicas;
    }
    look.desiredReplicas = desired;
    if (desired === current) return look;
    try {
      await client.patch(target.resource, keyOf(target.object), { spec: { replicas: desired } });
    } catch (error) {
      tell("Warning", "FailedRescale", `New size: ${desired}; reason: ${why}; error: ${messageOf(error)}`);
      set(
        "AbleToScale",
        false,
        "FailedUpdateScale",
        `the HPA controller was unable to update the target scale: ${messageOf(error)}`,
      );
      look.desiredReplicas = current;
      return look;
    }
    past.changes.push({ at: now, by: desired - current });
    look.lastScaleTime = timestamp(now);
    set("AbleToScale", true, "SucceededRescale", `the HPA controller was able to update the target scale to ${desired}`);
    tell("Normal", "SuccessfulRescale", `New size: ${desired}; reason: ${why}`);
    return look;
  }

  /** The highest proposal of all metrics; undefined when they cannot be had and nothing may be concluded. */
  function propose(
    autoscaler: Autoscaler,
    target: Scaled,
    current: number,
    look: Look,
    told: PodReadings,
    set: (type: string, is: boolean, reason: string, message: string) => void,
    tell: (type: "Normal" | "Warning", reason: string, message: string) => void,
  ): Proposal | undefined {
    const pods = labels.select(target.metadata.namespace ?? "", selectorOf(target));
    const specs = autoscaler.spec?.metrics ?? [];
    const proposals: Proposal[] = [];
    const errors: MetricError[] = [];
    for (const metric of specs) {
      try {
        proposals.push(proposeReplicas(told, metric, pods, current, clock.now()));
      } catch (error) {
        if (!(error instanceof MetricError)) throw error;
        errors.push(error);
        tell("Warning", error.reason, error.message);
      }
    }
    look.metrics = proposals.map(({ status }) => status);
    const [first] = errors;
    const best = proposals.toSorted((a, b) => b.replicas - a.replicas)[0];
    // A missing metric might have asked for more: then the rest may add, but not take away.
    if (first && (!best || best.replicas < current)) {
      set("ScalingActive", false, first.reason, `the HPA was unable to compute the replica count: ${first.message}`);
      const resourceName = specs[0]?.resource?.name;
      const subject = resourceName ? `failed to get ${resourceName} resource metric value: ` : "";
      const count = `${errors.length} invalid out of ${specs.length}`;
      tell("Warning", "FailedComputeMetricsReplicas", `invalid metrics (${count}), first error is: ${subject}${first.message}`);
      return undefined;
    }
    const message = `the HPA was able to successfully calculate a replica count from ${best?.name}`;
    set("ScalingActive", true, "ValidMetricFound", message);
    return best;
  }

  /** What the autoscaler points at; a text says why it is not to be had. */
  function targetOf({ metadata: { namespace = "" }, spec }: Autoscaler): { resource: string; object: Scaled } | string {
    const { kind = "", name = "", apiVersion = "" } = spec?.scaleTargetRef ?? {};
    const group = apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
    const found = context
      .resources()
      .find((one) => one.kind === kind && (one.name.split(".").slice(1).join(".") || "") === group);
    if (!found) return `no matches for kind "${kind}" in group "${group}"`;
    const object = client.get<Scaled>(found.name, { namespace, name });
    return object ? { resource: found.name, object } : `${found.name} "${name}" not found`;
  }

  const stop = client.watch<Autoscaler>(resource, ({ object, old }) => {
    if (!old || !isDeepStrictEqual(old.spec, object.spec)) queue.addAfter(queueKey(object), PERIOD);
  });
  return () => [stop, labels.stop, queue.stop].forEach((end) => end());
};

const LIMIT_MESSAGES = {
  DesiredWithinRange: "the desired count is within the acceptable range",
  TooManyReplicas: "the desired replica count is more than the maximum replica count",
  TooFewReplicas: "the desired replica count is less than the minimum replica count",
  ScaleUpLimit: "the desired replica count is increasing faster than the maximum scale rate",
  ScaleDownLimit: "the desired replica count is decreasing faster than the maximum scale rate",
};

const selectorOf = ({ spec }: Scaled): LabelSelector | undefined => {
  const selector = spec?.selector;
  if (!selector) return undefined;
  const isPlain = Object.values(selector).every((value) => typeof value === "string");
  return isPlain ? { matchLabels: selector as Record<string, string> } : (selector as LabelSelector);
};

function setCondition(look: Look, type: string, is: boolean, reason: string, message: string, now: number): void {
  const status = is ? "True" : "False";
  const current = look.conditions.find((condition) => condition.type === type);
  const lastTransitionTime =
    current?.status === status && current.lastTransitionTime ? current.lastTransitionTime : timestamp(now);
  const next = { type, status, lastTransitionTime, reason, message };
  look.conditions = current
    ? look.conditions.map((condition) => (condition === current ? next : condition))
    : [...look.conditions, next];
}
