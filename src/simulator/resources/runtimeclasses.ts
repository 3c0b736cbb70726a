import type { RuntimeClass } from "kubernetes-types/node/v1";
import type { Live } from "../api/object.ts";
import { age } from "./duration.ts";
import { immutable, requireName } from "./field-checks.ts";
import { dns1123Label } from "./names.ts";
import { defineResource } from "./resource.ts";

/** Models pkg/registry/node/runtimeclass and pkg/apis/node/validation. */
export const runtimeclasses = defineResource<Live<RuntimeClass>>({
  resource: "runtimeclasses.node.k8s.io",
  validate: ({ handler }) => requireName("handler", handler, dns1123Label),
  validateUpdate: ({ handler }, old) => immutable("handler", handler, old.handler),
  cells: ({ metadata, handler }, { now }) => [metadata.name, handler, age(metadata.creationTimestamp, now)],
});
