import { applyPatch } from "../../patch/apply/apply-patch.ts";
import { invalidPatch, type PatchType } from "../../patch/patch-errors.ts";
import { patchObject } from "../../patch/patch-object.ts";
import type { KubeObject, ObjectKey } from "../object.ts";
import type { Endpoint, Registry } from "../registry.ts";
import { fieldError, StatusError } from "../status-error.ts";
import { admitObject } from "./admit-object.ts";
import { createObject } from "./create.ts";
import { resetFields } from "./owned-fields.ts";
import { updateObject, type Changed } from "./update.ts";
import type { WriteContext } from "./write-context.ts";

/** JSON patch, merge patch or strategic merge patch of an object or of a subresource of it. */
export function patch(
  registry: Registry,
  endpoint: Endpoint,
  key: ObjectKey,
  subresource: string,
  type: PatchType,
  body: unknown,
  context: WriteContext,
): Promise<KubeObject> {
  return updateObject(registry, endpoint, key, subresource, context, (live) => {
    const shown = endpoint.conversion ? endpoint.conversion.fromStored(live) : live;
    const patched = patchObject(type, shown, body, endpoint.schema, registry.schemas);
    if (patched.metadata?.uid && patched.metadata.uid !== live.metadata.uid) {
      const refusal = fieldError.invalid("metadata.uid", patched.metadata.uid, "field is immutable");
      throw StatusError.invalid({ group: endpoint.resource.group, kind: endpoint.info.kind }, key.name, [refusal]);
    }
    const refuse = (why: string) => invalidPatch(type, body, patched as never, why);
    return { object: admitObject(registry, endpoint, patched, [], context, refuse) };
  });
}

/** Server-side apply: creates what is not there yet. */
export async function apply(
  registry: Registry,
  endpoint: Endpoint,
  key: ObjectKey,
  subresource: string,
  body: KubeObject,
  force: boolean,
  context: WriteContext,
): Promise<{ object: KubeObject; created: boolean }> {
  const applyTo = (live: KubeObject | undefined): Changed => {
    const shown = live && endpoint.conversion ? endpoint.conversion.fromStored(live) : live;
    const { object, managedFields } = applyPatch({
      live: shown,
      patch: body,
      kind: endpoint.info.kind,
      schema: endpoint.schema,
      index: registry.schemas,
      manager: context.fieldManager,
      force,
      now: registry.clock.now(),
      apiVersion: endpoint.apiVersion,
      subresource,
      resetFields: resetFields(endpoint, subresource),
    });
    return { object: admitObject(registry, endpoint, object, [], context), managedFields };
  };
  if (registry.store.get(endpoint.storage, key)) {
    return { object: await updateObject(registry, endpoint, key, subresource, context, applyTo), created: false };
  }
  if (subresource) throw StatusError.notFound(endpoint.resource, key.name);
  const { object, managedFields } = applyTo(undefined);
  object.metadata.name ||= key.name;
  return { object: await createObject(registry, endpoint, key.namespace, object, context, managedFields), created: true };
}
