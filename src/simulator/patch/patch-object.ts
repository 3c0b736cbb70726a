import type { KubeObject } from "../api/object.ts";
import type { Schema, SchemaIndex } from "../schema/schema.ts";
import { jsonPatch } from "./json-patch.ts";
import type { JsonMap } from "./json-value.ts";
import { mergePatch } from "./merge-patch.ts";
import type { PatchType } from "./patch-errors.ts";
import { strategicMergePatch } from "./strategic/strategic-merge-patch.ts";

/**
 * `live` with the patch carried out, as an object of the caller's own; nothing of it is shared with `live`. Fields are not
 * checked against the schema yet: decode what comes out, and turn the decoder's refusal into `invalidPatch`. Throws
 * StatusErrors with upstream's texts (k8s.io/apiserver pkg/endpoints/handlers/patch.go).
 */
export function patchObject(type: PatchType, live: KubeObject, body: unknown, schema: Schema, index: SchemaIndex): KubeObject {
  const target = live as unknown as JsonMap;
  const patched = () => {
    if (type === "json") return jsonPatch(target, body);
    if (type === "merge") return mergePatch(target, body);
    return strategicMergePatch(target, body, schema, index);
  };
  return patched() as unknown as KubeObject;
}
