import type { ControllerRevision } from "kubernetes-types/apps/v1";
import { controllerOf, type Live } from "../api/object.ts";
import { fieldError } from "../api/status-error.ts";
import { age } from "./duration.ts";
import { immutable, nonNegative } from "./field-checks.ts";
import { defineResource } from "./resource.ts";

/** Models pkg/registry/apps/controllerrevision. */
export const controllerrevisions = defineResource<Live<ControllerRevision>>({
  resource: "controllerrevisions.apps",
  validate: ({ data, revision }) => [
    ...(data === undefined ? [fieldError.required("data", "data is mandatory")] : []),
    ...nonNegative("revision", revision),
  ],
  validateUpdate: ({ data }, old) => immutable("data", data, old.data),
  cells: (revision, { now }) => {
    const { metadata, revision: number } = revision;
    const controller = controllerOf(revision);
    const group = controller?.apiVersion.includes("/") ? `.${controller.apiVersion.split("/")[0]}` : "";
    return [
      metadata.name,
      controller ? `${controller.kind}${group}`.toLowerCase().concat(`/${controller.name}`) : "<none>",
      number,
      age(metadata.creationTimestamp, now),
    ];
  },
});
