import type { ScopedResourceSelectorRequirement } from "kubernetes-types/core/v1";
import type { AdmissionRequest } from "../../api/admission.ts";
import type { KubeObject } from "../../api/object.ts";
import type { ResourceList } from "../pod-resources.ts";

/** What quotas count of one resource (pkg/quota/v1/evaluator/core). */
export interface Evaluator {
  /** The write can change what is counted. */
  handles(request: AdmissionRequest): boolean;
  /** Whether a quota's limit of this name is about the resource. */
  counts(name: string): boolean;
  /** What the object takes, under all names that it counts under. `now` in ms. */
  usage(object: KubeObject, now: number): ResourceList;
  inScope?(scope: ScopedResourceSelectorRequirement, object: KubeObject): boolean;
  /** What the object must say itself, where a quota limits the names; undefined when it does. */
  missing?(names: readonly string[], object: KubeObject): string | undefined;
}

/** A scope selector's expression, on the one value that an object has for its scope. */
export function selects({ operator, values = [] }: ScopedResourceSelectorRequirement, value: string | undefined): boolean {
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    default:
      return value === undefined;
  }
}
