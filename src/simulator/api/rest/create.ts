import { validateObjectMeta } from "../../resources/object-meta.ts";
import { admit, mutate, reserve, type AdmissionRequest } from "../admission.ts";
import { takesAnyFinalizer, type Endpoint, type Registry } from "../registry.ts";
import { timestamp, type KubeObject, type ManagedFieldsEntry } from "../object.ts";
import { StatusError } from "../status-error.ts";
import { completeFields } from "../../schema/fields.ts";
import { ownedFields } from "./owned-fields.ts";
import type { WriteContext } from "./write-context.ts";

/** Longest generateName base (apiserver pkg/storage/names): the suffix must fit into 63 characters. */
const LONGEST_BASE = 58;

/**
 * Stores a new object (registry/generic Store.Create). `object` came through admitObject and is changed in place.
 * `managedFields`, where given, were worked out by server-side apply.
 */
export async function createObject(
  registry: Registry,
  endpoint: Endpoint,
  namespace: string,
  object: KubeObject,
  context: WriteContext,
  managedFields?: readonly ManagedFieldsEntry[],
): Promise<KubeObject> {
  const { store } = registry;
  const askedName = object.metadata.name || object.metadata.generateName || "";
  completeMeta(registry, endpoint, namespace, object);
  const owned = managedFields ?? ownedFields(registry, endpoint, "", context, undefined, object);
  if (owned.length > 0) object.metadata.managedFields = [...owned];
  else delete object.metadata.managedFields;
  const request: AdmissionRequest = {
    operation: "CREATE",
    endpoint,
    subresource: "",
    namespace,
    name: object.metadata.name,
    object,
    user: context.user,
    dryRun: context.dryRun,
    warn: context.warn,
  };
  // Upstream makes a name up behind these plugins: what they refuse is called what its writer called it.
  await mutate(registry, { ...request, name: askedName });
  prepare(registry, endpoint, object);
  validate(registry, endpoint, object);
  for (const warning of endpoint.strategy.warnings?.(object) ?? []) context.warn(warning);
  await admit(registry, request);
  if (store.get(endpoint.storage, { namespace, name: object.metadata.name })) {
    throw StatusError.alreadyExists(endpoint.resource, object.metadata.name);
  }
  const complete = completeFields(object, endpoint.schema, registry.schemas);
  if (context.dryRun) return complete;
  reserve(registry, request);
  return store.insert(endpoint.storage, complete);
}

function completeMeta(registry: Registry, { info, resource }: Endpoint, namespace: string, object: KubeObject): void {
  const { clock, random } = registry;
  const meta = object.metadata;
  if (info.namespaced && meta.namespace && meta.namespace !== namespace) {
    throw StatusError.badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  if (meta.resourceVersion) throw StatusError.badRequest("resourceVersion should not be set on objects to be created");
  if (!meta.name && meta.generateName) meta.name = `${meta.generateName.slice(0, LONGEST_BASE)}${random.suffix()}`;
  if (!meta.name && !meta.generateName) {
    throw StatusError.invalid({ group: resource.group, kind: info.kind }, "", [
      { reason: "FieldValueRequired", field: "metadata.name", message: "Required value: name or generateName is required" },
    ]);
  }
  const { name, generateName, labels, annotations, ownerReferences, finalizers, managedFields } = meta;
  object.metadata = {
    name,
    ...(generateName && { generateName }),
    ...(info.namespaced && { namespace }),
    uid: random.uuid(),
    resourceVersion: "",
    creationTimestamp: timestamp(clock.now()),
    ...(labels && { labels }),
    ...(annotations && { annotations }),
    ...(ownerReferences && { ownerReferences }),
    ...(finalizers && { finalizers }),
    ...(managedFields && { managedFields }),
  };
}

function prepare(registry: Registry, { strategy }: Endpoint, object: KubeObject): void {
  if (strategy.generation) object.metadata.generation = 1;
  strategy.prepareForCreate?.(object, registry.strategyContext);
}

function validate(registry: Registry, endpoint: Endpoint, object: KubeObject): void {
  const { info, resource, strategy } = endpoint;
  const errors = [
    ...validateObjectMeta(object.metadata, {
      namespaced: info.namespaced,
      validateName: strategy.validateName,
      anyFinalizer: takesAnyFinalizer(endpoint),
    }),
    ...(strategy.validate?.(object, registry.strategyContext) ?? []),
  ];
  if (errors.length > 0) throw StatusError.invalid({ group: resource.group, kind: info.kind }, object.metadata.name, errors);
}
