import type { Endpoint, EndpointPort } from "kubernetes-types/discovery/v1";
import { isDeepStrictEqual } from "node:util";
import type { EndpointSlice } from "./slices.ts";

/** Endpoints in one slice at most. */
const CAPACITY = 100;

export interface SliceContent {
  ports: EndpointPort[];
  endpoints: Endpoint[];
}

export interface Plan {
  create: SliceContent[];
  update: { slice: EndpointSlice; content: SliceContent }[];
  remove: EndpointSlice[];
}

/**
 * Spreads endpoints over slices so that as few slices as possible change (k8s.io/endpointslice reconciler): what is
 * still wanted stays where it is, the rest goes where something changes anyway, then where it just fits, then into new slices. A
 * Service without endpoints keeps one empty slice.
 */
export function pack(
  existing: readonly EndpointSlice[],
  groups: readonly SliceContent[],
  hasLabels: (slice: EndpointSlice) => boolean,
): Plan {
  const plan: Plan = { create: [], update: [], remove: [] };
  for (const group of groups) {
    const own = existing.filter((slice) => portsKey(slice) === portsKey(group) && (slice.endpoints ?? []).length > 0);
    packGroup(plan, own, group, hasLabels);
  }
  const settled = new Set([...plan.update.map(({ slice }) => slice), ...plan.remove]);
  const known = new Set(groups.map(portsKey));
  plan.remove.push(
    ...existing.filter((slice) => !settled.has(slice) && ((slice.endpoints ?? []).length === 0 || !known.has(portsKey(slice)))),
  );
  keepOne(plan, existing, hasLabels);
  return reuse(plan);
}

function packGroup(
  plan: Plan,
  slices: readonly EndpointSlice[],
  { ports, endpoints }: SliceContent,
  hasLabels: (slice: EndpointSlice) => boolean,
) {
  const left = new Map(endpoints.map((endpoint) => [identity(endpoint), endpoint]));
  const changed: { slice: EndpointSlice; endpoints: Endpoint[] }[] = [];
  const unchanged: typeof changed = [];
  for (const slice of slices) {
    const kept = slice.endpoints.flatMap((endpoint) => left.get(identity(endpoint)) ?? []);
    for (const endpoint of kept) left.delete(identity(endpoint));
    if (kept.length === 0) plan.remove.push(slice);
    else if (isDeepStrictEqual(kept, slice.endpoints) && hasLabels(slice)) unchanged.push({ slice, endpoints: kept });
    else changed.push({ slice, endpoints: kept });
  }
  const rest = [...left.values()];
  for (const slice of changed.toSorted((a, b) => b.endpoints.length - a.endpoints.length)) {
    slice.endpoints.push(...rest.splice(0, CAPACITY - slice.endpoints.length));
  }
  const room = (slice: { endpoints: Endpoint[] }) => CAPACITY - slice.endpoints.length - rest.length;
  const tightest = unchanged.filter((slice) => room(slice) >= 0).sort((a, b) => room(a) - room(b))[0];
  if (rest.length > 0 && tightest) changed.push({ ...tightest, endpoints: [...tightest.endpoints, ...rest.splice(0)] });
  while (rest.length > 0) plan.create.push({ ports, endpoints: rest.splice(0, CAPACITY) });
  plan.update.push(...changed.map(({ slice, endpoints }) => ({ slice, content: { ports, endpoints } })));
}

const portsKey = ({ ports }: { ports?: EndpointPort[] }) =>
  JSON.stringify((ports ?? []).map(({ name, port, protocol, appProtocol }) => [name, port, protocol, appProtocol]));

const identity = ({ addresses, targetRef }: Endpoint) => `${targetRef?.uid} ${addresses.join()}`;

/** The empty slice of a Service without endpoints: left alone when it is right, otherwise made. */
function keepOne(plan: Plan, existing: readonly EndpointSlice[], hasLabels: (slice: EndpointSlice) => boolean) {
  if (existing.length > plan.remove.length || plan.create.length > 0) return;
  const [last] = plan.remove;
  const isRight =
    last && plan.remove.length === 1 && (last.endpoints ?? []).length === 0 && (last.ports ?? []).length === 0 && hasLabels(last);
  if (isRight) plan.remove = [];
  else plan.create.push({ ports: [], endpoints: [] });
}

/** What would be deleted becomes what would be made. */
function reuse({ create, update, remove }: Plan): Plan {
  const count = Math.min(create.length, remove.length);
  const reused = remove.slice(0, count).map((slice, index) => ({ slice, content: create[index] as SliceContent }));
  return { create: create.slice(count), update: [...update, ...reused], remove: remove.slice(count) };
}
