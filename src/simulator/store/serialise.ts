import type { KubeObject } from "../api/object.ts";

/** Everything of an object but kind and apiVersion, as JSON without the braces; made once per version. */
const bodies = new WeakMap<KubeObject, string>();

const bodyOf = (object: KubeObject): string => {
  const known = bodies.get(object);
  if (known !== undefined) return known;
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = object;
  const body = JSON.stringify(rest).slice(1, -1);
  if (Object.isFrozen(object)) bodies.set(object, body);
  return body;
};

/** The object as a GET answers it. */
export const objectJson = (object: KubeObject): string =>
  `{"kind":${JSON.stringify(object.kind)},"apiVersion":${JSON.stringify(object.apiVersion)},${bodyOf(object)}}`;

/** The object as a member of a typed list: upstream leaves kind and apiVersion to the list. */
export const itemJson = (object: KubeObject): string => `{${bodyOf(object)}}`;

/** Freezes a whole tree; what is frozen already is taken as frozen throughout. */
export function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) freeze(member);
  }
  return value;
}
