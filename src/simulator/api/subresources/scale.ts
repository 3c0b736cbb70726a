import { updateObject } from "../rest/update.ts";
import { patchObject } from "../../patch/patch-object.ts";
import type { Call } from "../call.ts";
import { keyOfCall, parsePatch, unsupported } from "../handlers.ts";
import type { KubeObject } from "../object.ts";
import type { Endpoint } from "../registry.ts";
import { StatusError } from "../status-error.ts";
import { applyPatch } from "../../patch/apply/apply-patch.ts";

/** autoscaling/v1 Scale: the replica counts of an object, as an object of their own. */
interface Scale extends KubeObject {
  spec: { replicas?: number };
  status: { replicas: number; selector?: string };
}

const PATCH_TYPES: Readonly<Record<string, "json" | "merge" | "strategic">> = {
  "application/json-patch+json": "json",
  "application/merge-patch+json": "merge",
  "application/strategic-merge-patch+json": "strategic",
};

/** `…/scale` of every kind whose strategy names its replica fields. */
export async function serveScale(call: Call, endpoint: Endpoint): Promise<void> {
  const { registry, info } = call;
  const key = keyOfCall(call, endpoint);
  if (info.verb === "get") {
    const live = registry.store.get(endpoint.storage, key);
    if (!live) throw StatusError.notFound(endpoint.resource, key.name);
    return call.sendValue(scaleOf(endpoint, live));
  }
  const context = call.writeContext(info.verb === "patch" ? "PatchOptions" : "UpdateOptions");
  const scaled = await changeOf(call);
  const updated = await updateObject(registry, endpoint, key, "scale", context, (live) => {
    const scale = scaled(scaleOf(endpoint, live));
    const replicas = scale.spec.replicas ?? 0;
    if (replicas < 0) {
      throw StatusError.invalid({ group: "autoscaling", kind: "Scale" }, key.name, [
        {
          reason: "FieldValueInvalid",
          field: "spec.replicas",
          message: `Invalid value: ${replicas}: must be greater than or equal to 0`,
        },
      ]);
    }
    const object = structuredClone(live);
    if (scale.metadata.resourceVersion) object.metadata.resourceVersion = scale.metadata.resourceVersion;
    strategyOf(endpoint).setSpecReplicas(object as never, replicas);
    return { object };
  });
  call.sendValue(scaleOf(endpoint, updated));

  async function changeOf({ request }: Call): Promise<(scale: Scale) => Scale> {
    if (info.verb === "update") {
      const { value } = await call.body("Scale");
      return () => value as Scale;
    }
    if (info.verb !== "patch") throw unsupported();
    const type = (request.headers["content-type"] ?? "").split(";")[0] ?? "";
    const scaleEndpoint = {
      ...endpoint,
      schema: registry.schemas.forKind({ group: "autoscaling", version: "v1", kind: "Scale" }) ?? {},
    };
    if (type === "application/apply-patch+yaml") {
      const { value } = await call.body("Scale");
      return (scale) =>
        applyPatch({
          live: scale,
          patch: value,
          kind: "Scale",
          schema: scaleEndpoint.schema,
          index: registry.schemas,
          manager: context.fieldManager,
          force: info.query.get("force") === "true",
          now: registry.clock.now(),
          apiVersion: "autoscaling/v1",
          subresource: "scale",
        }).object as Scale;
    }
    const patchType = PATCH_TYPES[type];
    if (!patchType) throw new StatusError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {});
    const patch = parsePatch(await call.bytes());
    return (scale) => patchObject(patchType, scale, patch, scaleEndpoint.schema, registry.schemas) as Scale;
  }
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
