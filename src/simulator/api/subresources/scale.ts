import { updateObject } from "../rest/update.ts";
import { patchObject } from "../../patch/patch-object.ts";
import type { Call } from "../call.ts";
import { APPLY_PATCH, keyOfCall, mediaType, parsePatch, patchTypeOf, unsupported } from "../handlers.ts";
import type { KubeObject, ManagedFieldsEntry } from "../object.ts";
import type { Endpoint } from "../registry.ts";
import { fieldError, StatusError } from "../status-error.ts";
import { scaledManagedFields, scaleManagedFields } from "../../patch/apply/scale.ts";
import { updateManagedFields } from "../../patch/apply/update-managed-fields.ts";
import { age } from "../../resources/duration.ts";
import { tableJson } from "../table.ts";
import { completeFields } from "../../schema/fields.ts";
import type { WriteContext } from "../rest/write-context.ts";
import { applyPatch } from "../../patch/apply/apply-patch.ts";

/** autoscaling/v1 Scale: the replica counts of an object, as an object of their own. */
interface Scale extends KubeObject {
  spec: { replicas?: number };
  status: { replicas: number; selector?: string };
}

/** `…/scale` of every kind whose strategy names its replica fields. */
export async function serveScale(call: Call, endpoint: Endpoint): Promise<void> {
  const { registry, info } = call;
  const key = keyOfCall(call, endpoint);
  if (info.verb === "get") {
    const live = registry.store.get(endpoint.storage, key);
    if (!live) throw StatusError.notFound(endpoint.resource, key.name);
    return sendScale(call, scaleOf(endpoint, live));
  }
  const context = call.writeContext(info.verb === "patch" ? "PatchOptions" : "UpdateOptions");
  const change = await changeOf(call, endpoint, context);
  const updated = await updateObject(registry, endpoint, key, "scale", context, (live) => {
    const { replicasPath } = strategyOf(endpoint);
    const owned = {
      apiVersion: endpoint.apiVersion,
      managedFields: live.metadata.managedFields ?? [],
      ...(replicasPath && { replicasPath }),
    };
    const before = scaleOf(endpoint, live);
    before.metadata.managedFields = [...scaleManagedFields(owned)];
    const { scale, managedFields } = change(before);
    const replicas = scale.spec?.replicas ?? 0;
    if (replicas < 0) {
      const refusal = fieldError.invalid("spec.replicas", replicas, "must be greater than or equal to 0");
      throw StatusError.invalid({ group: "autoscaling", kind: "Scale" }, key.name, [refusal]);
    }
    const object = structuredClone(live);
    object.metadata.resourceVersion = scale.metadata?.resourceVersion ?? "";
    strategyOf(endpoint).setSpecReplicas(object as never, replicas);
    return { object, managedFields: scaledManagedFields(owned, managedFields) };
  });
  sendScale(call, scaleOf(endpoint, updated));
}

/** Columns of a Scale (printers printScale). */
const COLUMNS = JSON.stringify([
  { name: "Name", type: "string", format: "name", description: "", priority: 0 },
  { name: "Desired", type: "integer", format: "", description: "", priority: 0 },
  { name: "Available", type: "integer", format: "", description: "", priority: 0 },
  { name: "Age", type: "string", format: "", description: "", priority: 0 },
]);

function sendScale(call: Call, scale: Scale): void {
  const { as, version } = call.representation;
  if (as !== "Table") return call.sendValue(scale);
  const { name, resourceVersion } = scale.metadata;
  const cells = [
    name,
    scale.spec.replicas ?? 0,
    scale.status.replicas,
    age(scale.metadata.creationTimestamp, call.registry.clock.now()),
  ];
  const row = JSON.stringify({ cells, object: scale });
  call.send(200, "application/json", tableJson(version, { resourceVersion }, COLUMNS, [row]));
}

/** What the request makes of a Scale, and of who owns its fields. */
type Change = (before: Scale) => { scale: Scale; managedFields: readonly ManagedFieldsEntry[] };

async function changeOf(call: Call, endpoint: Endpoint, { fieldManager: manager }: WriteContext): Promise<Change> {
  const { registry, info } = call;
  const schema = registry.schemas.forKind({ group: "autoscaling", version: "v1", kind: "Scale" }) ?? {};
  const writer = () => ({
    manager,
    apiVersion: "autoscaling/v1",
    subresource: "scale",
    now: registry.clock.now(),
    schema,
    index: registry.schemas,
  });
  const updated = (before: Scale, scale: Scale) => ({
    scale,
    managedFields: updateManagedFields({ ...writer(), old: before, updated: completeFields(scale, schema, registry.schemas) }),
  });
  if (info.verb === "update") {
    const { value } = await call.body("Scale");
    return (before) => updated(before, value as Scale);
  }
  if (info.verb !== "patch") throw unsupported();
  if (mediaType(call) === APPLY_PATCH) {
    const { value } = await call.body("Scale");
    const force = info.query.get("force") === "true";
    return (before) => {
      const { object, managedFields } = applyPatch({ ...writer(), live: before, patch: value, kind: "Scale", force });
      return { scale: object as Scale, managedFields };
    };
  }
  const patchType = patchTypeOf(call, endpoint);
  const patch = parsePatch(await call.bytes());
  return (before) => updated(before, patchObject(patchType, before, patch, schema, registry.schemas) as Scale);
}

function strategyOf({ strategy, resource }: Endpoint) {
  if (!strategy.scale) throw StatusError.notModelled(`scaling of ${resource.resource}`);
  return strategy.scale;
}

function scaleOf(endpoint: Endpoint, object: KubeObject): Scale {
  const scale = strategyOf(endpoint);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = scale.specReplicas(object as never);
  const selector = scale.selector(object as never);
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, ...(namespace && { namespace }), uid, resourceVersion, creationTimestamp },
    // Go leaves out a zero here, and kubectl's `get --subresource=scale` shows it so.
    spec: { ...(replicas !== 0 && { replicas }) },
    status: { replicas: scale.statusReplicas(object as never), ...(selector && { selector }) },
  };
}
