/** One node of the structural schema, as OpenAPI v3 gives it, with the Kubernetes extensions that behaviour hangs on. */
export interface Schema {
  $ref?: string;
  allOf?: Schema[];
  oneOf?: Schema[];
  type?: string;
  format?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  required?: string[];
  enum?: unknown[];
  default?: unknown;
  description?: string;
  "x-kubernetes-group-version-kind"?: { group: string; version: string; kind: string }[];
  "x-kubernetes-list-type"?: "atomic" | "set" | "map";
  "x-kubernetes-list-map-keys"?: string[];
  "x-kubernetes-map-type"?: "atomic" | "granular";
  "x-kubernetes-patch-strategy"?: string;
  "x-kubernetes-patch-merge-key"?: string;
  "x-kubernetes-preserve-unknown-fields"?: boolean;
  "x-kubernetes-int-or-string"?: boolean;
  "x-kubernetes-embedded-resource"?: boolean;
}

/** Group, version and kind. */
export interface GroupVersionKind {
  group: string;
  version: string;
  kind: string;
}

/** The recorded structural schemas (and, later, those of custom resources), by definition name and by kind. */
export interface SchemaIndex {
  /** `io.k8s.api.apps.v1.Deployment` → its schema; undefined when there is none. */
  definition(name: string): Schema | undefined;
  /** The schema of a kind; undefined when the kind is unknown. */
  forKind(kind: GroupVersionKind): Schema | undefined;
  /** Follows `$ref` and a one-member `allOf` (the way defaults are written), keeping the outer extensions. */
  resolve(schema: Schema): Schema;
}
