import type { Container, Pod as PodType } from "kubernetes-types/core/v1";
import type { Live } from "../api/object.ts";
import { milliValue, wholeValue } from "../schema/quantity.ts";

export type Pod = Live<PodType>;

/** Amounts by resource name: `cpu` in thousandths of a core, all others in whole units. */
export type Amounts = Readonly<Record<string, number>>;

/** What the scheduler counts for a container that asks for nothing, so that such pods spread, too. */
const NON_ZERO: Amounts = { cpu: 100, memory: 200 * 2 ** 20 };

/** `{ cpu: "100m", memory: "1Gi" }` as amounts. */
export const amounts = (list: Readonly<Record<string, string>> | undefined): Amounts =>
  Object.fromEntries(
    Object.entries(list ?? {}).map(([name, quantity]) => [name, name === "cpu" ? milliValue(quantity) : wholeValue(quantity)]),
  );

const requested = new WeakMap<Pod, Amounts>();
const nonZero = new WeakMap<Pod, Amounts>();

/** What a pod asks of its node, init containers, sidecars and overhead counted in (component-helpers/resource PodRequests). */
export const podRequests = (pod: Pod): Amounts => remembered(requested, pod, () => sumOfPod(pod, {}));

/** The same with an assumed 100m and 200Mi for each container that doesn't ask. Scores use it. */
export const nonZeroRequests = (pod: Pod): Amounts => remembered(nonZero, pod, () => sumOfPod(pod, NON_ZERO));

/** Sums by resource. */
export function add(a: Amounts, b: Amounts): Amounts {
  const sum: Record<string, number> = { ...a };
  for (const [name, value] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + value;
  return sum;
}

export const subtract = (a: Amounts, b: Amounts): Amounts =>
  add(a, Object.fromEntries(Object.entries(b).map(([name, value]) => [name, -value])));

function sumOfPod(pod: Pod, assumed: Amounts): Amounts {
  const { containers = [], initContainers = [], overhead } = pod.spec ?? {};
  const ofContainer = (container: Container): Amounts => ({ ...assumed, ...amounts(container.resources?.requests) });
  let sidecars: Amounts = {};
  let starting: Amounts = {};
  for (const container of initContainers) {
    const own = ofContainer(container);
    if (container.restartPolicy === "Always") sidecars = add(sidecars, own);
    starting = largest(starting, container.restartPolicy === "Always" ? sidecars : add(sidecars, own));
  }
  const running = containers.map(ofContainer).reduce(add, sidecars);
  const podLevel = (pod.spec as { resources?: Container["resources"] } | undefined)?.resources?.requests;
  return add({ ...largest(running, starting), ...amounts(podLevel) }, amounts(overhead));
}

function largest(a: Amounts, b: Amounts): Amounts {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...names].map((name) => [name, Math.max(a[name] ?? 0, b[name] ?? 0)]));
}

function remembered<T>(memory: WeakMap<Pod, T>, pod: Pod, work: () => T): T {
  const known = memory.get(pod);
  if (known !== undefined) return known;
  const value = work();
  memory.set(pod, value);
  return value;
}
