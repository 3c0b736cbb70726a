import type { HorizontalPodAutoscaler as AutoscalerType, MetricSpec, MetricStatus } from "kubernetes-types/autoscaling/v2";
import type { Live, ObjectKey } from "../../api/object.ts";
import { keyOf } from "../../api/object.ts";
import { milliValue } from "../../schema/quantity.ts";
import type { PodMetrics, PodReadings } from "../controller.ts";
import { type Pod, podCondition } from "../pod-state.ts";

export type Autoscaler = Live<AutoscalerType>;

/** Within a tenth of the target nothing moves. */
const TOLERANCE = 0.1;

/** A young pod's CPU says little: it starts up. A pod not ready from its start on says nothing; ms. */
const CPU_INITIALIZATION = 300_000;
const INITIAL_READINESS = 30_000;

/** How many replicas one metric asks for, and what it was. Values are thousandths: millicores, or bytes times thousand. */
export interface Proposal {
  replicas: number;
  /** For messages: `cpu resource utilization (percentage of request)`. */
  name: string;
  status: MetricStatus;
}

/** A metric that could not be had; `reason` is the condition's and the event's. */
export class MetricError extends Error {
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Works one metric out (pkg/controller/podautoscaler/replica_calculator.go). Throws a MetricError. */
export function proposeReplicas(
  told: PodReadings,
  metric: MetricSpec,
  pods: readonly Pod[],
  current: number,
  at: number,
): Proposal {
  const source = metric.type === "ContainerResource" ? metric.containerResource : metric.resource;
  if (!source || (metric.type !== "Resource" && metric.type !== "ContainerResource")) throw foreign(metric);
  const { name: resource, target } = source;
  const container = metric.containerResource?.container;
  const reason = metric.type === "Resource" ? "FailedGetResourceMetric" : "FailedGetContainerResourceMetric";
  const wantsShare = target.averageUtilization !== undefined;
  const subject = wantsShare ? `failed to get ${resource} utilization` : `failed to get ${resource} usage`;
  const fail = (cause: string) => new MetricError(reason, `${subject}: ${cause}`);
  const unable = `unable to get metrics for resource ${resource}`;
  if ("problem" in told) throw fail(`${unable}: unable to fetch metrics from resource metrics API: ${told.problem}`);
  if (!pods.some((pod) => told.of(keyOf(pod)))) throw fail(`${unable}: no metrics returned from resource metrics API`);
  const readings = read(told.of, pods, resource, container, at);
  if (readings.usage.size === 0) throw fail("did not receive metrics for targeted pods (pods might be unready)");
  const requests = new Map(pods.map((pod) => [pod.metadata.name, wantsShare ? requested(pod, resource, container, fail) : 0]));
  const goal = (pod: string) =>
    wantsShare ? ((requests.get(pod) ?? 0) * (target.averageUtilization ?? 0)) / 100 : milliValue(target.averageValue ?? "0");
  const replicas = replicasFor(readings, goal, (pod) => requests.get(pod) ?? goal(pod), wantsShare, current);
  const used = sum([...readings.usage.values()]);
  const average = Math.floor(used / readings.usage.size);
  const share = Math.floor((used * 100) / (sum([...readings.usage.keys()].map((pod) => requests.get(pod) ?? 0)) || 1));
  const now = {
    averageValue: resource === "cpu" ? `${average}m` : String(Math.floor(average / 1000)),
    ...(wantsShare && { averageUtilization: share }),
  };
  const status: MetricStatus =
    metric.type === "Resource"
      ? { type: metric.type, resource: { name: resource, current: now } }
      : { type: metric.type, containerResource: { name: resource, container: container ?? "", current: now } };
  return {
    replicas,
    name: wantsShare ? `${resource} resource utilization (percentage of request)` : `${resource} resource`,
    status,
  };
}

/** Custom and external metrics need an adapter that is not there. */
function foreign({ type, pods, object, external }: MetricSpec): MetricError {
  const name = (pods ?? object ?? external)?.metric.name ?? "";
  const api = type === "External" ? "external" : "custom";
  const cause = `unable to fetch metrics from ${api} metrics API: the server could not find the requested resource`;
  return new MetricError(`FailedGet${type}Metric`, `unable to get metric ${name}: ${cause}`);
}

interface Readings {
  /** Use by pod, of pods whose use counts. */
  usage: Map<string, number>;
  unready: string[];
  missing: string[];
}

function read(
  readingOf: (pod: ObjectKey) => PodMetrics | undefined,
  pods: readonly Pod[],
  resource: string,
  container: string | undefined,
  now: number,
): Readings {
  const readings: Readings = { usage: new Map(), unready: [], missing: [] };
  for (const pod of pods) {
    const { name, deletionTimestamp } = pod.metadata;
    if (deletionTimestamp || pod.status?.phase === "Failed") continue;
    const metrics = readingOf(keyOf(pod));
    if (pod.status?.phase === "Pending") readings.unready.push(name);
    else if (!metrics) readings.missing.push(name);
    else if (resource === "cpu" && isStartingUp(pod, metrics, now)) readings.unready.push(name);
    else {
      const own = metrics.containers.filter((one) => container === undefined || one.name === container);
      readings.usage.set(name, sum(own.map((one) => (resource === "cpu" ? one.cpuMillicores : one.memoryBytes * 1000))));
    }
  }
  return readings;
}

function isStartingUp(pod: Pod, { at }: PodMetrics, now: number): boolean {
  const ready = podCondition(pod, "Ready");
  const { startTime } = pod.status ?? {};
  if (!ready?.lastTransitionTime || !startTime) return true;
  const [started, changed] = [Date.parse(startTime), Date.parse(ready.lastTransitionTime)];
  if (started + CPU_INITIALIZATION > now) return ready.status === "False" || at < changed;
  return ready.status === "False" && started + INITIAL_READINESS > changed;
}

function requested(
  { metadata, spec }: Pod,
  resource: string,
  container: string | undefined,
  fail: (cause: string) => Error,
): number {
  const sidecars = spec?.initContainers?.filter(({ restartPolicy }) => restartPolicy === "Always") ?? [];
  const own = [...(spec?.containers ?? []), ...sidecars].filter(({ name }) => container === undefined || name === container);
  return sum(
    own.map(({ name, resources }) => {
      const amount = resources?.requests?.[resource];
      if (amount === undefined) throw fail(`missing request for ${resource} in container ${name} of Pod ${metadata.name}`);
      return milliValue(amount);
    }),
  );
}

/** Pods without a reading count for what argues against moving: as idle on the way up, as busy on the way down. */
function replicasFor(
  { usage, unready, missing }: Readings,
  goal: (pod: string) => number,
  request: (pod: string) => number,
  wantsShare: boolean,
  current: number,
): number {
  const ratioOf = (uses: ReadonlyMap<string, number>) => {
    const pods = [...uses.keys()];
    return sum([...uses.values()]) / (sum(pods.map(goal)) || 1);
  };
  const ratio = ratioOf(usage);
  const countUnready = unready.length > 0 && ratio > 1;
  if (!countUnready && missing.length === 0) {
    return Math.abs(1 - ratio) <= TOLERANCE ? current : Math.ceil(ratio * usage.size);
  }
  const guessed = new Map(usage);
  for (const pod of missing) guessed.set(pod, ratio < 1 ? (wantsShare ? Math.max(request(pod), goal(pod)) : goal(pod)) : 0);
  if (countUnready) for (const pod of unready) guessed.set(pod, 0);
  const careful = ratioOf(guessed);
  if (Math.abs(1 - careful) <= TOLERANCE || ratio < 1 !== careful < 1) return current;
  const replicas = Math.ceil(careful * guessed.size);
  return (careful < 1 && replicas > current) || (careful > 1 && replicas < current) ? current : replicas;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
