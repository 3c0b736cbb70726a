/** An object as the API sends it: JSON, with times as text. Types of single kinds come from `kubernetes-types`. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata?: Metadata;
  [field: string]: unknown;
}

export interface Metadata {
  name?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  deletionTimestamp?: string;
  ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string; controller?: boolean }[];
  managedFields?: ManagedFields[];
  [field: string]: unknown;
}

export interface ManagedFields {
  manager?: string;
  operation?: string;
  subresource?: string;
  apiVersion?: string;
  fieldsType?: string;
  fieldsV1?: FieldSet;
  time?: string;
}

/** Upstream's FieldsV1: a tree of the fields somebody owns. */
export interface FieldSet {
  [path: string]: FieldSet;
}

type WithMetadata<Field extends keyof Metadata> = { metadata?: Pick<Metadata, Field> };

/** The object that is responsible for this one, if there is one. */
export const controllerOf = ({ metadata }: WithMetadata<"ownerReferences">) =>
  metadata?.ownerReferences?.find(({ controller }) => controller === true);

/** Somebody has asked for its deletion. */
export const isGoing = ({ metadata }: WithMetadata<"deletionTimestamp">): boolean => metadata?.deletionTimestamp !== undefined;

/** Whether two readings of an object hold the same wish: bookkeeping and status don't count. */
export function isSameWish(a: KubeObject, b: KubeObject): boolean {
  const wish = ({ metadata, ...object }: KubeObject): string => {
    const fields = Object.entries(object).filter(([field]) => !["apiVersion", "kind", "status"].includes(field));
    return JSON.stringify([metadata?.labels ?? {}, ...fields]);
  };
  return wish(a) === wish(b);
}
