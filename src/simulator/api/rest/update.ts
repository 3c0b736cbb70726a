import { unlessOnlyTimesChanged } from "../../patch/apply/update-managed-fields.ts";
import { validateObjectMetaUpdate } from "../../resources/object-meta.ts";
import { admit, mutate, reserve, type AdmissionRequest } from "../admission.ts";
import type { KubeObject, ManagedFieldsEntry, ObjectKey } from "../object.ts";
import { takesAnyFinalizer, type Endpoint, type Registry } from "../registry.ts";
import { StatusError } from "../status-error.ts";
import { finishDeletion } from "./delete.ts";
import { equal, equalBut } from "./equal.ts";
import { completeFields } from "../../schema/fields.ts";
import { ownedFields } from "./owned-fields.ts";
import { subresourceParts } from "./subresource-parts.ts";
import type { WriteContext } from "./write-context.ts";

/** What a change makes of the live object; managedFields where server-side apply worked them out already. */
export interface Changed {
  object: KubeObject;
  managedFields?: readonly ManagedFieldsEntry[];
}

/** Others may write while admission runs; the change is then made again, and refused if it named the version before. */
const TRIES = 5;

const MODIFIED = "the object has been modified; please apply your changes to the latest version and try again";

/**
 * Replaces an object by what `change` makes of it (registry/generic Store.Update). `change` gets the frozen live object and
 * returns its own copy, which came through admitObject. A change of nothing is not written.
 */
export async function updateObject(
  registry: Registry,
  endpoint: Endpoint,
  key: ObjectKey,
  subresource: string,
  context: WriteContext,
  change: (live: KubeObject) => Changed,
): Promise<KubeObject> {
  for (let attempt = 1; ; attempt++) {
    const live = registry.store.get(endpoint.storage, key);
    if (!live) throw StatusError.notFound(endpoint.resource, key.name);
    const changed = change(live);
    const sentVersion = changed.object.metadata.resourceVersion;
    if (sentVersion && sentVersion !== live.metadata.resourceVersion)
      throw StatusError.conflict(endpoint.resource, key.name, MODIFIED);
    const request = await prepareUpdate(registry, endpoint, key, subresource, context, live, changed);
    if (registry.store.get(endpoint.storage, key) === live) return write(registry, live, request);
    if (attempt === TRIES) throw StatusError.conflict(endpoint.resource, key.name, MODIFIED);
  }
}

/** A body must speak of the object that the URL names. */
export function expectSameKey(key: ObjectKey, sent: KubeObject): void {
  const { name, namespace } = sent.metadata ?? {};
  if (name && name !== key.name) {
    throw StatusError.badRequest(`the name of the object (${name}) does not match the name on the URL (${key.name})`);
  }
  if (namespace && key.namespace && namespace !== key.namespace) {
    throw StatusError.badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
}

async function prepareUpdate(
  registry: Registry,
  endpoint: Endpoint,
  key: ObjectKey,
  subresource: string,
  context: WriteContext,
  live: KubeObject,
  { object: sent, managedFields }: Changed,
): Promise<AdmittedUpdate> {
  const { info, resource, strategy } = endpoint;
  expectSameKey(key, sent);
  if (sent.metadata.uid && sent.metadata.uid !== live.metadata.uid) {
    throw StatusError.conflict(
      resource,
      key.name,
      `StorageError: invalid object, Code: 4, Key: /registry/${info.resource}/${key.namespace && `${key.namespace}/`}${key.name}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${sent.metadata.uid}, UID in object meta: ${live.metadata.uid}`,
    );
  }
  let next = keepMeta(live, sent);
  const owned = managedFields ?? ownedFields(registry, endpoint, subresource, context, live, next);
  if (subresource) next = (subresourceParts[subresource] as NonNullable<(typeof subresourceParts)[string]>)(live, next, endpoint);
  else {
    if (info.subresources.some(({ name }) => name === "status")) keepStatus(live, next);
    strategy.prepareForUpdate?.(next, live, registry.strategyContext);
  }
  next.metadata = withManagers(next.metadata, owned);
  const request: AdmissionRequest = {
    operation: "UPDATE",
    endpoint,
    subresource,
    namespace: key.namespace,
    name: key.name,
    object: next,
    old: live,
    user: context.user,
    dryRun: context.dryRun,
    warn: context.warn,
  };
  await mutate(registry, request);
  const complete = completeFields(next, endpoint.schema, registry.schemas);
  const annotated =
    strategy.generation === "with annotations" &&
    !subresource &&
    !equal(live.metadata.annotations, complete.metadata.annotations);
  // A binding assigns the pod to a node without another generation of it.
  if (strategy.generation && subresource !== "binding" && (annotated || !equalBut(live, complete, "metadata", "status"))) {
    complete.metadata.generation = next.metadata.generation = (live.metadata.generation ?? 0) + 1;
  }
  const errors = [
    ...validateObjectMetaUpdate(next.metadata, live.metadata, takesAnyFinalizer(endpoint)),
    ...(subresource && !strategy.validatesSubresources ? [] : (strategy.validate?.(next, registry.strategyContext, live) ?? [])),
    ...(subresource ? [] : (strategy.validateUpdate?.(next, live, registry.strategyContext) ?? [])),
  ];
  if (errors.length > 0) throw StatusError.invalid({ group: resource.group, kind: info.kind }, key.name, errors);
  if (!subresource) for (const warning of strategy.warnings?.(next, live) ?? []) context.warn(warning);
  await admit(registry, { ...request, object: complete });
  return { ...request, object: unlessOnlyTimesChanged(live, complete) };
}

/** A request that nothing is left to do for but to write `object`. */
interface AdmittedUpdate extends AdmissionRequest {
  object: KubeObject;
}

/** What no writer can change: identity, age, and where the object stands in its deletion. */
function keepMeta(live: KubeObject, sent: KubeObject): KubeObject {
  const { name, namespace, uid, creationTimestamp, resourceVersion, generation, deletionTimestamp, deletionGracePeriodSeconds } =
    live.metadata;
  const { labels, annotations, ownerReferences, finalizers, managedFields, generateName } = sent.metadata;
  return {
    ...sent,
    metadata: {
      name,
      ...(generateName && { generateName }),
      ...(namespace !== undefined && { namespace }),
      uid,
      resourceVersion,
      ...(generation !== undefined && { generation }),
      creationTimestamp,
      ...(deletionTimestamp && { deletionTimestamp }),
      ...(deletionGracePeriodSeconds !== undefined && { deletionGracePeriodSeconds }),
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(ownerReferences && { ownerReferences }),
      ...(finalizers && { finalizers }),
      ...(managedFields && { managedFields }),
    },
  };
}

function withManagers(
  { managedFields: _before, ...metadata }: KubeObject["metadata"],
  owned: readonly ManagedFieldsEntry[],
): KubeObject["metadata"] {
  return owned.length > 0 ? { ...metadata, managedFields: [...owned] } : metadata;
}

function keepStatus(live: KubeObject, next: KubeObject): void {
  const target = next as { status?: unknown };
  const { status } = live as { status?: unknown };
  if (status === undefined) delete target.status;
  else target.status = status;
}

function write(registry: Registry, live: KubeObject, request: AdmittedUpdate): KubeObject {
  const { endpoint, object: next } = request;
  if (equal(live, next)) return live;
  if (request.dryRun) return next;
  reserve(registry, request);
  return finishDeletion(registry, endpoint, next) ?? registry.store.replace(endpoint.storage, next, live);
}
