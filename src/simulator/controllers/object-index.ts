import type { Client } from "../api/client.ts";
import type { KubeObject } from "../api/object.ts";

/** Objects of one resource by values worked out from each, kept up to date by a watch. A look-up costs what it finds. */
export interface ObjectIndex<T extends KubeObject> {
  get: (value: string) => readonly T[];
  /** How many `get` would return. */
  count: (value: string) => number;
  stop: () => void;
}

/** `valuesOf` names the places an object is found under; it must depend on the object alone. */
export function objectIndex<T extends KubeObject>(
  client: Client,
  resource: string,
  valuesOf: (object: T) => readonly string[],
): ObjectIndex<T> {
  const places = new Map<string, Map<string, T>>();
  const drop = (value: string, uid: string) => {
    const place = places.get(value);
    place?.delete(uid);
    if (place?.size === 0) places.delete(value);
  };
  const stop = client.watch<T>(resource, ({ type, object, old }) => {
    const { uid } = object.metadata;
    if (old) for (const value of valuesOf(old)) drop(value, uid);
    if (type === "DELETED") return;
    for (const value of valuesOf(object)) {
      const place = places.get(value);
      if (place) place.set(uid, object);
      else places.set(value, new Map([[uid, object]]));
    }
  });
  return {
    get: (value) => [...(places.get(value)?.values() ?? [])],
    count: (value) => places.get(value)?.size ?? 0,
    stop() {
      stop();
      places.clear();
    },
  };
}
