import { isDeepStrictEqual } from "node:util";
import type { WatchEvent } from "../../api/client.ts";
import type { KubeObject, ObjectKey, OwnerReference } from "../../api/object.ts";
import { keyOf } from "../../api/object.ts";
import type { ControllerContext, DeletableResource } from "../controller.ts";

const CUSTOM_RESOURCES = "customresourcedefinitions.apiextensions.k8s.io";

/** Resources nothing depends on and that depend on nothing: not worth following. */
const IGNORED = new Set(["events"]);

/** Where an object stands: its resource and its key, as one string to queue by. */
export const placeOf = (resource: string, { namespace, name }: ObjectKey): string => `${resource} ${namespace}/${name}`;

export function fromPlace(place: string): { resource: string; key: ObjectKey } {
  const [resource = "", path = ""] = place.split(" ");
  const slash = path.indexOf("/");
  return { resource, key: { namespace: path.slice(0, slash), name: path.slice(slash + 1) } };
}

/** Who depends on whom, over all resources. */
export interface OwnerGraph {
  /** Starts with every resource there is, adds those of later custom resources, and tells of each change. */
  follow: (onChange: (resource: string, event: WatchEvent) => void) => void;
  /** Places of the objects that name this uid as an owner. */
  dependentsOf: (uid: string) => string[];
  /** The resource of an owner's kind, whatever version the reference is of; undefined when nothing serves it. */
  resourceOf: (reference: OwnerReference) => DeletableResource | undefined;
  /** Where an owner would stand, seen from its dependent; undefined when its kind is unknown or the two could never meet. */
  ownerPlace: (reference: OwnerReference, dependent: KubeObject) => string | undefined;
  stop: () => void;
}

export function ownerGraph(context: ControllerContext): OwnerGraph {
  const { client } = context;
  const dependents = new Map<string, Set<string>>();
  const watches = new Map<string, () => void>();
  let byKind = new Map<string, DeletableResource>();

  function note(resource: string, { type, object, old }: WatchEvent): void {
    const place = placeOf(resource, keyOf(object));
    const before = uids(old);
    const after = type === "DELETED" ? [] : uids(object);
    if (isDeepStrictEqual(before, after)) return;
    for (const uid of before) {
      const places = dependents.get(uid);
      places?.delete(place);
      if (places?.size === 0) dependents.delete(uid);
    }
    for (const uid of after) {
      const places = dependents.get(uid);
      if (places) places.add(place);
      else dependents.set(uid, new Set([place]));
    }
  }

  function follow(onChange: (resource: string, event: WatchEvent) => void): void {
    const resources = context.resources().filter(({ name }) => !IGNORED.has(name));
    byKind = new Map(resources.map((resource) => [groupKind(resource), resource]));
    const served = new Set(resources.map(({ name }) => name));
    for (const [name, stop] of watches) {
      if (served.has(name)) continue;
      stop();
      watches.delete(name);
    }
    for (const { name } of resources) {
      if (watches.has(name)) continue;
      const stop = client.watch(name, (event) => {
        note(name, event);
        onChange(name, event);
        if (name === CUSTOM_RESOURCES) queueMicrotask(() => follow(onChange));
      });
      watches.set(name, stop);
    }
  }
  const resourceOf = (reference: OwnerReference) => byKind.get(groupKind(reference));
  return {
    follow,
    dependentsOf: (uid) => [...(dependents.get(uid) ?? [])],
    resourceOf,
    ownerPlace(reference, { metadata: { namespace = "" } }) {
      const resource = resourceOf(reference);
      if (!resource || (resource.namespaced && !namespace)) return undefined;
      return placeOf(resource.name, { namespace: resource.namespaced ? namespace : "", name: reference.name });
    },
    stop: () => watches.forEach((stop) => stop()),
  };
}

const uids = (object: KubeObject | undefined) => object?.metadata.ownerReferences?.map(({ uid }) => uid) ?? [];

const groupKind = ({ apiVersion, kind }: { apiVersion: string; kind: string }) =>
  `${apiVersion.includes("/") ? apiVersion.split("/")[0] : ""}/${kind}`;
