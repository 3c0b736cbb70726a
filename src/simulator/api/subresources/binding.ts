import type { SubresourceHandler } from "../pipeline.ts";
import { keyOfCall } from "../handlers.ts";
import type { KubeObject } from "../object.ts";
import { bindPod } from "../rest/binding.ts";

/** `POST …/pods/NAME/binding`: what a scheduler of somebody's own sends. */
export const serveBinding: SubresourceHandler = async (call, endpoint) => {
  const context = call.writeContext("CreateOptions");
  const { value } = await call.body("Binding");
  await bindPod(call.registry, keyOfCall(call, endpoint), value as KubeObject, context);
  call.sendValue({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 }, 201);
};
