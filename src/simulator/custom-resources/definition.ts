import type {
  CustomResourceDefinition as DefinitionType,
  CustomResourceDefinitionCondition,
  CustomResourceDefinitionVersion,
} from "kubernetes-types/apiextensions/v1";
import type { Live } from "../api/object.ts";
import type { Schema } from "../schema/schema.ts";

export type Definition = Live<DefinitionType>;
/** A version, with what newer releases know and the type package does not. */
export type Version = CustomResourceDefinitionVersion & { selectableFields?: { jsonPath: string }[] };
export type Condition = CustomResourceDefinitionCondition;

export const DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io";
/** Keeps a definition until its objects are gone. */
export const CLEANUP_FINALIZER = "customresourcecleanup.apiextensions.k8s.io";

/** A node of openAPIV3Schema, with all that values are measured by. */
export interface ValueSchema extends Schema {
  properties?: Record<string, ValueSchema>;
  additionalProperties?: ValueSchema | boolean;
  items?: ValueSchema;
  nullable?: boolean;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: boolean;
  exclusiveMaximum?: boolean;
  multipleOf?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minItems?: number;
  maxItems?: number;
  minProperties?: number;
  maxProperties?: number;
  allOf?: ValueSchema[];
  anyOf?: ValueSchema[];
  oneOf?: ValueSchema[];
  not?: ValueSchema;
  "x-kubernetes-validations"?: unknown[];
}

/** The schema of a version; one that knows nothing where there is none. */
export const schemaOf = ({ schema }: Version): ValueSchema => (schema?.openAPIV3Schema ?? {}) as ValueSchema;

export const conditionOf = ({ status }: Pick<Definition, "status">, type: string): Condition | undefined =>
  status?.conditions?.find((condition) => condition.type === type);

export const isTrue = (definition: Definition, type: string): boolean => conditionOf(definition, type)?.status === "True";

/** The conditions with one set; its time stays when its status does. */
export function withCondition(conditions: readonly Condition[], next: Condition): Condition[] {
  const before = conditions.find(({ type }) => type === next.type);
  if (!before) return [...conditions, next];
  const time = before.status === next.status ? before.lastTransitionTime : next.lastTransitionTime;
  return conditions.map((one) => (one === before ? { ...next, ...(time && { lastTransitionTime: time }) } : one));
}
