import type { KubeObject, ObjectKey } from "./object.ts";

export interface ListOptions {
  namespace?: string;
  /** As on the wire: `app=web,tier in (a,b)`. */
  labelSelector?: string;
  /** As on the wire: `spec.nodeName=n1`. */
  fieldSelector?: string;
}

export interface WatchEvent<T extends KubeObject = KubeObject> {
  type: "ADDED" | "MODIFIED" | "DELETED";
  object: T;
  /** The version before, for MODIFIED and DELETED. */
  old?: T;
}

export interface WriteOptions {
  /** metadata.managedFields' manager; defaults to the client's user agent. */
  fieldManager?: string;
  subresource?: string;
  dryRun?: boolean;
}

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: "Background" | "Foreground" | "Orphan";
  preconditions?: { uid?: string; resourceVersion?: string };
}

/**
 * How controllers, scheduler and kubelets see the API: reads come from the watch cache and cost nothing (frozen objects,
 * do not change them), writes go through the whole request pipeline and may be refused with a StatusError.
 * Resources are named `pods`, `deployments.apps`.
 */
export interface Client {
  get<T extends KubeObject>(resource: string, key: { namespace?: string; name: string }): T | undefined;
  list<T extends KubeObject>(resource: string, options?: ListOptions): readonly T[];
  /**
   * Calls `handle` with an ADDED for every object there is, then with each change, in order, after the write that made it
   * returned. Returns the function that ends the watch.
   */
  watch<T extends KubeObject>(resource: string, handle: (event: WatchEvent<T>) => void, options?: ListOptions): () => void;
  create<T extends KubeObject>(
    resource: string,
    object: Partial<Omit<T, "metadata">> & { metadata: Partial<T["metadata"]> },
    options?: WriteOptions,
  ): Promise<T>;
  /** Replaces; metadata.resourceVersion, where given, must be the live one. */
  update<T extends KubeObject>(resource: string, object: T, options?: WriteOptions): Promise<T>;
  updateStatus<T extends KubeObject>(resource: string, object: T): Promise<T>;
  /** JSON merge patch (RFC 7386). */
  patch<T extends KubeObject>(resource: string, key: ObjectKey, patch: unknown, options?: WriteOptions): Promise<T>;
  delete(resource: string, key: ObjectKey, options?: DeleteOptions): Promise<void>;
}
