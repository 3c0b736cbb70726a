/** metadata.ownerReferences[] */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** metadata.managedFields[] */
export interface ManagedFieldsEntry {
  manager?: string;
  operation?: "Apply" | "Update";
  apiVersion?: string;
  time?: string;
  fieldsType?: "FieldsV1";
  fieldsV1?: FieldsV1;
  subresource?: string;
}

/** A set of paths as a tree: `f:name`, `k:{"name":"c"}`, `v:"x"`, `i:0`, and `.` for the node itself. */
export interface FieldsV1 {
  [path: string]: FieldsV1;
}

/** Metadata as the API server completes it: what is not optional here is there on every stored object. */
export interface ObjectMeta {
  name: string;
  /** Empty for cluster-scoped objects. */
  namespace?: string;
  generateName?: string;
  uid: string;
  /** Decimal digits; one counter for the whole cluster. */
  resourceVersion: string;
  /** RFC 3339, whole seconds, Z. */
  creationTimestamp: string;
  generation?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  managedFields?: ManagedFieldsEntry[];
}

/** Any object of the API. What the store hands out is frozen: change a copy (`structuredClone`). */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** A stored object of a kind from `kubernetes-types`: `Live<Pod>`. Its metadata is complete. */
export type Live<T> = Omit<T, "apiVersion" | "kind" | "metadata"> & KubeObject;

/** Namespace and name; namespace is "" for cluster-scoped objects. */
export interface ObjectKey {
  namespace: string;
  name: string;
}

export const keyOf = (object: KubeObject): ObjectKey => ({
  namespace: object.metadata.namespace ?? "",
  name: object.metadata.name,
});

/** The owner that manages the object (metav1.GetControllerOf). */
export const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find((reference) => reference.controller);

/** A reference that makes `owner` the managing controller (metav1.NewControllerRef). */
export const controllerReference = (owner: KubeObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
});

/** metav1.Time: RFC 3339 in whole seconds. */
export const timestamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** metav1.MicroTime: six digits behind the second (leases, eventTime). */
export const microTimestamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 23)}000Z`;
