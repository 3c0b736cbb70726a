import type { FieldError } from "../api/status-error.ts";
import type { KubeObject } from "../api/object.ts";
import type { Random } from "../random.ts";

/** A table cell: what the server prints in a column. */
export type Cell = string | number | boolean | null;

/** What a strategy may look at besides the object itself. */
export interface StrategyContext {
  /** Milliseconds since the epoch, of the cluster's clock. */
  now: number;
  random: Random;
  /** Reads of other objects (a Service's free addresses, a Namespace's phase). Undefined when there is none. */
  get<T extends KubeObject>(resource: string, key: { namespace?: string; name: string }): T | undefined;
  list<T extends KubeObject>(resource: string, options?: { namespace?: string }): readonly T[];
}

/**
 * What is particular to one kind; everything else (names, scope, verbs, columns, schema) comes from the recorded
 * discovery, tables and OpenAPI data. One file per kind in this folder, one line in index.ts. All functions change or read the
 * object they are given, which is the server's own copy; none keeps it.
 */
export interface ResourceStrategy<T extends KubeObject = KubeObject> {
  /** Plural and group as RBAC and messages write it: `pods`, `deployments.apps`. */
  resource: string;
  /** metadata.generation starts at 1 and grows with every change of what is not metadata or status; of Deployments also with annotations. */
  generation?: true | "with annotations";
  /** Objects end in steps: a delete sets deletionTimestamp first and the kubelet finishes it. Seconds of grace, from the object. */
  gracePeriodSeconds?(object: T): number;
  /** Fills in what the writer left out (upstream's zz_generated defaults). Runs on every decode, so it must be idempotent. */
  defaults?(object: T): void;
  prepareForCreate?(object: T, context: StrategyContext): void;
  /** `old` is frozen. Subresource writes (`status`, `scale`…) do not come here. */
  prepareForUpdate?(object: T, old: T, context: StrategyContext): void;
  /** Checks names beyond the default (DNS-1123 subdomain). Returns what stands behind `Invalid value: "x": `, else undefined. */
  validateName?(name: string): string | undefined;
  /** `old` is given when the object is there already: what was wrong before may be let pass. */
  validate?(object: T, context: StrategyContext, old?: T): FieldError[];
  /** Writes to subresources go through `validate`, too. */
  validatesSubresources?: true;
  validateUpdate?(object: T, old: T, context: StrategyContext): FieldError[];
  /** `Warning:` headers for the writer. */
  warnings?(object: T, old?: T): string[];
  /** Something besides metadata.finalizers keeps a deleted object in the store (a Namespace's spec.finalizers). */
  holds?(object: T): boolean;
  /** What else changes when a deletion begins (a Namespace's phase). Gets a frozen object, returns a copy. */
  markDeleted?(object: T): T;
  /** Called after the object left the store (give back an address). */
  afterDelete?(object: T): void;
  /** Cells in the order of the recorded columns, wide ones included; without it the row is Name and Created At. */
  cells?(object: T, context: { now: number }): Cell[];
  /** Field selectors beyond metadata.name and metadata.namespace: path → value. An unlisted path is refused with upstream's text. */
  selectableFields?(object: T): Record<string, string>;
  /** The label selector, replica counts of the `scale` subresource, where the kind has one. */
  scale?: {
    /** Where the replicas are, if not in spec.replicas. */
    replicasPath?: readonly string[];
    specReplicas(object: T): number;
    setSpecReplicas(object: T, replicas: number): void;
    statusReplicas(object: T): number;
    /** Label selector as a string. */
    selector(object: T): string;
  };
}

/** Keeps the type of the kind inside one file; the registry itself is kind-blind. */
export const defineResource = <T extends KubeObject>(strategy: ResourceStrategy<T>): ResourceStrategy =>
  strategy as unknown as ResourceStrategy;
