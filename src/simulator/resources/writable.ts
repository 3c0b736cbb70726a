import type { Live } from "../api/object.ts";

/** The server's own copy of an object: `kubernetes-types` marks status read-only, for clients. */
export type Writable<T> = Live<{ -readonly [K in keyof T]: T[K] }>;

/** Status is the controllers' to write: a new object has none, whatever its writer sent. */
export const dropStatus = (object: { status?: unknown }): void => {
  delete object.status;
};
