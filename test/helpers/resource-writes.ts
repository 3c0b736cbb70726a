import { load } from "js-yaml";
import type { KubeObject } from "../../src/simulator/api/object.ts";
import { StatusError } from "../../src/simulator/api/status-error.ts";
import { Random } from "../../src/simulator/random.ts";
import { strategies } from "../../src/simulator/resources/index.ts";
import { validateObjectMeta, validateObjectMetaUpdate } from "../../src/simulator/resources/object-meta.ts";
import type { StrategyContext } from "../../src/simulator/resources/resource.ts";
import { completeFields, pruneUnknown } from "../../src/simulator/schema/fields.ts";
import { resourceInfos } from "../../src/simulator/schema/resource-info.ts";
import { loadSchemas } from "../../src/simulator/schema/schemas.ts";

// A write as the pipeline makes it, without admission and storage: decode, defaults, strategy, checks.

export const schemas = loadSchemas();
export const kindOf = ({ apiVersion, kind }: KubeObject) => {
  const [version = "", group = ""] = apiVersion.split("/").toReversed();
  const info = resourceInfos().find((one) => one.group === group && one.version === version && one.kind === kind);
  if (!info) throw new Error(`no kind ${kind} in ${apiVersion}`);
  const strategy = strategies.get(group ? `${info.resource}.${group}` : info.resource);
  if (!strategy) throw new Error(`no strategy for ${info.resource}`);
  return { info, strategy, schema: schemas.forKind({ group, version, kind }) ?? {} };
};

const context = (services: KubeObject[] = []): StrategyContext => ({
  now: Date.UTC(2026, 0, 1),
  random: new Random(7),
  get: () => undefined,
  list: <T extends KubeObject>(resource: string) => (resource === "services" ? services : []) as unknown as readonly T[],
});

export function decode(yaml: string): KubeObject {
  const sent = load(yaml) as KubeObject;
  const { strategy, schema } = kindOf(sent);
  const object = pruneUnknown(sent, schema, schemas);
  strategy.defaults?.(object);
  return completeFields(object, schema, schemas);
}

/** A new object, or the errors of the refusal as `field: message`. */
export function create(yaml: string, services?: KubeObject[]): { object: KubeObject; errors: string[]; warnings: string[] } {
  const object = decode(yaml);
  const { info, strategy, schema } = kindOf(object);
  object.metadata = {
    ...object.metadata,
    ...(info.namespaced && { namespace: "default" }),
    uid: `uid-of-${object.metadata.name}`,
    resourceVersion: "1",
    creationTimestamp: "2026-01-01T00:00:00Z",
  };
  const use = context(services);
  try {
    strategy.prepareForCreate?.(object, use);
  } catch (error) {
    if (error instanceof StatusError) return { object, errors: causes(error), warnings: [] };
    throw error;
  }
  const errors = [
    ...validateObjectMeta(object.metadata, { namespaced: info.namespaced, validateName: strategy.validateName }),
    ...(strategy.validate?.(object, use) ?? []),
  ].map(({ field, message }) => `${field}: ${message}`);
  return { object: completeFields(object, schema, schemas), errors, warnings: strategy.warnings?.(object) ?? [] };
}

/** The live object after a change, with the errors of the refusal. */
export function update(
  live: KubeObject,
  change: (copy: never) => void,
  services: KubeObject[] = [live],
): { object: KubeObject; errors: string[] } {
  const object = structuredClone(live);
  change(object as never);
  const { strategy, schema } = kindOf(object);
  strategy.defaults?.(object);
  const use = context(services);
  strategy.prepareForUpdate?.(object, live, use);
  const errors = [
    ...validateObjectMetaUpdate(object.metadata, live.metadata),
    ...(strategy.validate?.(object, use) ?? []),
    ...(strategy.validateUpdate?.(object, live, use) ?? []),
  ].map(({ field, message }) => `${field}: ${message}`);
  return { object: completeFields(object, schema, schemas), errors };
}

const causes = ({ status }: StatusError) => (status.details?.causes ?? []).map(({ field, message }) => `${field}: ${message}`);
export const errorsOf = (yaml: string, services?: KubeObject[]) => create(yaml, services).errors;
export const specOf = (object: KubeObject) => (object as KubeObject & { spec: unknown }).spec;

export const POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: ";
export const CONTAINER = `terminationMessagePath: /dev/termination-log, terminationMessagePolicy: File`;
