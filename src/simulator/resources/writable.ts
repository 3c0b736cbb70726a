import type { Live } from "../api/object.ts";

/** The server's own copy of an object: `kubernetes-types` marks status read-only, for clients. */
export type Writable<T> = Live<{ -readonly [K in keyof T]: T[K] }>;
