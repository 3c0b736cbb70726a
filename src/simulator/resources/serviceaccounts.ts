import type { ServiceAccount } from "kubernetes-types/core/v1";
import type { Live } from "../api/object.ts";
import { age } from "./duration.ts";
import { defineResource } from "./resource.ts";

export const serviceaccounts = defineResource<Live<ServiceAccount>>({
  resource: "serviceaccounts",
  cells: ({ metadata, secrets = [] }, { now }) => [metadata.name, secrets.length, age(metadata.creationTimestamp, now)],
});
