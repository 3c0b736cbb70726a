import type { Container, PodSpec } from "kubernetes-types/core/v1";
import { canonicalQuantity, compareQuantities, sumQuantities } from "../schema/quantity.ts";

/** Quantities by resource name. */
export type ResourceList = Readonly<Record<string, string>>;

type Part = "requests" | "limits";

/**
 * What all containers of a pod ask for or may take together: sidecars run beside the others, other init containers before them;
 * what is said of the whole pod counts instead. Overhead is not in it (component-helpers/resource PodRequests, PodLimits).
 */
export function podResources({ containers = [], initContainers = [], ...spec }: Partial<PodSpec>, part: Part): ResourceList {
  const of = ({ resources }: Container): ResourceList => canonical(resources?.[part]);
  let sidecars: ResourceList = {};
  let starting: ResourceList = {};
  for (const container of initContainers) {
    const together = add(sidecars, of(container));
    if (container.restartPolicy === "Always") sidecars = together;
    starting = largest(starting, together);
  }
  const running = containers.map(of).reduce(add, sidecars);
  const { resources: podLevel } = spec as { resources?: Container["resources"] };
  return { ...largest(running, starting), ...canonical(podLevel?.[part]) };
}

/** As the server writes quantities: `0.5` is `500m`. */
export const canonical = (list: ResourceList = {}): ResourceList =>
  Object.fromEntries(Object.entries(list).map(([name, quantity]) => [name, canonicalQuantity(quantity)]));

/** Sums by resource; names that only one list has are kept. */
export const add = (a: ResourceList, b: ResourceList): ResourceList => merged(a, b, (one, other) => sumQuantities([one, other]));

const largest = (a: ResourceList, b: ResourceList): ResourceList =>
  merged(a, b, (one, other) => (compareQuantities(one, other) < 0 ? other : one));

function merged(a: ResourceList, b: ResourceList, both: (a: string, b: string) => string): ResourceList {
  const result: Record<string, string> = { ...a };
  for (const [name, value] of Object.entries(b)) {
    const known = result[name];
    result[name] = known === undefined ? value : both(known, value);
  }
  return result;
}
